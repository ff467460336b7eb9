"""Bills of counsel against the fund. Placed in the order; filled by the work on the lawyer's side."""
