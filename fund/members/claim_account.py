from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.signing import Signer
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.members.imported_link import find_imported
from fund.members.models import Member
from fund.members.rules import clean_name


def claim_account(
    session: Session,
    signer: Signer,
    *,
    token: str,
    name: str,
    password_hash: str,
    wants_updates: bool,
    consent_source: str,
    now: datetime,
) -> Member:
    """Somebody of an imported list chooses a password: having the link proves the address. A link works once."""
    member = find_imported(session, signer, token=token, lock=True)
    before = member.wants_updates
    if wants_updates:
        lift_by_own_wish(session, address=member.address, now=now)
    member.name, member.password_hash, member.wants_updates = clean_name(name), password_hash, wants_updates
    if wants_updates and not before:
        member.consent_source, member.consent_at = consent_source, now
    record_change(
        session,
        actor=f"member:{member.id}",
        action="claim_account",
        subject=f"member:{member.id}",
        before={"wants_updates": before},
        after={"wants_updates": wants_updates},
        now=now,
    )
    return member
