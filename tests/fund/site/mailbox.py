"""What would be in a mailbox, without sending it."""

import re

from sqlalchemy import select

from fund.db.session import Database
from fund.db.types import address_indexes
from fund.mail.models import Delivery, MailBody


def mails_to(database: Database, address: str) -> list[tuple[str, str]]:
    """Kind and text, in the order in which they were written."""
    query = (
        select(MailBody.message, MailBody.text)
        .join(Delivery, Delivery.body_id == MailBody.id)
        .where(Delivery.address_index.in_(address_indexes(address)))
        .order_by(Delivery.id)
    )
    with database.read() as session:
        return [(message, text) for message, text in session.execute(query)]


def link_in(text: str, part: str) -> str:
    """The path of the first link that has `part` in it."""
    found = re.search(rf"https?://[^/\s]+(\S*{re.escape(part)}\S+)", text)
    assert found is not None, text
    return found[1]
