"""Stripe behind one Protocol, and the inbox of its events."""
