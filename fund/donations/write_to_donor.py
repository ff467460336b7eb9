"""The mails that a gift's life causes, queued in the session that changed it. A donor without an address gets none."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload

from fund.campaigns.models import Campaign, SurplusPolicy
from fund.donations.gift_link import gift_link
from fund.donations.gift_number import gift_number
from fund.donations.models import Donation, HandReturn, MonthlyGift, Refund
from fund.donations.terms_words import terms_words
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, localised
from fund.kit.money import format_money
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.work.queue import Queue

_CAMPAIGN = (
    select(Campaign)
    .where(Campaign.id == bindparam("campaign_id"))
    .options(joinedload(Campaign.texts), lazyload(Campaign.parties), lazyload(Campaign.demands))
)


def write_to_donor(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    signer: Signer,
    *,
    donation_id: str,
    message: str,
    key: str = "",
    now: datetime,
    **more: Any,
) -> bool:
    """`message` is a folder of templates/mail; each goes out once for each gift, or for each `key`.

    False when there is nobody to write to, or it was written before.
    """
    donation = session.get_one(Donation, donation_id)
    if not donation.email:
        return False
    return queue_delivery(
        session,
        queue,
        sender,
        key=key or f"{message}:{donation.id}",
        message=message,
        address=donation.email,
        locale=donation.locale,
        values=_values(session, donation, addresses, signer, now) | more,
        now=now,
    )


def write_of_refund(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    signer: Signer,
    *,
    refund_id: str,
    now: datetime,
) -> bool:
    """Tell the donor that money is on its way back, once for each refund."""
    refund = session.get_one(Refund, refund_id)
    donation = session.get_one(Donation, refund.donation_id)
    return write_to_donor(
        session,
        queue,
        sender,
        addresses,
        signer,
        donation_id=donation.id,
        message="refund",
        key=f"refund:{refund.id}",
        now=now,
        refunded=format_money(refund.amount, refund.currency, locale=donation.locale),
        whole=donation.refunded >= donation.amount,
        surplus=refund.origin == "close",
    )


def write_of_hand_return(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    signer: Signer,
    *,
    hand_return_id: str,
    now: datetime,
) -> bool:
    """Tell the donor that we paid by hand what a refund could not give back, once for each payment."""
    row = session.get_one(HandReturn, hand_return_id)
    donation = session.get_one(Donation, row.donation_id)
    return write_to_donor(
        session,
        queue,
        sender,
        addresses,
        signer,
        donation_id=donation.id,
        message="paid_by_hand",
        key=f"paid_by_hand:{row.id}",
        now=now,
        returned=format_money(row.amount, row.currency, locale=donation.locale),
        method=row.method,
        paid_on=format_day(row.paid_on, locale=donation.locale),
    )


def write_of_monthly_gift(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    signer: Signer,
    *,
    monthly_gift_id: str,
    now: datetime,
) -> bool:
    """This month's payment did not go through: said kindly, once for each month."""
    first = session.scalars(
        select(Donation).where(Donation.monthly_gift_id == monthly_gift_id).order_by(Donation.created_at).limit(1)
    ).one_or_none()
    if first is None:
        return False
    monthly = session.get_one(MonthlyGift, monthly_gift_id)
    return write_to_donor(
        session,
        queue,
        sender,
        addresses,
        signer,
        donation_id=first.id,
        message="monthly_failing",
        key=f"monthly_failing:{monthly_gift_id}:{now:%Y-%m}",
        now=now,
        monthly_amount=format_money(monthly.amount, monthly.currency, locale=first.locale),
    )


def _values(
    session: Session, donation: Donation, addresses: Addresses, signer: Signer, now: datetime
) -> dict[str, Any]:
    campaign = session.scalars(_CAMPAIGN, {"campaign_id": donation.campaign_id}).unique().one()
    policy = session.get(SurplusPolicy, donation.surplus_policy_id) if donation.surplus_policy_id else None
    locale = donation.locale
    return {
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
        "donate_url": addresses.donate(campaign.slug, locale),
        "gift_url": gift_link(signer, addresses, donation),
        "amount": format_money(donation.amount, donation.currency, locale=locale),
        "fee_covered": format_money(donation.fee_covered, donation.currency, locale=locale)
        if donation.fee_covered
        else "",
        "gift_number": gift_number(donation),
        "date": format_day(donation.paid_at or now, locale=locale),
        "visibility": donation.visibility,
        "display_name": donation.display_name,
        "surplus_policy": localised(policy.text, locale) if policy else "",
        "terms": terms_words(session, donation, policy, locale=locale),
        "message": donation.message,
        "monthly": donation.kind == "monthly",
        "later": donation.kind == "monthly" and donation.checkout_session_id is None,
    }
