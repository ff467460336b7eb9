from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.kit.errors import Refusal
from fund.kit.i18n import translate
from fund.mail.models import Delivery
from fund.mail.queue_delivery import delivery_row, store_body
from fund.mail.rules import header_line
from fund.mail.samples import can_leave_sample, sample_messages, sample_personal, sample_values, sample_variants
from fund.mail.sender import Sender
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue


def send_sample(
    session: Session,
    queue: Queue,
    sender: Sender,
    *,
    message: str,
    variant: str,
    address: str,
    locale: str,
    form: str,
    now: datetime,
) -> bool:
    """Mail one made-up letter of a kind to the one who asks; its subject says that it is a test.

    `form`: the number of the form, so that sending it twice mails once; False then. Raises Refusal (404).
    """
    if message not in sample_messages() or variant not in sample_variants(message):
        raise Refusal("There is no such mail.", status=404)
    body = store_body(
        session,
        sender,
        message=message,
        locale=locale,
        values=sample_values(message, locale=locale, site_url=sender.site_url, variant=variant),
        can_leave=can_leave_sample(message, variant),
        now=now,
    )
    body.subject = header_line(translate("Test: {title}", locale).format(title=body.subject))
    row = delivery_row(
        body.id,
        key=f"sample:{message}:{form}",
        address=address,
        personal=sample_personal(message, locale=locale, site_url=sender.site_url, variant=variant),
        unsubscribe_url=None,
        now=now,
    )
    if insert_new(session, Delivery, [row], unique=["key"]) == 0:
        session.delete(body)
        return False
    arm_drain(session, queue, "mail")
    return True
