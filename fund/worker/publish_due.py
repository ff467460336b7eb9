"""News whose moment has come."""

from datetime import datetime

import structlog

from fund.kit.errors import Refusal
from fund.updates.publish_due_update import publish_due_update
from fund.updates.queries import scheduled_updates
from fund.web.services import Services

log = structlog.get_logger()


def publish_due(services: Services, now: datetime) -> None:
    """Each in a transaction of its own: one that has to wait for counsel keeps no other one back."""
    with services.database.read() as session:
        due = [update.id for update in scheduled_updates(session, due=now)]
    for update_id in due:
        try:
            with services.database.write() as session:
                publish_due_update(
                    session, services.queue, services.sender, services.signer, services.addresses,
                    update_id=update_id, now=now,
                )  # fmt: skip
        except Refusal as refusal:
            log.info("update_waits", update=update_id, why=refusal.message)
