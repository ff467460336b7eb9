from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import EncryptedText, Moment


class Member(Base):
    """A person who may sign in. `role` opens the desk; most members have none."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(EncryptedText("member.address"))
    address_index: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(EncryptedText("member.name"))
    password_hash: Mapped[str]
    role: Mapped[str | None] = mapped_column(String(12))
    """owner, or None; the table of permissions is in web/permissions.py."""
    locale: Mapped[str] = mapped_column(String(2), default="en")
    wants_updates: Mapped[bool] = mapped_column(default=True)
    """Cleared by the one-click link of any update; set again on the account page."""
    consent_source: Mapped[str] = mapped_column(String(120), default="")
    """Where the consent to be written to came from, in words: shown in every mail's footer."""
    created_at: Mapped[Moment]


class MemberSession(Base):
    """One signed-in browser. The cookie holds a random token, this table its SHA-256."""

    __tablename__ = "member_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class Invitation(Base):
    """A way in for one address. Used once, or lapsed, or withdrawn."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(EncryptedText("invitation.address"))
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    locale: Mapped[str] = mapped_column(String(2))
    invited_by: Mapped[int] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    withdrawn_at: Mapped[Moment | None]
