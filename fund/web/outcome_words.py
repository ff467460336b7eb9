"""How a matter ended, as pages and papers say it."""

from typing import Any

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


def outcome_to_keep(session: Session, campaign_id: int) -> dict[str, Any] | None:
    """How it ended as it is told now, for what is signed: later it may be corrected. None while it is not told."""
    outcome = outcome_of(session, campaign_id)
    return {"kind": outcome.kind, "text": outcome.text} if outcome else None


def outcome_in_words(kept: dict[str, Any] | None, locale: str) -> tuple[str, str] | None:
    """A heading and what was said, of what `outcome_to_keep` gave."""
    if kept is None:
        return None
    heading = HEADINGS[kept["kind"]]
    return translate(heading, locale), localised(kept["text"], locale)
