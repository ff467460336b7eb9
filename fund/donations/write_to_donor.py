"""The mails that a gift's life causes, queued in the session that changed it. A donor without an address gets none."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload

from fund.campaigns.models import Campaign, SurplusPolicy
from fund.donations.models import Donation
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, localised
from fund.kit.money import format_money
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
    *,
    donation_id: str,
    message: str,
    now: datetime,
) -> None:
    """`message` is `receipt` or `gift_failed`; each goes out once for each gift, however often this is called."""
    donation = session.get_one(Donation, donation_id)
    if not donation.email:
        return
    campaign = session.scalars(_CAMPAIGN, {"campaign_id": donation.campaign_id}).unique().one()
    policy = session.get(SurplusPolicy, donation.surplus_policy_id) if donation.surplus_policy_id else None
    locale = donation.locale
    queue_delivery(
        session,
        queue,
        sender,
        key=f"{message}:{donation.id}",
        message=message,
        address=donation.email,
        locale=locale,
        values={
            "campaign_title": campaign.text(locale).title,
            "campaign_url": addresses.campaign(campaign.slug, locale),
            "donate_url": addresses.donate(campaign.slug, locale),
            "amount": format_money(donation.amount, donation.currency, locale=locale),
            "gift_number": gift_number(donation),
            "date": format_day(donation.paid_at or now, locale=locale),
            "visibility": donation.visibility,
            "display_name": donation.display_name,
            "surplus_policy": localised(policy.text, locale) if policy else "",
            "message": donation.message,
        },
        now=now,
    )


def gift_number(donation: Donation) -> str:
    """What donor and treasurer call a gift: the first eight digits of its id."""
    return donation.id[:8].upper()
