from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import EncryptedText, Moment


class MailBody(Base):
    """A message rendered once; what differs from one recipient to the next stands as `%%name%%`."""

    __tablename__ = "mail_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(String(40))
    """Folder below templates/mail: receipt, update, confirm_follow, invitation ..."""
    locale: Mapped[str] = mapped_column(String(2))
    list_id: Mapped[str] = mapped_column(String(255), default="")
    """Of a mail to many, such as `updates.<slug>`: becomes List-Id. Empty for what one person's act caused."""
    subject: Mapped[str] = mapped_column(EncryptedText("mail_body.subject"))
    text: Mapped[str] = mapped_column(EncryptedText("mail_body.text"))
    html: Mapped[str] = mapped_column(EncryptedText("mail_body.html"))
    created_at: Mapped[Moment]


class Delivery(Base):
    """One mail to one address. `key` says which: the same key is never queued twice."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_state_due", "state", "bulk", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Such as `receipt:<donation>` or `update:<update>:<address index>`."""
    body_id: Mapped[int] = mapped_column(ForeignKey("mail_body.id"))
    address: Mapped[str] = mapped_column(EncryptedText("delivery.address"))
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    personal: Mapped[str] = mapped_column(EncryptedText("delivery.personal"), default="{}")
    """JSON object: what to put for each `%%name%%`."""
    unsubscribe_url: Mapped[str | None] = mapped_column(EncryptedText("delivery.unsubscribe_url"))
    """Set for everything that a person can leave; makes the RFC 8058 headers."""
    bulk: Mapped[bool] = mapped_column(default=False)
    """One of many: waits until no single message is due, so that a receipt never stands behind 46,000 updates."""
    state: Mapped[str] = mapped_column(String(9), default="queued")
    """queued, sending, sent, deferred, failed, cancelled, or unsure (in flight when the process died or the
    server fell silent; never sent again by itself)."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_reply: Mapped[str] = mapped_column(String(200), default="")
    """The server's code and enhanced code only: its text may repeat the address."""
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    claimed_at: Mapped[Moment | None]
    """When it was taken for sending the last time."""
    sent_at: Mapped[Moment | None]
