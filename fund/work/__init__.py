"""Durable work behind one Protocol."""
