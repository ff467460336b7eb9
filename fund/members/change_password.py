from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.kit.i18n import format_moment
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.ask_reset import end_resets
from fund.members.queries import member_by_id
from fund.members.revoke_all_sessions import revoke_all_sessions
from fund.work.queue import Queue


def change_password(
    session: Session,
    queue: Queue,
    sender: Sender,
    *,
    member_id: int,
    password_hash: str,
    keep_session: int | None,
    now: datetime,
) -> None:
    """Replace the password, sign out every browser but the one that asked, and tell the owner of the address.

    The door has checked the old password, or a link, and hashed the new one before it opened this session.
    """
    member = member_by_id(session, member_id)
    if member is None:
        raise Refusal("There is no such member.", status=404)
    member.password_hash = password_hash
    revoked = revoke_all_sessions(session, member_id=member_id, keep=keep_session, now=now)
    end_resets(session, member_id=member_id, now=now)
    queue_delivery(
        session,
        queue,
        sender,
        key=f"password_changed:{member_id}:{now.timestamp():.6f}",
        message="password_changed",
        address=member.address,
        locale=member.locale,
        values={"when": format_moment(now, locale=member.locale)},
        now=now,
    )
    record_change(
        session,
        actor=f"member:{member_id}",
        action="change_password",
        subject=f"member:{member_id}",
        after={"sessions_revoked": revoked},
        now=now,
    )
