from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_index, normal_address
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.address_links import LIFETIME, NEW, OLD, change_token
from fund.members.models import AddressChange, Member
from fund.members.queries import member_by_id
from fund.members.rules import clean_address
from fund.work.queue import Queue


def ask_new_address(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    member_id: int,
    address: str,
    reason: str = "",
    actor: str,
    now: datetime,
) -> AddressChange:
    """A member wants another address: both the old and the new one are written to, and both have to say yes.

    With `reason` an owner says yes for the old one, whose mailbox the member has lost: it is told. Asking again ends
    the wish before. Whether the new address belongs to a member already is said to its owner alone, at the end.
    """
    member = member_by_id(session, member_id)
    if member is None or member.deleted_at is not None:
        raise Refusal("There is no such member.", status=404)
    address = clean_address(address, field="new_address")
    if normal_address(address) == normal_address(member.address):
        raise Refusal("This is the address in use.", field="new_address")
    end_wishes(session, member_id, now=now)
    change = AddressChange(
        member_id=member_id,
        address=address,
        address_index=address_index(address),
        created_at=now,
        expires_at=now + LIFETIME,
        old_confirmed_at=now if reason else None,
    )
    session.add(change)
    session.flush()
    _write(session, queue, sender, signer, addresses, member=member, change=change, by_owner=bool(reason), now=now)
    record_change(
        session,
        actor=actor,
        action="ask_new_address",
        subject=f"member:{member_id}",
        after={"change": change.id, "reason": reason},
        now=now,
    )
    return change


def end_wishes(session: Session, member_id: int, *, now: datetime) -> None:
    """Whatever was asked before leads nowhere any more."""
    query = select(AddressChange).where(AddressChange.member_id == member_id, AddressChange.ended_at.is_(None))
    for earlier in session.scalars(query.with_for_update()):
        earlier.ended_at = now
    session.flush()


def _write(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    member: Member,
    change: AddressChange,
    by_owner: bool,
    now: datetime,
) -> None:
    for side, to in ((OLD, member.address), (NEW, change.address)):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"new_address:{change.id}:{side}",
            message="new_address",
            address=to,
            locale=member.locale,
            values={
                "side": side,
                "by_owner": by_owner,
                "new_address": change.address,
                "confirm_url": addresses.new_address(change_token(signer, change.id, side), member.locale),
                "days": LIFETIME.days,
            },
            now=now,
        )
