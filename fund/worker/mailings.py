"""Mail to many: written down slice by slice, and sent by however many workers there are."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.kit.clock import utc_now
from fund.mail.finish_mailing import finish_mailings
from fund.mail.queries_of_mailings import has_due_batches, kind_of_mailing, mailings_to_fill
from fund.mail.send_mailing_batch import MailingSender, send_mailing_batch
from fund.members.fill_invitations import fill_invitations
from fund.updates.fill_mailing import fill_mailing as fill_with_people
from fund.updates.unsubscribing import unsubscribe_token
from fund.web.services import Services
from fund.work.arm_drain import arm_drain
from fund.work.tasks import MAILINGS
from fund.worker.one_shift import one_shift

STANDS_STILL = timedelta(minutes=1)
"""A mailing that nobody was written down for so long is taken up anew: whoever was at it may be gone."""

Fill = Callable[[Services, Session, int, datetime], bool]


def fill_mailing(services: Services, mailing_id: int, stopping: threading.Event) -> None:
    """Write down everybody, a slice a transaction, with room between for those who send what was written down."""
    with services.database.read() as session:
        fill = FILLS.get(kind_of_mailing(session, mailing_id))
    if fill is None:
        return

    def next_slice() -> bool:
        with services.database.write() as session:
            return fill(services, session, mailing_id, utc_now())

    if one_shift(next_slice, stopping):
        with services.database.write() as session:
            services.queue.enqueue(session, "fill_mailing", mailing_id)


class MailingBatches:
    """Sends what is due, a batch a call. Where there is a second one, one more worker is called for help."""

    def __init__(self, services: Services, stopping: threading.Event) -> None:
        self._services = services
        self._stopping = stopping
        self._calls = 0
        self._sender = MailingSender(
            services.database,
            services.transport.another(),
            services.sender,
            utc_now,
            rate=services.settings.mail_rate,
            wait=stopping.wait,
        )

    def __call__(self) -> int:
        self._calls += 1
        if self._calls == 2:  # noqa: PLR2004
            with self._services.database.write() as session:
                if has_due_batches(session, now=utc_now()):
                    arm_drain(session, self._services.queue, MAILINGS)
        return send_mailing_batch(self._sender, self._stopping.is_set)

    def close(self) -> None:
        self._sender.transport.close()


def look_after_mailings(services: Services, now: datetime) -> None:
    """Each minute: mailings whose filling stands still, and such as have nothing left to do."""
    with services.database.write() as session:
        finish_mailings(session, now=now)
        for mailing_id in mailings_to_fill(session, untouched_since=now - STANDS_STILL):
            services.queue.enqueue(session, "fill_mailing", mailing_id)


def _people(services: Services, session: Session, mailing_id: int, now: datetime) -> bool:
    return fill_with_people(
        session, services.queue, services.signer, services.addresses, mailing_id=mailing_id, now=now
    )


def _imported(services: Services, session: Session, mailing_id: int, now: datetime) -> bool:
    return fill_invitations(
        session,
        services.queue,
        services.signer,
        services.addresses,
        leave_token=lambda signer, member_id: unsubscribe_token(signer, "m", member_id, 0),
        mailing_id=mailing_id,
        now=now,
    )


FILLS: dict[str, Fill] = {
    **dict.fromkeys(("update", "revision", "closing", "timeline"), _people),
    "invitations": _imported,
}
"""Who knows the people of which kind of mailing."""
