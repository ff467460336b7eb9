"""Payments that banks take back, or ask about: the list, and one with all that helps to answer it."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from werkzeug.exceptions import NotFound

from fund.campaigns.models import SurplusPolicy
from fund.desk.find import campaigns_by_id, find_campaign
from fund.desk.paging import PAGE, before_moment, moment_key, page_of
from fund.donations.gift_number import gift_number
from fund.donations.models import Dispute, Donation
from fund.donations.queries_of_returns import closed_disputes, history_of, open_disputes, refunds_of
from fund.kit.clock import utc_now
from fund.mail.find_delivery import find_delivery
from fund.payments.queries import line_of_charge
from fund.web.guards import needs
from fund.web.request_scope import read_session
from fund.web.services import services

MANY = 200
LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class DisputeRow:
    dispute: Dispute
    gift: Donation
    days_left: int | None
    """Until evidence is due; negative once that has passed, None where nothing is due."""

    @property
    def needs_answer(self) -> bool:
        return self.dispute.status.endswith("needs_response")

    @property
    def is_inquiry(self) -> bool:
        """The bank asks only: no money has moved."""
        return self.dispute.status.startswith("warning_")


def dispute_rows(found: list[tuple[Dispute, Donation]], now: datetime) -> list[DisputeRow]:
    return [DisputeRow(dispute, gift, _days_left(dispute, now)) for dispute, gift in found]


def _days_left(dispute: Dispute, now: datetime) -> int | None:
    return (dispute.due_by - now).days if dispute.due_by is not None and dispute.closed_at is None else None


@needs("see_disputes")
def disputes() -> str:
    """Open ones first, by deadline; then those that have ended, a page at a time."""
    session, now = read_session(), utc_now()
    ended = dispute_rows(closed_disputes(session, before=before_moment(), limit=PAGE + 1), now)
    return render_template(
        "desk/disputes.html",
        open=dispute_rows(open_disputes(session, limit=MANY), now),
        page=page_of(ended, lambda row: moment_key(row.dispute.created_at, row.dispute.id)),
        campaigns=campaigns_by_id(),
    )


@needs("see_disputes")
def dispute(dispute_id: str) -> str:
    session = read_session()
    found = session.get(Dispute, dispute_id) if dispute_id.isprintable() and len(dispute_id) <= LONGEST_ID else None
    if found is None:
        raise NotFound
    gift = session.get_one(Donation, found.donation_id)
    return render_template(
        "desk/dispute.html",
        row=dispute_rows([(found, gift)], utc_now())[0],
        campaign=find_campaign(gift.campaign_id),
        history=history_of(session, found.id),
        evidence=_evidence(found, gift),
    )


def _evidence(dispute: Dispute, gift: Donation) -> str:
    """What we can show a bank, as plain text to copy. Of a secret gift nothing says who gave it."""
    session = read_session()
    campaign = find_campaign(gift.campaign_id)
    text = render_template(
        "desk/evidence.txt",
        dispute=dispute,
        gift=gift,
        number=gift_number(gift),
        campaign=campaign,
        address=services().addresses.campaign(campaign.slug, gift.locale),
        policy=session.get(SurplusPolicy, gift.surplus_policy_id) if gift.surplus_policy_id else None,
        receipt=find_delivery(session, f"receipt:{gift.id}"),
        refunds=[refund for refund in refunds_of(session, gift.id) if refund.state == "succeeded"],
        fee=line_of_charge(session, gift.charge_id or ""),
    )
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()
