from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.signing import Signer
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.members.models import Member
from fund.members.read_invitation import read_invitation
from fund.members.register_member import register_member


def accept_invitation(
    session: Session,
    signer: Signer,
    *,
    token: str,
    name: str,
    password_hash: str,
    locale: str,
    wants_updates: bool,
    consent_source: str,
    now: datetime,
) -> Member:
    """Become a member with the address that was invited: having the link proves it. A link works once."""
    invitation = read_invitation(session, signer, token=token, now=now)
    member = register_member(
        session,
        address=invitation.address,
        name=name,
        password_hash=password_hash,
        locale=locale,
        wants_updates=wants_updates,
        consent_source=consent_source if wants_updates else "",
        now=now,
    )
    if wants_updates:
        lift_by_own_wish(session, address=invitation.address, now=now)
    invitation.used_at = now
    return member
