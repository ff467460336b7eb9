from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_index
from fund.kit.errors import Refusal
from fund.members.models import Member
from fund.members.queries import member_by_address
from fund.members.rules import clean_address, clean_name


def register_member(
    session: Session,
    *,
    address: str,
    name: str,
    password_hash: str,
    role: str | None = None,
    locale: str,
    wants_updates: bool,
    consent_source: str,
    actor: str | None = None,
    now: datetime,
) -> Member:
    """Add a person who may sign in; refused when the address has a member already.

    `password_hash` is from `passwords.new_password_hash`, made before the writing session was opened. Without
    `actor` the member is said to have done it.
    """
    address = clean_address(address)
    if member_by_address(session, address):
        raise Refusal("This address already has a member. Sign in instead.", status=409, field="email")
    member = Member(
        address=address,
        address_index=address_index(address),
        name=clean_name(name),
        password_hash=password_hash,
        role=role,
        locale=locale,
        wants_updates=wants_updates,
        consent_source=consent_source,
        created_at=now,
    )
    session.add(member)
    session.flush()
    record_change(
        session,
        actor=actor or f"member:{member.id}",
        action="register_member",
        subject=f"member:{member.id}",
        after={"role": role, "wants_updates": wants_updates},
        now=now,
    )
    return member
