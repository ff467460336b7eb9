from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.pretend_delivery import pretend_delivery
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.models import PasswordReset
from fund.members.queries import member_by_address
from fund.members.reset_links import LIFETIME, reset_token
from fund.members.rules import clean_address
from fund.work.queue import Queue

MOST_AN_HOUR = 3


def ask_reset(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    address: str,
    locale: str,
    now: datetime,
) -> None:
    """Write a link that sets a new password, if the address has a member; the same answer and work if it has none.

    Also the way in for who came by an imported list and has no password yet. Asking again ends the link before; at
    most three mails an hour go to one address. Raises Refusal on `email` for what is no address.
    """
    address = clean_address(address)
    member = member_by_address(session, address)
    member_id = member.id if member else 0
    values: dict[str, object] = {"minutes": int(LIFETIME.total_seconds()) // 60}
    asked = _asked_lately(session, member_id, now)
    end_resets(session, member_id=0 if asked >= MOST_AN_HOUR else member_id, now=now)
    if member is None or asked >= MOST_AN_HOUR:
        values = {**values, "reset_url": addresses.reset(reset_token(signer, 0), locale)}
        pretend_delivery(
            session, queue, sender, message="reset_password", address=address, locale=locale, values=values, now=now
        )
        return
    reset = PasswordReset(member_id=member.id, created_at=now, expires_at=now + LIFETIME)
    session.add(reset)
    session.flush()
    queue_delivery(
        session,
        queue,
        sender,
        key=f"reset_password:{reset.id}",
        message="reset_password",
        address=member.address,
        locale=member.locale,
        values={**values, "reset_url": addresses.reset(reset_token(signer, reset.id), member.locale)},
        now=now,
    )
    record_change(session, actor="anybody", action="ask_reset", subject=f"member:{member.id}", now=now)


def end_resets(session: Session, *, member_id: int, now: datetime) -> None:
    """Links that were sent set nothing any more."""
    query = select(PasswordReset).where(
        PasswordReset.member_id == member_id, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now
    )
    for earlier in session.scalars(query.with_for_update()):
        earlier.expires_at = now
    session.flush()


def _asked_lately(session: Session, member_id: int, now: datetime) -> int:
    query = select(func.count()).where(
        PasswordReset.member_id == member_id, PasswordReset.created_at > now - timedelta(hours=1)
    )
    return session.scalar(query.select_from(PasswordReset)) or 0
