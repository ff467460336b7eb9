from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.members.queries import member_by_id
from fund.members.revoke_all_sessions import revoke_all_sessions


def change_password(
    session: Session, *, member_id: int, password_hash: str, keep_session: int | None, now: datetime
) -> None:
    """Replace the password and sign out every browser but the one that asked.

    The door has checked the old password and hashed the new one before it opened this session.
    """
    member = member_by_id(session, member_id)
    if member is None:
        raise Refusal("There is no such member.", status=404)
    member.password_hash = password_hash
    revoked = revoke_all_sessions(session, member_id=member_id, keep=keep_session, now=now)
    record_change(
        session,
        actor=f"member:{member_id}",
        action="change_password",
        subject=f"member:{member_id}",
        after={"sessions_revoked": revoked},
        now=now,
    )
