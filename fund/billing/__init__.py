"""Bills of counsel against the fund: time, disbursements, bills, and the money between fund, trust and bill."""
