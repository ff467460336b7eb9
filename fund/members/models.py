from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import EncryptedText, Moment, RawJson


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
    consent_at: Mapped[Moment | None]
    """When consent was given; None: when the member was made."""
    import_id: Mapped[int | None] = mapped_column(ForeignKey("member_import.id"), index=True)
    """The list it came from. Until the member sets a password, `password_hash` is empty and opens nothing."""
    created_at: Mapped[Moment]
    deleted_at: Mapped[Moment | None]
    """Deleted by the member: what named a person is gone, the row stays for what refers to it."""


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


class Registration(Base):
    """Somebody registered with an address that is not confirmed yet. Becomes a Member by the link in the mail."""

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(EncryptedText("registration.address"))
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(EncryptedText("registration.name"))
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(String(2))
    wants_updates: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class PasswordReset(Base):
    """A link that sets a new password. Used once, or lapsed."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class AddressChange(Base):
    """A member wants another address: done once both the old and the new one have said yes."""

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    address: Mapped[str] = mapped_column(EncryptedText("address_change.address"))
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    old_confirmed_at: Mapped[Moment | None]
    new_confirmed_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    """Carried out, withdrawn or replaced by another wish."""


class MemberImport(Base):
    """A community's list of members, from the uploaded file to the report of what was refused."""

    __tablename__ = "member_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    encoding: Mapped[str] = mapped_column(String(20))
    delimiter: Mapped[str] = mapped_column(String(1))
    columns: Mapped[RawJson]
    """Which column of the file is what, and their titles if it has them: `{"address": 2, "name": 0, "locale": null,
    "consent_on": 5, "width": 6, "titles": [...]}`."""
    forecast: Mapped[RawJson]
    """What would become of it: how many `added`, `known`, and refused by reason; counted before anything is done."""
    consent_text: Mapped[str]
    """What these people agreed to, in the words that they saw."""
    consent_source: Mapped[str] = mapped_column(String(120))
    """Where they agreed, in words: shown in every mail's footer."""
    consent_on: Mapped[Moment]
    """When, for rows that have no date of their own."""
    locale: Mapped[str] = mapped_column(String(2))
    """For rows that have no language of their own."""
    state: Mapped[str] = mapped_column(String(9), default="preview")
    """reading (its rows are being stored), preview, running, paused, done or cancelled."""
    rows: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    """Members already, or twice in the file."""
    refused: Mapped[int] = mapped_column(default=0)
    suppressed: Mapped[int] = mapped_column(default=0)
    """Added, but never written to: the address bounced, complained or asked to be left alone."""
    invites_a_day: Mapped[int] = mapped_column(default=0)
    """How many of its members are invited to choose a password in a day."""
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[Moment]
    worked_at: Mapped[Moment | None]
    """When something was last done on it: a run that nobody is at is found by this."""
    ended_at: Mapped[Moment | None]


class ImportChunk(Base):
    """Some hundred rows of a file that wait to be imported; deleted once they are."""

    __tablename__ = "import_chunk"

    import_id: Mapped[int] = mapped_column(ForeignKey("member_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[str] = mapped_column(EncryptedText("import_chunk.rows"))
    """JSON: a list of [line of the file, fields]."""


class ImportRefusal(Base):
    """A row of a file that was not imported, and why; for the report."""

    __tablename__ = "import_refusal"
    __table_args__ = (Index("ix_import_refusal_line", "import_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("member_import.id"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    """A word of ours: no_address, no_columns, twice ..."""
    given: Mapped[str] = mapped_column(EncryptedText("import_refusal.given"))
    """The field as it stood in the file, cut."""
