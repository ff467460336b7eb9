from fund.web.i18n import gettext

N_ = str

_WORDS = {
    "letter": N_("Letter"),
    "filing": N_("Filing"),
    "hearing": N_("Hearing"),
    "order": N_("Order"),
    "appeal": N_("Appeal"),
    "settlement": N_("Settlement"),
    "other": N_("Event"),
}


def event_kind(kind: str) -> str:
    """What an event of the timeline is called, in the page's language."""
    return gettext(_WORDS.get(kind, _WORDS["other"]))
