from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.db.insert_new import insert_new
from fund.db.types import address_index, address_indexes
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.i18n import translate
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.rules import is_address
from fund.mail.sender import Sender
from fund.members.rules import clean_address
from fund.updates.confirm_follow import confirm_token, is_heard
from fund.updates.models import Follower
from fund.updates.opt_ins import opt_ins
from fund.updates.rules import CONFIRM_WITHIN, RESEND_AFTER, TIMELINE
from fund.updates.unsubscribing import unsubscribe_token
from fund.work.queue import Queue


def follow_campaign(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    campaign_id: int,
    address: str,
    locale: str,
    events: bool = False,
    now: datetime,
) -> None:
    """Somebody typed an address: ask its owner by mail. Nothing else is sent before they confirm.

    `events`: also each event of the case, which nobody gets who did not ask.

    Same answer, and the same work, whether or not the address is known; at most one mail in ten minutes. Raises
    Refusal: 404 no such campaign, 422 on `email` for what is no address.
    """
    address = clean_address(address)
    if not is_address(address):
        raise Refusal("This is not an e-mail address. It looks like name@example.org.", field="email")
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.status not in PUBLIC:
        raise Refusal("There is no such campaign.", status=404)
    follower, is_new = _find_or_add(session, campaign_id, address, locale, now=now)
    if not is_new and now - follower.requested_at < RESEND_AFTER:
        return
    follower.requested_at = now
    if follower.state != "confirmed":
        follower.state, follower.locale = "pending", locale
    events = events and (campaign_id, TIMELINE) not in opt_ins(session, follower.address)
    _write(
        session, queue, sender,
        signer=signer, addresses=addresses, follower=follower, campaign=campaign, events=events, now=now,
    )  # fmt: skip


def _write(
    session: Session,
    queue: Queue,
    sender: Sender,
    *,
    signer: Signer,
    addresses: Addresses,
    follower: Follower,
    campaign: Campaign,
    events: bool,
    now: datetime,
) -> None:
    locale = follower.locale
    values: dict[str, object] = {
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
    }
    leaving = None
    if is_heard(session, follower) and not events:
        message = "already_following"
        leaving = addresses.unsubscribe(unsubscribe_token(signer, "f", follower.id, campaign.id), locale)
    else:
        message = "confirm_follow"
        values["confirm_url"] = addresses.follow(confirm_token(signer, follower.id, events=events), locale)
        values |= {"days": CONFIRM_WITHIN.days, "events": events}
    queue_delivery(
        session,
        queue,
        sender,
        key=f"{message}:{follower.id}:{int(now.timestamp())}",
        message=message,
        address=follower.address,
        locale=locale,
        values=values,
        unsubscribe_url=leaving,
        now=now,
    )


def _find_or_add(
    session: Session, campaign_id: int, address: str, locale: str, *, now: datetime
) -> tuple[Follower, bool]:
    known = (
        select(Follower)
        .where(Follower.campaign_id == campaign_id, Follower.address_index.in_(address_indexes(address)))
        .with_for_update()
    )
    if (found := session.scalars(known).first()) is not None:
        return found, False
    row = {
        "campaign_id": campaign_id,
        "address": address,
        "address_index": address_index(address),
        "locale": locale,
        "state": "pending",
        "consent_source": translate("you asked for it on the campaign's page", locale),
        "requested_at": now,
    }
    added = insert_new(session, Follower, [row], unique=["campaign_id", "address_index"])
    return session.scalars(known).one(), added != 0
