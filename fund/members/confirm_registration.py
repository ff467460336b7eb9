from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.signing import Signer
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.members.models import Member
from fund.members.register_member import register_member
from fund.members.registration_links import find_registration


def confirm_registration(session: Session, signer: Signer, *, token: str, consent_source: str, now: datetime) -> Member:
    """The owner of the address pressed the button: there is a member. A link works once."""
    wish = find_registration(session, signer, token=token, lock=True, now=now)
    member = register_member(
        session,
        address=wish.address,
        name=wish.name,
        password_hash=wish.password_hash,
        locale=wish.locale,
        wants_updates=wish.wants_updates,
        consent_source=consent_source if wish.wants_updates else "",
        now=now,
    )
    member.consent_at = wish.created_at if wish.wants_updates else None
    if wish.wants_updates:
        lift_by_own_wish(session, address=wish.address, now=now)
    wish.used_at, wish.password_hash = now, ""
    return member
