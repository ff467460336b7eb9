from fund.kit.i18n import format_day, translate
from fund.updates.recipients import DONOR, Person


def consent_words(person: Person, locale: str) -> str:
    """Why this person gets mail and since when, as the footer says it."""
    if person.asked_at is not None:
        source = translate("you asked for each event of this case", locale)
    elif person.kind == DONOR:
        source = translate("a gift to this campaign", locale)
    else:
        source = person.consent_source or translate("member of this site", locale)
    return f"{source}, {format_day(person.asked_at or person.consent_at, locale=locale)}"
