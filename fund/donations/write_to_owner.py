from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.gift_number import gift_number
from fund.donations.models import Dispute, Donation, Slowdown
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day
from fund.kit.money import format_money
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.queries import members_with_role
from fund.work.queue import Queue

OWNER = "owner"


def write_of_dispute(
    session: Session, queue: Queue, sender: Sender, addresses: Addresses, *, dispute_id: str, now: datetime
) -> None:
    """A dispute opened: tell each owner once, with the deadline and the amount, and not who gave."""
    dispute = session.get_one(Dispute, dispute_id)
    donation = session.get_one(Donation, dispute.donation_id)
    campaign = session.get_one(Campaign, donation.campaign_id)
    for owner in members_with_role(session, OWNER):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"dispute_notice:{dispute.id}:{owner.id}",
            message="dispute_notice",
            address=owner.address,
            locale=owner.locale,
            values={
                "campaign_title": campaign.text(owner.locale).title,
                "amount": format_money(dispute.amount, dispute.currency, locale=owner.locale),
                "gift_number": gift_number(donation),
                "due": format_day(dispute.due_by, locale=owner.locale) if dispute.due_by else "",
                "inquiry": dispute.status.startswith("warning_"),
                "desk_url": addresses.page(f"/desk/disputes/{dispute.id}", owner.locale),
            },
            now=now,
        )


def write_of_slowdown(
    session: Session, queue: Queue, sender: Sender, addresses: Addresses, *, slowdown_id: int, now: datetime
) -> None:
    """A campaign began to take gifts slowly: tell each owner once."""
    slowdown = session.get_one(Slowdown, slowdown_id)
    campaign = session.get_one(Campaign, slowdown.campaign_id)
    for owner in members_with_role(session, OWNER):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"campaign_slowed:{slowdown.id}:{owner.id}",
            message="campaign_slowed",
            address=owner.address,
            locale=owner.locale,
            values={
                "campaign_title": campaign.text(owner.locale).title,
                "desk_url": addresses.page("/desk/", owner.locale),
            },
            now=now,
        )
