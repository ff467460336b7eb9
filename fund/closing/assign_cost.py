import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.closing.check_promised import check_promised
from fund.closing.postings import cost_assigned
from fund.kit.errors import Refusal
from fund.kit.money import format_money
from fund.ledger.post_entry import post_entry
from fund.ledger.queries import balances_of, find_entry

UNASSIGNED = "exp:stripe_other"


def unassigned_costs(session: Session) -> dict[str, int]:
    """By currency, what Stripe kept of the site as a whole and no campaign has taken over; only what is above zero."""
    return {currency: left for currency, left in balances_of(session, UNASSIGNED).items() if left > 0}


def assign_cost(
    session: Session, *, campaign_id: int, amount: int, nonce: str, locale: str, actor: str, now: datetime
) -> bool:
    """Book a part of the site's costs to a campaign, which then has so much less. False if this form was booked."""
    campaigns = list(
        session.scalars(select(Campaign).order_by(Campaign.id).with_for_update())
    )  # two at once: one waits
    campaign = next((one for one in campaigns if one.id == campaign_id), None)
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    source = f"cost:{uuid.uuid5(uuid.NAMESPACE_OID, nonce)}:assigned"
    if find_entry(session, source) is not None:
        return False
    left = unassigned_costs(session).get(campaign.currency, 0)
    if amount <= 0:
        raise Refusal("This amount is out of range.", field="amount")
    if amount > left:
        shown = format_money(left, campaign.currency, locale=locale)
        raise Refusal("At most {left} of the costs belongs to no campaign.", field="amount", left=shown)
    check_promised(session, campaign_id=campaign.id, leaving=amount)
    book_cost(session, campaign, source=source, amount=amount, actor=actor, now=now)
    return True


def book_cost(session: Session, campaign: Campaign, *, source: str, amount: int, actor: str, now: datetime) -> None:
    """A negative amount takes one back."""
    post_entry(
        session,
        source=source,
        kind="cost_assigned" if amount > 0 else "cost_assigned_reversed",
        campaign_id=campaign.id,
        postings=cost_assigned(amount, campaign.currency, slug=campaign.slug),
        occurred_at=now,
        now=now,
    )
    record_change(
        session,
        actor=actor,
        action="assign_cost" if amount > 0 else "reverse_assigned_cost",
        subject=f"campaign:{campaign.id}",
        after={"source": source, "amount": amount, "currency": campaign.currency},
        now=now,
    )
