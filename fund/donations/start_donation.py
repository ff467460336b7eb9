import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.campaigns.queries import current_policy, current_schedule
from fund.db.insert_new import insert_new
from fund.db.types import address_index
from fund.donations.check_gift_is_taken import check_gift_is_taken
from fund.donations.models import Donation
from fund.donations.rules import GiftForm, form_key, nonce_hash
from fund.kit.errors import Refusal
from fund.work.queue import Queue

CHECKOUT_LIFETIME = timedelta(minutes=45)
"""How long Stripe's page stays open: at least 30 minutes by Stripe's rule; short, against card testing."""


def start_donation(
    session: Session, queue: Queue, *, campaign_id: int, form: GiftForm, nonce: str, locale: str, now: datetime
) -> Donation:
    """A pending gift, before anything is asked of Stripe. The same form sent twice gives the same row.

    Another form of the same visit (back button, other amount) is another gift; the earlier one's page at Stripe is
    closed, unless it was paid meanwhile, in which case both count.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update={"read": True})
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    check_gift_is_taken(session, campaign, amount=form.amount, locale=locale, now=now)
    values = _values(session, campaign, form, nonce=nonce, locale=locale, now=now)
    made = insert_new(session, Donation, [values], unique=["form_key"])
    donation = session.scalars(select(Donation).where(Donation.form_key == values["form_key"])).one()
    if made:
        _close_earlier(session, queue, donation)
    return donation


def is_started(session: Session, *, campaign_id: int, form: GiftForm, nonce: str) -> bool:
    """Whether `start_donation` would find the gift instead of making it."""
    known = select(Donation.id).where(Donation.form_key == form_key(nonce, form, campaign_id))
    return session.execute(known).first() is not None


def _values(
    session: Session, campaign: Campaign, form: GiftForm, *, nonce: str, locale: str, now: datetime
) -> dict[str, Any]:
    policy = current_policy(session, campaign.id)
    return {
        "id": str(uuid.uuid4()),
        "campaign_id": campaign.id,
        "state": "pending",
        "progress": "started",
        "kind": "monthly" if form.monthly else "checkout",
        "fee_covered": form.fee_covered,
        "stop_at_target": form.stop_at_target,
        "review": "",
        "amount": form.amount,
        "currency": campaign.currency,
        "visibility": form.visibility,
        "display_name": form.display_name,
        "message": form.message,
        "message_state": "held" if form.message else "none",
        "email": form.email,
        "email_index": address_index(form.email) if form.email else None,
        "locale": locale,
        "ref": form.ref,
        "nonce": nonce_hash(nonce),
        "form_key": form_key(nonce, form, campaign.id),
        "surplus_policy_id": policy.id if policy else None,
        "fee_schedule_id": current_schedule(session, campaign.id).id,
        "created_at": now,
        "expires_at": now + CHECKOUT_LIFETIME,
    }


def _close_earlier(session: Session, queue: Queue, donation: Donation) -> None:
    earlier = select(Donation.id).where(
        Donation.nonce == donation.nonce,
        Donation.id != donation.id,
        Donation.state == "pending",
        Donation.checkout_session_id.is_not(None),
    )
    for donation_id in session.scalars(earlier):
        queue.enqueue(session, "expire_checkout", donation_id)
