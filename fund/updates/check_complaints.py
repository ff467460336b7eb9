from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.addresses import Addresses
from fund.mail.models import Mailing
from fund.mail.pause_mailing import RUNS, pause_mailing
from fund.mail.queries_of_mailings import count_handed_over, lock_mailing
from fund.mail.queue_delivery import queue_delivery
from fund.mail.rules import too_many_complaints
from fund.mail.sender import Sender
from fund.members.queries import members_with_role
from fund.work.queue import Queue

OWNER = "owner"


def check_complaints(
    session: Session, queue: Queue, sender: Sender, addresses: Addresses, *, mailing_id: int, now: datetime
) -> bool:
    """After a complaint was counted: where more than one reader in a thousand complains, the mailing stops.

    Mail programs judge all mail of the domain by that share. The owners are told, and go on or cancel; after they went
    on, only further complaints stop it again. Whether it was stopped now.
    """
    mailing = lock_mailing(session, mailing_id)
    if mailing.state not in RUNS or mailing.complaints <= mailing.complaints_accepted:
        return False
    sent = count_handed_over(session, mailing_id)
    if not too_many_complaints(mailing.complaints, sent):
        return False
    pause_mailing(session, mailing_id=mailing_id, reason="complaints", actor="worker", now=now)
    _tell_owners(session, queue, sender, addresses, mailing, sent=sent, now=now)
    return True


def _tell_owners(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    mailing: Mailing,
    *,
    sent: int,
    now: datetime,
) -> None:
    campaign = session.get(Campaign, mailing.campaign_id) if mailing.campaign_id else None
    for owner in members_with_role(session, OWNER):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"mailing_paused:{mailing.id}:{mailing.complaints}:{owner.id}",
            message="mailing_paused",
            address=owner.address,
            locale=owner.locale,
            values={
                "campaign_title": campaign.text(owner.locale).title if campaign else sender.site_name,
                "complaints": mailing.complaints,
                "sent": sent,
                "desk_url": addresses.page(f"/desk/mail/{mailing.id}", owner.locale),
            },
            now=now,
        )
