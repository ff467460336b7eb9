"""The sentences of alerts: kept in English, said in the reader's language."""

from fund.kit.kept_sentences import KeptSentences

N_ = str

ALERTS = KeptSentences((
    N_("Early fraud warning {warning}"),
    N_("Dispute {dispute} is {status}"),
    N_("{line} is of type {type}: {amount} {currency}, in minor units, wait in suspense"),
    N_("Campaign {campaign} takes gifts slowly since {moment}: {declines} cards were declined in {minutes} minutes"),
    N_("Stripe refused several refunds of a surplus in a row; the run is paused"),
))  # fmt: skip
