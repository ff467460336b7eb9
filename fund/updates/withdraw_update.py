from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.touch_page import touch_page
from fund.files.show_file import show_file
from fund.kit.errors import Refusal
from fund.mail.cancel_mailing import cancel_mailing
from fund.mail.models import Delivery, Mailing
from fund.updates.mail_update import mailing_key
from fund.updates.models import Update
from fund.updates.queries import attachments, update_to_change

HANDED_OVER = ("sending", "sent", "bounced", "complained", "unsure")
_OVER = ("done", "cancelled")


def withdraw_update(session: Session, *, update_id: int, actor: str, now: datetime) -> Update:
    """Take back what was published, as long as no mail of it was handed over: its mailing is cancelled.

    Its page says that it was withdrawn, and its number is never used again. Repeating is harmless. Raises Refusal
    (409) for what is not published, and once a mail has left: what people have read is corrected, not withdrawn.
    """
    update = update_to_change(session, update_id)
    if update.state == "withdrawn":
        return update
    if update.state != "published":
        raise Refusal("Only what is published can be withdrawn.", status=409)
    if update.corrected_at is not None:
        raise Refusal("It was corrected in public already. Say the rest in another correction.", status=409)
    _stop_mailing(session, update, actor=actor, now=now)
    for attachment, _ in attachments(session, update.id):
        show_file(session, file_id=attachment.file_id, shown=False)
    update.state, update.pinned = "withdrawn", False
    record_change(
        session,
        actor=actor,
        action="withdraw_update",
        subject=f"update:{update.id}",
        before={"state": "published", "number": update.number},
        after={"state": "withdrawn"},
        now=now,
    )
    touch_page(session, update.campaign_id)
    return update


def can_withdraw(session: Session, update: Update) -> bool:
    """As things stand now, for the page that offers it."""
    return (
        update.state == "published"
        and update.corrected_at is None
        and not _left(session, session.scalars(_mailing_of(update)).first())
    )


def _stop_mailing(session: Session, update: Update, *, actor: str, now: datetime) -> None:
    mailing = session.scalars(_mailing_of(update).with_for_update()).first()
    if mailing is None or _left(session, mailing):
        raise Refusal("Mails of it have left already. Correct it instead.", status=409)
    if mailing.state not in _OVER:
        cancel_mailing(session, mailing_id=mailing.id, actor=actor, now=now)


def _mailing_of(update: Update) -> Select[Mailing]:
    return select(Mailing).where(Mailing.key == mailing_key(update))


def _left(session: Session, mailing: Mailing | None) -> bool:
    """Without a mailing: what an older release published was written to everybody at once."""
    if mailing is None:
        return True
    left = select(Delivery.id).where(Delivery.mailing_id == mailing.id, Delivery.state.in_(HANDED_OVER))
    return session.execute(left.limit(1)).first() is not None
