"""How a matter ended, as pages and papers say it."""

from sqlalchemy.orm import Session

from fund.closing.queries import outcome_of
from fund.kit.i18n import localised, translate

N_ = str

HEADINGS = {
    "won": N_("We won"),
    "lost": N_("We lost"),
    "settled": N_("The case was settled"),
    "withdrawn": N_("The claim was withdrawn"),
    "site_closed": N_("The site has closed"),
}


def outcome_in_words(session: Session, campaign_id: int, locale: str) -> tuple[str, str] | None:
    """A heading and what was said; None while the matter is not ended."""
    outcome = outcome_of(session, campaign_id)
    return (translate(HEADINGS[outcome.kind], locale), localised(outcome.text, locale)) if outcome else None
