from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.members.models import Invitation, Member, MemberSession


def token_digest(token: str) -> str:
    """What the table keeps of a session's token."""
    return sha256(token.encode()).hexdigest()


def live_session(session: Session, token: str, *, now: datetime) -> tuple[MemberSession, Member] | None:
    """Whose browser holds this token; None when it was revoked, has expired or never was."""
    query = (
        select(MemberSession, Member)
        .join(Member, Member.id == MemberSession.member_id)
        .where(
            MemberSession.token_sha256 == token_digest(token),
            MemberSession.revoked_at.is_(None),
            MemberSession.expires_at > now,
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def members_with_role(session: Session, role: str) -> list[Member]:
    return list(session.scalars(select(Member).where(Member.role == role).order_by(Member.id)))


def live_sessions(session: Session, member_id: int, *, now: datetime) -> list[MemberSession]:
    """The browsers a member is signed in with, the one used last first."""
    query = (
        select(MemberSession)
        .where(
            MemberSession.member_id == member_id,
            MemberSession.revoked_at.is_(None),
            MemberSession.expires_at > now,
        )
        .order_by(MemberSession.seen_at.desc(), MemberSession.id.desc())
    )
    return list(session.scalars(query))


def member_by_address(session: Session, address: str) -> Member | None:
    return session.scalars(select(Member).where(Member.address_index.in_(address_indexes(address)))).first()


def member_by_id(session: Session, member_id: int) -> Member | None:
    return session.get(Member, member_id)


_KINDS = {
    "imported": Member.import_id.is_not(None),
    "waiting": Member.password_hash == "",
    "left": Member.wants_updates.is_(False),
}
"""What the desk's list can be kept to: came by a list; has no password yet; does not want to be written to."""
KINDS = tuple(_KINDS)


def newest_members(session: Session, *, kind: str = "", before: int | None = None, limit: int) -> list[Member]:
    """By id, newest first, without who deleted the account; `before` is the last id of the page before."""
    query = select(Member).where(Member.deleted_at.is_(None)).order_by(Member.id.desc()).limit(limit)
    if kind:
        query = query.where(_KINDS[kind])
    if before is not None:
        query = query.where(Member.id < before)
    return list(session.scalars(query))


def count_members(session: Session) -> dict[str, int]:
    """How many there are, as `all`, and of each kind."""
    counted = (func.count().filter(condition) for condition in _KINDS.values())
    row = session.execute(select(func.count(), *counted).where(Member.deleted_at.is_(None))).one()
    return dict(zip(("all", *KINDS), row, strict=True))


def names_of_members(session: Session, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(session.execute(select(Member.id, Member.name).where(Member.id.in_(ids))).all())


def open_invitations(session: Session, *, now: datetime, limit: int = 200) -> list[Invitation]:
    """Sent, and neither used nor withdrawn nor lapsed; newest first."""
    query = (
        select(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
