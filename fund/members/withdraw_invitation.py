from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.members.models import Invitation


def withdraw_invitation(session: Session, *, invitation_id: int, actor: str, now: datetime) -> None:
    """Its link opens nothing any more. Withdrawing twice is harmless; one that was used cannot be."""
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise Refusal("There is no such invitation.", status=404)
    if invitation.used_at is not None:
        raise Refusal("This invitation was used already.", status=409)
    if invitation.withdrawn_at is not None:
        return
    invitation.withdrawn_at = now
    record_change(session, actor=actor, action="withdraw_invitation", subject=f"invitation:{invitation.id}", now=now)
