from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_index, address_indexes
from fund.kit.errors import Refusal
from fund.members.ask_new_address import end_wishes
from fund.members.ask_reset import end_resets
from fund.members.models import Member
from fund.members.revoke_all_sessions import revoke_all_sessions
from fund.members.rules import gone_index

OWNER = "owner"


def delete_member(session: Session, *, member_id: int, now: datetime) -> str:
    """What named a person goes, the row stays for what refers to it. Returns the address, for what else holds it.

    Instead of the address a digest of its index is kept, so that an imported list does not bring back who left: of the
    index that a new row would have, for this one cannot be written anew when DATA_KEYS change.
    Raises Refusal 409 for the last owner: nobody could open the desk any more.
    """
    member = session.get(Member, member_id, with_for_update=True)
    if member is None or member.deleted_at is not None:
        raise Refusal("There is no such member.", status=404)
    _check_not_last_owner(session, member)
    address, index = member.address, gone_index(address_index(member.address))
    marks = [gone_index(one) for one in address_indexes(address)]
    for earlier in session.scalars(select(Member).where(Member.address_index.in_(marks))):
        earlier.address_index = f"gone:{earlier.id}"
    session.flush()
    member.address, member.address_index, member.name = "", index, ""
    member.password_hash, member.role, member.wants_updates = "", None, False
    member.consent_source, member.consent_at, member.deleted_at = "", None, now
    revoke_all_sessions(session, member_id=member_id, now=now)
    end_resets(session, member_id=member_id, now=now)
    end_wishes(session, member_id, now=now)
    record_change(session, actor=f"member:{member_id}", action="delete_member", subject=f"member:{member_id}", now=now)
    return address


def _check_not_last_owner(session: Session, member: Member) -> None:
    if member.role != OWNER:
        return
    owners = session.scalars(select(Member.id).where(Member.role == OWNER).order_by(Member.id).with_for_update()).all()
    if len(owners) < 2:  # noqa: PLR2004  this one alone
        raise Refusal(
            "You are the last owner. Make somebody else an owner first: else nobody could open the desk.", status=409
        )
