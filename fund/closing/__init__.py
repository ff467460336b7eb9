"""Outcome of a matter, surplus plan and refund run. Placed in the order; filled by the work on closing."""
