"""What is kept in the inbox as fixed English words, in the page's language; kinds of entries: `web/entry_words`."""

from fund.kit.kept_sentences import KeptSentences
from fund.payments.alert_words import ALERTS
from fund.reconciliation.words import DIFFERENCES, REPAIRS
from fund.web.i18n import current_locale

N_ = str

OUTCOMES = (
    N_("settled before"),
    N_("of no meaning here"),
    N_("paid before"),
    N_("expired before"),
    N_("expired"),
    N_("not paid yet"),
    N_("paid; waiting for the fee"),
    N_("a bank debit is on its way"),
    N_("the payment failed"),
    N_("a treasurer was told"),
    N_("the account is read again"),
    N_("Stripe knows no such thing"),
    N_("of the other mode (test or live)"),
    N_("of a connected account"),
    N_("booked {what}"),
    N_("monthly gift is {what}"),
    N_("payout is {what}"),
    N_("nothing was paid with {what}"),
    N_("payment {what} of another site"),
    N_("payment {what} was made elsewhere"),
    N_("session of another site ({what})"),
    N_("subscription {what} of another site"),
    N_("no donation for session {what}"),
    N_("no gift started subscription {what}"),
    N_("given up: {what}"),
    N_("Stripe did not answer ({what})"),
    N_("Stripe refused ({what})"),
    N_("an error of ours ({what})"),
)
_OUTCOMES = KeptSentences(OUTCOMES)


def outcome_words(outcome: str) -> str:
    """Of an event; what has no words here, such as an older release's, stands as it is kept."""
    return _OUTCOMES.say(outcome, current_locale())


def alert_words(sentence: str) -> str:
    return ALERTS.say(sentence, current_locale())


def difference_words(what: str) -> str:
    return DIFFERENCES.say(what, current_locale())


def repair_words(repair: str) -> str:
    return REPAIRS.say(repair, current_locale())
