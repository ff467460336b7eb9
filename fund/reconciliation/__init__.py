"""Whether Stripe and the ledger agree. Placed in the order; filled by the work on the life of money."""
