"""The worker's beginning and end. Called by gunicorn.conf.py after the fork and by `flask worker`, by nothing else."""

import threading

from fund.web.services import Services
from fund.worker import runtime
from fund.worker.tasks import make_tasks

SCHEDULES = {
    "sweep": "* * * * *",
    "look_for_missing_money": "17 * * * *",
    "catch_up": "37 * * * *",
    "reconcile_nightly": "10 3 * * *",
    "prune": "41 3 * * *",
}
"""Cron, in UTC. However many workers there are, each of these runs once at each of its times."""

_stopping = threading.Event()


def launch(services: Services) -> None:
    """Begin to work in threads of this process and return. What waited while no worker ran is looked for at once."""
    _stopping.clear()
    runtime.start(services.settings, make_tasks(services, _stopping), SCHEDULES)
    with services.database.write() as session:
        services.queue.enqueue(session, "sweep")
        if services.settings.stripe_secret_key:
            services.queue.enqueue(session, "catch_up")


def shutdown() -> None:
    """Let what runs end or hand over, within 30 seconds. Harmless where `launch` was never called."""
    _stopping.set()
    runtime.stop()
