from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.db.types import address_index, address_indexes
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.models import Registration
from fund.members.queries import member_by_address
from fund.members.registration_links import LIFETIME, registration_token
from fund.members.rules import clean_address, clean_name
from fund.work.queue import Queue

MOST_AN_HOUR = 5


def ask_registration(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    address: str,
    name: str,
    password_hash: str,
    locale: str,
    wants_updates: bool,
    now: datetime,
) -> None:
    """Somebody typed an address: its owner is asked by mail, or told that there is an account already.

    The same answer and the same work either way. Asking again ends the link before, so that nobody confirms what
    another person typed earlier; at most five mails an hour go to one address. Raises Refusal on `email` and `name`.
    """
    address, name = clean_address(address), clean_name(name)
    known = member_by_address(session, address) is not None
    lately = _end_earlier(session, address, now)
    wish = Registration(
        address=address,
        address_index=address_index(address),
        name=name,
        password_hash="" if known else password_hash,
        locale=locale,
        wants_updates=wants_updates,
        created_at=now,
        expires_at=now if known else now + LIFETIME,
    )
    session.add(wish)
    session.flush()
    if lately >= MOST_AN_HOUR:
        return
    queue_delivery(
        session,
        queue,
        sender,
        key=f"registration:{wish.id}",
        message="already_member" if known else "confirm_registration",
        address=address,
        locale=locale,
        values=_links(addresses, signer, wish, known=known),
        now=now,
    )


def _end_earlier(session: Session, address: str, now: datetime) -> int:
    """Links sent before lead nowhere any more. Says how often this address was asked for within the hour."""
    rows = select(Registration).where(Registration.address_index.in_(address_indexes(address)))
    for earlier in session.scalars(rows.where(Registration.expires_at > now, Registration.used_at.is_(None))):
        earlier.expires_at = now
    lately = rows.where(Registration.created_at > now - timedelta(hours=1))
    return session.scalar(select(func.count()).select_from(lately.subquery())) or 0


def _links(addresses: Addresses, signer: Signer, wish: Registration, *, known: bool) -> dict[str, object]:
    if known:
        return {"login_url": addresses.login(wish.locale), "forgot_url": addresses.forgot(wish.locale)}
    token = registration_token(signer, wish.id)
    return {"confirm_url": addresses.registration(token, wish.locale), "days": LIFETIME.days}
