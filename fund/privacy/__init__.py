"""Retention, erasure and key rotation. Placed in the order; filled by the work on privacy."""
