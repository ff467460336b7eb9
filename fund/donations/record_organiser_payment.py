import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.donations.postings import organiser_paid
from fund.kit.errors import Refusal
from fund.kit.money import LARGEST
from fund.ledger.post_entry import post_entry
from fund.ledger.queries import is_booked, sums_of_campaign

KIND = "organiser_share"


def record_organiser_payment(
    session: Session, *, campaign_id: int, amount: int, received_at: datetime, nonce: str, actor: str, now: datetime
) -> bool:
    """The organiser's share, or a part of it, reached our bank. Negative: takes back what was entered by mistake.

    False if this form was booked before.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    if amount == 0 or abs(amount) > LARGEST:
        raise Refusal("This amount is out of range.", field="amount")
    if received_at > now:
        raise Refusal("This day has not come yet.", field="received_on")
    source = f"organiser:{uuid.uuid5(uuid.NAMESPACE_OID, nonce)}:{'paid' if amount > 0 else 'reversed'}"
    if is_booked(session, source):
        return False
    paid = paid_into_bank(session, campaign)
    if paid + amount < 0:
        raise Refusal("More than was paid cannot be taken back.", field="amount")
    booked = post_entry(
        session,
        source=source,
        kind=KIND,
        campaign_id=campaign.id,
        postings=organiser_paid(amount, campaign.currency, slug=campaign.slug),
        occurred_at=received_at,
        now=now,
    )
    if booked:
        record_change(
            session,
            actor=actor,
            action="record_organiser_payment",
            subject=f"campaign:{campaign.id}",
            before={"organiser_paid": paid},
            after={"organiser_paid": paid + amount},
            now=now,
        )
    return booked


def paid_into_bank(session: Session, campaign: Campaign) -> int:
    """Of the organiser's share, what came to us. What was paid to counsel directly never was in our bank."""
    account = f"funds_organiser:{campaign.slug}"
    return -sum(
        total.balance
        for total in sums_of_campaign(session, campaign.id)
        if (total.account, total.kind, total.currency) == (account, KIND, campaign.currency)
    )
