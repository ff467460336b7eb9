from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.address_links import OLD, find_change
from fund.members.ask_reset import end_resets
from fund.members.models import AddressChange, Member
from fund.members.queries import member_by_address
from fund.members.revoke_all_sessions import revoke_all_sessions
from fund.work.queue import Queue


def confirm_address(
    session: Session, queue: Queue, sender: Sender, signer: Signer, *, token: str, now: datetime
) -> AddressChange:
    """One of the two addresses says yes; with the second yes the change is carried out. Repeating is harmless.

    Then every browser is signed out and links that set a password end: they went to the old address.
    """
    change, side = find_change(session, signer, token=token, lock=True, now=now)
    if side == OLD:
        change.old_confirmed_at = change.old_confirmed_at or now
    else:
        change.new_confirmed_at = change.new_confirmed_at or now
    if change.old_confirmed_at and change.new_confirmed_at:
        _carry_out(session, queue, sender, change, now)
    return change


def _carry_out(session: Session, queue: Queue, sender: Sender, change: AddressChange, now: datetime) -> None:
    member = session.get(Member, change.member_id, with_for_update=True)
    if member is None or member.deleted_at is not None:
        raise Refusal("There is no such member.", status=404)
    if member_by_address(session, change.address):
        raise Refusal("This address already has a member. Sign in instead.", status=409)
    old = member.address
    member.address, member.address_index = change.address, change.address_index
    change.ended_at = now
    session.flush()
    revoke_all_sessions(session, member_id=member.id, now=now)
    end_resets(session, member_id=member.id, now=now)
    queue_delivery(
        session,
        queue,
        sender,
        key=f"address_changed:{change.id}",
        message="address_changed",
        address=old,
        locale=member.locale,
        values={},
        now=now,
    )
    record_change(
        session,
        actor=f"member:{member.id}",
        action="confirm_address",
        subject=f"member:{member.id}",
        after={"change": change.id},
        now=now,
    )
