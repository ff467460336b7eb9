from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from fund.db.base import Base
from fund.db.types import EncryptedText, Moment

_ALONE = sql("batch_id IS NULL")
_TROUBLE = sql("state IN ('failed', 'unsure')")


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
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), index=True)
    """Of a mail to many: the mailing it belongs to, with one body for each language and variant."""
    variant: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """What sets two bodies of one mailing and language apart, such as `gave`: for whoever cannot leave the list."""
    created_at: Mapped[Moment]


class Mailing(Base):
    """One message to many: who gets it is written down by the worker in batches, and sent in batches.

    `key` says what it is about; the same mailing is never begun twice.
    """

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """`update:<id>`, `event:<id>`, `revision:<id>`, `closing:<campaign>:<moment>`, `invitations:<import>`."""
    kind: Mapped[str] = mapped_column(String(12))
    """update, timeline, revision, closing or invitations: who fills it."""
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    groups: Mapped[str] = mapped_column(String(40))
    """Whom it is for, by commas and in the order in which they come first: members, followers, donors; or an import."""
    topic: Mapped[str] = mapped_column(String(12), default="updates")
    """updates, timeline, closing or invitations: what an address may have opted out of."""
    state: Mapped[str] = mapped_column(String(9), default="filling")
    """filling (also sends what is there), sending, paused, done or cancelled."""
    paused_from: Mapped[str] = mapped_column(String(9), default="")
    """The state to go back to."""
    pause_reason: Mapped[str] = mapped_column(String(12), default="")
    """person or complaints; empty while it is not paused."""
    filled_to: Mapped[str] = mapped_column(String(60), default="")
    """How far the recipients were written down: group, language and last row; empty at the beginning."""
    queued: Mapped[int] = mapped_column(default=0)
    """Deliveries written down so far."""
    complaints: Mapped[int] = mapped_column(default=0)
    complaints_accepted: Mapped[int] = mapped_column(default=0)
    """How many there were when a person said to go on."""
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[Moment]
    filled_at: Mapped[Moment | None]
    """When somebody was written down the last time."""
    began_at: Mapped[Moment | None]
    """When its first message was handed over."""
    ended_at: Mapped[Moment | None]


class MailBatch(Base):
    """A few hundred deliveries of one mailing: one piece of durable work."""

    __tablename__ = "mail_batch"
    __table_args__ = (Index("ix_mail_batch_due", "next_due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), index=True)
    next_due: Mapped[Moment | None]
    """When there is something to do in it; None: nothing any more."""
    worked_until: Mapped[Moment | None]
    """A worker holds it until then, and says so again as it goes on."""


class MailPace(Base):
    """When the next message to many may leave, over all workers and machines together. One row."""

    __tablename__ = "mail_pace"

    id: Mapped[int] = mapped_column(primary_key=True)
    free_at: Mapped[Moment]
    first_day: Mapped[int] = mapped_column(default=0)
    """Warm-up: messages allowed on its first day, twice as many each day after; 0: no warm-up."""
    warm_since: Mapped[Moment | None]


class MailDay(Base):
    """How many messages to many were handed over on a day (UTC): what the warm-up counts."""

    __tablename__ = "mail_day"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    sent: Mapped[int] = mapped_column(default=0)


class MailDomain(Base):
    """A domain whose server said "later": nothing more is tried there until then."""

    __tablename__ = "mail_domain"

    domain_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    wait_until: Mapped[Moment]
    in_a_row: Mapped[int] = mapped_column(default=0)


class Suppression(Base):
    """An address that mail to many never goes to, whatever a list says. The address itself is not kept."""

    __tablename__ = "suppression"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_index: Mapped[str] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(String(10))
    """bounced, complained or asked."""
    source: Mapped[str] = mapped_column(String(120), default="")
    """Where it came from: a provider's report, a bounce message, the preference page, the desk."""
    since: Mapped[Moment]


class MailReport(Base):
    """A bounce or complaint that was reported. `key` makes a report that comes twice one."""

    __tablename__ = "mail_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Source and the report's own id, or a digest of it."""
    kind: Mapped[str] = mapped_column(String(10))
    """bounce, delay or complaint."""
    hard: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default="")
    """The enhanced status code, such as 5.1.1; never the server's words."""
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    received_at: Mapped[Moment]


class MailHookToken(Base):
    """What a provider signs in place of its report, which must therefore not be taken a second time."""

    __tablename__ = "mail_hook_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[Moment]


class Delivery(Base):
    """One mail to one address. `key` says which: the same key is never queued twice."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_due", "state", "bulk", "due_at", sqlite_where=_ALONE, postgresql_where=_ALONE),
        Index("ix_delivery_trouble", "state", "id", sqlite_where=_TROUBLE, postgresql_where=_TROUBLE),
        Index("ix_delivery_batch_state", "batch_id", "state"),
    )

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
    """One of many: sent in its batch, so that a receipt never stands behind 46,000 updates."""
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("mail_batch.id"))
    domain_index: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Blind index of the address's domain: what backs off together."""
    message_hash: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)
    """The part of its Message-ID before the @: how a bounce finds it."""
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """queued, sending, sent, deferred, failed (refused by our server or given up), bounced, complained, cancelled, or
    unsure (in flight when the process died or the server fell silent; never sent again by itself)."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_reply: Mapped[str] = mapped_column(String(200), default="")
    """The server's code and enhanced code only: its text may repeat the address."""
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    claimed_at: Mapped[Moment | None]
    """When it was taken for sending the last time. None also of what its reader left since: it is not tried again."""
    sent_at: Mapped[Moment | None]
