from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fund.db.base import Base
from fund.db.types import EncryptedText, Localised, Moment, RawJson
from fund.updates.live_blocks import fill_blocks


@dataclass(frozen=True, slots=True)
class Said:
    """An update in one language as its readers have it: Markdown, with its live blocks filled in."""

    locale: str
    title: str
    body: str


class Update(Base):
    """News of a campaign. A draft has no number; once published its texts are frozen."""

    __tablename__ = "campaign_update"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    number: Mapped[int | None]
    """1 for the first that was published; part of its address."""
    state: Mapped[str] = mapped_column(String(9), default="draft")
    """draft, scheduled (will be published by itself), published or withdrawn (before a mail of it went out)."""
    audience: Mapped[str] = mapped_column(String(7), default="public")
    """public, members or donors (of this campaign)."""
    publish_at: Mapped[Moment | None]
    """Of a scheduled one: when."""
    public_from: Mapped[Moment | None]
    """Of members' or donors' news: when everybody may read it; None: never."""
    zone: Mapped[str] = mapped_column(String(40), default="UTC", server_default="UTC")
    """The clock by which these two moments were given, so that the form shows them as they were typed."""
    mail_donors: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Of public news: whether donors are written to as well. Donors' news always reach them."""
    figures: Mapped[RawJson | None]
    """What live blocks in the text say, as of its publication; None while it is a draft, or where it has none."""
    pinned: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Stands above the others, one in each campaign."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[Moment]
    edited_at: Mapped[Moment]
    published_at: Mapped[Moment | None]
    corrected_at: Mapped[Moment | None]
    """When its words were last changed after publication; the rows of Correction say how."""
    needs_counsel: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Not to be published before counsel has cleared these very words."""

    texts: Mapped[list["UpdateText"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def text(self, locale: str) -> "UpdateText":
        """The text in `locale`, else in the language there is. An update has at least one."""
        by_locale = {text.locale: text for text in self.texts}
        return by_locale.get(locale) or self.texts[0]

    def said(self, locale: str, figures: Mapping[str, Any] | None = None) -> Said:
        """What a reader of `locale` gets. `figures`: of a draft, which has none of its own yet."""
        text = self.text(locale)
        return Said(text.locale, text.title, fill_blocks(text.body, self.figures or figures, text.locale))


class UpdateText(Base):
    """Title and Markdown in one language."""

    __tablename__ = "campaign_update_text"

    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_update.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(2), primary_key=True)
    title: Mapped[str]
    body: Mapped[str]


class Correction(Base):
    """A change of words after publication: the page shows the new ones, this row what stood there before.

    One at a time is prepared at the desk (and cleared by counsel where that was asked) before it is made.
    """

    __tablename__ = "update_correction"
    __table_args__ = (UniqueConstraint("update_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_update.id"))
    number: Mapped[int | None]
    """1 for the first correction of this update; None while it is only prepared."""
    reason: Mapped[Localised]
    words: Mapped[RawJson]
    """By language: title and body as they shall stand."""
    before: Mapped[RawJson | None]
    """By language: title and body as they stood; None while it is only prepared."""
    edited_at: Mapped[Moment]
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[Moment | None]


class Attachment(Base):
    """An image or a PDF of an update, re-encoded and without metadata."""

    __tablename__ = "update_attachment"

    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_update.id"), primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    words: Mapped[Localised]
    """What it shows, for whoever does not see it, and as its link's text."""


class OptOut(Base):
    """What an address does not want, whatever it is: member, donor or follower. The address itself is not kept."""

    __tablename__ = "opt_out"

    address_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    """0: of every campaign."""
    topic: Mapped[str] = mapped_column(String(12), primary_key=True)
    """updates, timeline or closing."""
    since: Mapped[Moment]


class OptIn(Base):
    """What an address asked for that comes to nobody else. An OptOut of the same outweighs it."""

    __tablename__ = "opt_in"

    address_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(12), primary_key=True)
    """timeline."""
    source: Mapped[str] = mapped_column(String(120))
    """Where it was asked for, in words."""
    since: Mapped[Moment]


class Review(Base):
    """A draft shown to counsel. What was cleared is the text with this digest; another text needs another review."""

    __tablename__ = "update_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_update.id"), index=True)
    counsel_id: Mapped[int] = mapped_column(ForeignKey("counsel.id"))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of audience, titles and bodies as they were sent."""
    state: Mapped[str] = mapped_column(String(9), default="asked")
    """asked, cleared, changes or withdrawn."""
    asked_at: Mapped[Moment]
    asked_by: Mapped[str] = mapped_column(String(40))
    answered_at: Mapped[Moment | None]
    comment: Mapped[str] = mapped_column(EncryptedText("update_review.comment"), default="")
    """What counsel answered: privileged, for the desk alone."""


class Follower(Base):
    """An address that asked for a campaign's updates. Nothing is sent before it was confirmed, or after it left."""

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("campaign_id", "address_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    address: Mapped[str] = mapped_column(EncryptedText("follower.address"))
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    locale: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(9), default="pending")
    """pending, confirmed or left."""
    consent_source: Mapped[str] = mapped_column(String(120))
    """Where consent came from, in words: shown in the footer of every update."""
    requested_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    left_at: Mapped[Moment | None]
