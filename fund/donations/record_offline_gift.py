import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import current_policy, current_schedule
from fund.db.types import address_index
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation
from fund.donations.postings import offline_gift
from fund.donations.rules import GiftForm, form_key, nonce_hash
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry

METHODS = ("cash", "cheque", "etransfer", "bank")


def record_offline_gift(
    session: Session,
    *,
    campaign_id: int,
    form: GiftForm,
    method: str,
    received_at: datetime,
    nonce: str,
    locale: str,
    actor: str,
    now: datetime,
) -> Donation:
    """A gift that came by hand: paid at once, in the bank, with the same privacy and the same receipt.

    Cannot be secret: whoever enters it has seen who gave. The same form sent twice is one gift.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    _check(campaign, form, method, received_at, now)
    key = form_key(nonce, form, campaign.id)
    known = session.scalars(select(Donation).where(Donation.form_key == key)).one_or_none()
    if known is not None:
        return known
    donation = _row(
        session, campaign, form, method=method, received_at=received_at, nonce=nonce, locale=locale, now=now
    )
    session.add(donation)
    count_donor(session, donation, 1)
    _book(session, campaign, donation, received_at, actor, now=now)
    return donation


def _book(
    session: Session, campaign: Campaign, donation: Donation, received_at: datetime, actor: str, *, now: datetime
) -> None:
    post_entry(
        session,
        source=f"donation:{donation.id}:received",
        kind="offline_gift",
        campaign_id=campaign.id,
        postings=offline_gift(donation.amount, campaign.currency, slug=campaign.slug),
        occurred_at=received_at,
        now=now,
    )
    record_change(
        session,
        actor=actor,
        action="record_offline_gift",
        subject=f"donation:{donation.id}",
        after={"amount": donation.amount, "currency": campaign.currency, "method": donation.method},
        now=now,
    )


def _check(campaign: Campaign, form: GiftForm, method: str, received_at: datetime, now: datetime) -> None:
    if form.visibility == "secret":
        raise Refusal("An offline gift cannot be hidden from us: we have seen who gave it.", field="visibility")
    if method not in METHODS:
        raise Refusal("Choose how the gift came.", field="method")
    if received_at > now:
        raise Refusal("This day has not come yet.", field="received_on")
    if campaign.opened_at is not None and received_at.date() < campaign.opened_at.date():
        raise Refusal("The campaign was not open on that day.", field="received_on")


def _row(
    session: Session,
    campaign: Campaign,
    form: GiftForm,
    *,
    method: str,
    received_at: datetime,
    nonce: str,
    locale: str,
    now: datetime,
) -> Donation:
    policy = current_policy(session, campaign.id)
    return Donation(
        id=str(uuid.uuid4()),
        campaign_id=campaign.id,
        kind="offline",
        method=method,
        state="paid",
        progress="started",
        review="" if campaign.status == "open" else "late",
        amount=form.amount,
        currency=campaign.currency,
        visibility=form.visibility,
        display_name=form.display_name,
        message=form.message,
        message_state="held" if form.message else "none",
        email=form.email,
        email_index=address_index(form.email) if form.email else None,
        locale=locale,
        ref="",
        nonce=nonce_hash(nonce),
        form_key=form_key(nonce, form, campaign.id),
        surplus_policy_id=policy.id if policy else None,
        fee_schedule_id=current_schedule(session, campaign.id).id,
        created_at=now,
        expires_at=now,
        paid_at=received_at,
    )
