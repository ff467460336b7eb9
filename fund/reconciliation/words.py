"""The sentences of differences and of what would mend them: kept in English, said in the reader's language."""

from fund.kit.kept_sentences import KeptSentences

N_ = str

DIFFERENCES = KeptSentences((
    N_("Stripe's account moves too fast to be compared"),
    N_("{booked} lines are booked, Stripe has {true} of them"),
    N_("{line} ({type}, {amount} {currency}) is not booked"),
    N_("{line} is booked as {booked}, Stripe says {true}"),
    N_("{line} was kept as {kept} and reads otherwise now"),
    N_("{currency}: Stripe's lines say {lines}, the books {books}, Stripe's balance {balance}"),
    N_("payout {payout} is {amount}, its lines are {lines}"),
    N_("{line} of payout {payout} is not booked"),
    N_("{currency} on its way to the bank: the books say {books}, it is {true}"),
    N_("{currency} held by disputes: the books say {books}, it is {true}"),
    N_("trial balance in {currency} is {total}, not 0"),
    N_("entry {entry} is off by {total} {currency}"),
    N_("posting {posting} belongs to no entry"),
    N_("entry {entry} has no postings"),
    N_(
        "stored total of {account}, campaign {campaign}, {kind}, {currency} (debit, credit, entries): {stored},"
        " postings: {true}"
    ),
    N_("{charge} ({amount} {currency}) has no gift"),
    N_("gifts of {campaign} come to {gifts}, its account says {booked}"),
))  # fmt: skip
REPAIRS = KeptSentences((
    N_("run it again at a quiet hour"),
    N_("find which by the export"),
    N_("reverse it"),
    N_("ask Stripe"),
    N_("restore the database from a backup"),
    N_("look at its gifts"),
))  # fmt: skip
