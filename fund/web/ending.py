"""How a campaign ended and what became of its surplus, as the public pages show it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.models import Outcome, PassedOn
from fund.closing.queries import SharedOut, outcome_of, passed_on_by, passed_on_to, shared_out
from fund.files.models import StoredFile
from fund.files.queries import find_file
from fund.web.i18n import gettext

N_ = str

HEADINGS = {
    "won": N_("We won"),
    "lost": N_("We lost"),
    "settled": N_("The case was settled"),
    "withdrawn": N_("The claim was withdrawn"),
    "site_closed": N_("The site has closed"),
}


def outcome_heading(kind: str) -> str:
    """In the page's language."""
    return gettext(HEADINGS[kind])


@dataclass(frozen=True, slots=True)
class PassedOnRow:
    row: PassedOn
    other: Campaign | None
    """The other campaign, or None for a charity."""
    proof: StoredFile | None


@dataclass(frozen=True, slots=True)
class Ending:
    """`outcome` is None while the campaign goes on, and where nobody has said yet how it ended."""

    outcome: Outcome | None
    shared: SharedOut | None
    passed_on: list[PassedOnRow]
    received: list[PassedOnRow]
    """What stands of what other campaigns passed to this one."""

    @property
    def is_empty(self) -> bool:
        return not (self.outcome or self.shared or self.passed_on or self.received)


def find_ending(session: Session, campaign: Campaign) -> Ending:
    """An open campaign is asked for nothing but what it received: no page pays for what cannot be."""
    received = [
        PassedOnRow(row, _campaign(session, row.campaign_id), None) for row in passed_on_to(session, campaign.id)
    ]
    if campaign.status not in ("closed", "archived"):
        return Ending(None, None, [], received)
    return Ending(
        outcome=outcome_of(session, campaign.id),
        shared=shared_out(session, campaign.id),
        passed_on=[_row(session, row) for row in passed_on_by(session, campaign.id, standing=True)],
        received=received,
    )


def _row(session: Session, row: PassedOn) -> PassedOnRow:
    proof = find_file(session, row.file_id) if row.file_id else None
    return PassedOnRow(
        row=row,
        other=_campaign(session, row.to_campaign_id) if row.to_campaign_id else None,
        proof=proof if proof is not None and proof.is_public else None,
    )


def _campaign(session: Session, campaign_id: int) -> Campaign | None:
    return session.get(Campaign, campaign_id)
