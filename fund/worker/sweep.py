from datetime import datetime, timedelta

from fund.donations.stop_when_over import stop_what_is_over
from fund.mail.mark_unsure import mark_unsure
from fund.mail.queries import has_due
from fund.mail.queries_of_mailings import has_due_batches
from fund.payments.queries import due_events
from fund.web.services import Services
from fund.work.tasks import EVENTS, MAIL, MAILINGS
from fund.worker import runtime
from fund.worker.drain import rearm
from fund.worker.import_members import look_after_imports
from fund.worker.mailings import look_after_mailings
from fund.worker.publish_due import publish_due
from fund.worker.run_surplus import look_after_runs
from fund.worker.system_tables import queue_client

LONGEST_SENDING = timedelta(minutes=15)
JUST_OVER = timedelta(minutes=3)


def sweep(services: Services, now: datetime) -> None:
    """Once a minute over all workers: whatever is due and has no drain on its way gets one.

    Covers what waits for its time (a failed event, a deferred mail) and what a drain that was called off, or a worker
    that died, left lying; and runs of a surplus that nobody is at. Where the last day of gifts has just ended, pages
    that are open at Stripe are closed; what is missed here the hourly look does.
    """
    runtime.adopt(services.settings)
    with services.database.write() as session:
        mark_unsure(session, older_than=LONGEST_SENDING, now=now)
        stop_what_is_over(session, services.queue, within=JUST_OVER, now=now)
    look_after_mailings(services, now)
    _wake_drains(services, now)
    look_after_runs(services)
    publish_due(services, now)
    look_after_imports(services, now)


def _wake_drains(services: Services, now: datetime) -> None:
    with services.database.read() as session:
        due = {
            EVENTS: bool(due_events(session, limit=1, now=now)),
            MAIL: has_due(session, now=now),
            MAILINGS: has_due_batches(session, now=now),
        }
    if not any(due.values()):
        return
    coming = _inboxes_with_a_drain_waiting(services.settings.database_url)
    for inbox, is_due in due.items():
        if is_due and inbox not in coming:
            rearm(services.database, services.queue, inbox)


def _inboxes_with_a_drain_waiting(database_url: str) -> set[str]:
    """Not those where one runs: it may be on its last look, or on a machine that is gone."""
    with queue_client(database_url) as client:
        waiting = client.list_queued_workflows(
            status="ENQUEUED", queue_name=[EVENTS, MAIL, MAILINGS], load_input=False, load_output=False
        )
    return {workflow.name.removeprefix("drain_") for workflow in waiting}
