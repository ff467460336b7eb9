"""Retainer: a self-hosted legal-defense fund."""
