from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.i18n import translate
from fund.members.models import Member
from fund.members.queries import member_by_address
from fund.members.register_member import register_member
from fund.members.revoke_all_sessions import revoke_all_sessions

ROLE = "owner"


def create_owner(
    session: Session, *, address: str, name: str, password_hash: str, locale: str, actor: str, now: datetime
) -> Member:
    """Whoever runs the installation opens the desk to somebody.

    An address that has a member already becomes an owner with the new password, and its browsers are signed out:
    this is also the way back for an owner who lost the password.
    """
    member = member_by_address(session, address)
    if member is None:
        return register_member(
            session,
            address=address,
            name=name,
            password_hash=password_hash,
            role=ROLE,
            locale=locale,
            wants_updates=True,
            consent_source=translate("owner of this installation", locale),
            actor=actor,
            now=now,
        )
    before = member.role
    member.role, member.password_hash = ROLE, password_hash
    revoke_all_sessions(session, member_id=member.id, now=now)
    record_change(
        session,
        actor=actor,
        action="create_owner",
        subject=f"member:{member.id}",
        before={"role": before},
        after={"role": ROLE, "password": "replaced"},
        now=now,
    )
    return member
