"""The published ledger and its proofs. Placed in the order; filled by the work on verifiable books."""
