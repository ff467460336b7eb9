from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.models import Update
from fund.updates.publish_update import publish_update
from fund.updates.queries import update_to_change
from fund.work.queue import Queue

ACTOR = "schedule"


def publish_due_update(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update_id: int,
    now: datetime,
) -> Update | None:
    """Publish one whose moment has come; None if it was taken back or put off meanwhile.

    Raises Refusal where it has to wait (counsel has not cleared it): it stays scheduled, and Today says so.
    """
    update = update_to_change(session, update_id)
    if update.state != "scheduled" or update.publish_at is None or update.publish_at > now:
        return None
    return publish_update(session, queue, sender, signer, addresses, update_id=update_id, actor=ACTOR, now=now)
