from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.members.invite_member import PURPOSE
from fund.members.models import Invitation


def read_invitation(session: Session, signer: Signer, *, token: str, now: datetime) -> Invitation:
    """The invitation of a link. Raises Refusal: 404 for what we never sent, 410 for what is over."""
    found = signer.read(PURPOSE, token)
    invitation = session.get(Invitation, found, with_for_update=True) if isinstance(found, int) else None
    if invitation is None:
        raise Refusal("This link is not valid. Perhaps it was cut in two by a mail program.", status=404)
    if invitation.used_at is not None:
        raise Refusal("This invitation was used already. Sign in with the password you chose.", status=410)
    if invitation.withdrawn_at is not None or invitation.expires_at <= now:
        raise Refusal("This invitation is over. Ask for a new one.", status=410)
    return invitation
