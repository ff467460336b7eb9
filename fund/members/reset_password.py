from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.members.change_password import change_password
from fund.members.models import Member
from fund.members.reset_links import find_reset
from fund.work.queue import Queue


def reset_password(
    session: Session, queue: Queue, sender: Sender, signer: Signer, *, token: str, password_hash: str, now: datetime
) -> Member:
    """Set the password that was just chosen: having the link proves the address. A link works once.

    Every browser is signed out, and the owner of the address is told.
    """
    reset, member = find_reset(session, signer, token=token, lock=True, now=now)
    reset.used_at = now
    change_password(
        session, queue, sender, member_id=member.id, password_hash=password_hash, keep_session=None, now=now
    )
    return member
