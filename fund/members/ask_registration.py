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
    if not _end_earlier(session, address, now):
        return
    known = member_by_address(session, address) is not None
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
    _write(session, queue, sender, wish, _links(addresses, signer, wish, known=known), now)


def _write(  # noqa: PLR0917  one private step of one use case
    session: Session, queue: Queue, sender: Sender, wish: Registration, links: dict[str, object], now: datetime
) -> None:
    queue_delivery(
        session,
        queue,
        sender,
        key=f"registration:{wish.id}",
        message="confirm_registration" if "confirm_url" in links else "already_member",
        address=wish.address,
        locale=wish.locale,
        values=links,
        now=now,
    )


def _end_earlier(session: Session, address: str, now: datetime) -> bool:
    """Links sent before lead nowhere any more. False, and nothing is ended, once enough went there within the hour."""
    rows = select(Registration).where(Registration.address_index.in_(address_indexes(address)))
    lately = rows.where(Registration.created_at > now - timedelta(hours=1))
    if (session.scalar(select(func.count()).select_from(lately.subquery())) or 0) >= MOST_AN_HOUR:
        return False
    for earlier in session.scalars(rows.where(Registration.expires_at > now, Registration.used_at.is_(None))):
        earlier.expires_at = now
    return True


def _links(addresses: Addresses, signer: Signer, wish: Registration, *, known: bool) -> dict[str, object]:
    if known:
        return {"login_url": addresses.login(wish.locale), "forgot_url": addresses.forgot(wish.locale)}
    token = registration_token(signer, wish.id)
    return {"confirm_url": addresses.registration(token, wish.locale), "days": LIFETIME.days}
