import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.db.types import address_index, domain_index
from fund.mail.models import Delivery, MailBody, Mailing
from fund.mail.render_message import render_message
from fund.mail.rules import NO_ADDRESS, is_address, message_hash
from fund.mail.sender import Sender
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue


def queue_delivery(
    session: Session,
    queue: Queue,
    sender: Sender,
    *,
    key: str,
    message: str,
    address: str,
    locale: str,
    values: Mapping[str, Any],
    personal: Mapping[str, str] | None = None,
    unsubscribe_url: str | None = None,
    now: datetime,
) -> bool:
    """Write one message to one address, to be sent once this session commits; False when `key` is queued already.

    `message` is a folder of templates/mail, `values` what its templates name. What is no address is stored as
    failed at once: a gift is not refused, nor an event held up, because a receipt cannot be written to.
    """
    if session.execute(select(Delivery.id).where(Delivery.key == key)).first():
        return False
    body = store_body(
        session, sender, message=message, locale=locale, values=values, can_leave=unsubscribe_url is not None, now=now
    )
    row = delivery_row(
        body.id, key=key, address=address, personal=personal or {}, unsubscribe_url=unsubscribe_url, now=now
    )
    if insert_new(session, Delivery, [row], unique=["key"]) == 0:
        session.delete(body)
        return False
    arm_drain(session, queue, "mail")
    return True


def store_body(
    session: Session,
    sender: Sender,
    *,
    message: str,
    locale: str,
    values: Mapping[str, Any],
    list_id: str = "",
    can_leave: bool = False,
    mailing: Mailing | None = None,
    variant: str = "",
    now: datetime,
) -> MailBody:
    """Render once what one or many deliveries share. Of a mailing: one for each language and variant."""
    rendered = render_message(message, locale=locale, sender=sender, values=values, can_leave=can_leave)
    body = MailBody(
        message=message,
        locale=locale,
        list_id=list_id,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        mailing_id=mailing.id if mailing else None,
        variant=variant,
        created_at=now,
    )
    session.add(body)
    session.flush()
    return body


def delivery_row(
    body_id: int,
    *,
    key: str | None,
    address: str,
    personal: Mapping[str, str],
    unsubscribe_url: str | None,
    mailing: Mailing | None = None,
    now: datetime,
) -> dict[str, Any]:
    """One row of the table, as plain values, for inserting many at once. Of a mailing the key is made here."""
    writable, index = is_address(address), address_index(address)
    key = f"{mailing.key}:{index}" if mailing else key or ""
    return {
        "key": key,
        "body_id": body_id,
        "address": address,
        "address_index": index,
        "domain_index": domain_index(address),
        "message_hash": message_hash(key),
        "personal": json.dumps(dict(personal)),
        "unsubscribe_url": unsubscribe_url,
        "bulk": mailing is not None,
        "mailing_id": mailing.id if mailing else None,
        "state": "queued" if writable else "failed",
        "attempts": 0,
        "last_reply": "" if writable else NO_ADDRESS,
        "created_at": now,
        "due_at": now,
    }
