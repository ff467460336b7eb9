"""A worker that sends a surplus and dies at any moment: a server that forks one for every job it is told of.

Each line of its input is a life, `{"environ", "seconds", "minutes"}`: the run and the hourly look, so many minutes from
now, and kill -9 after so many seconds (0: never), wherever it then is. It answers each with how that ended.
"""

import json
import os
import signal
import sys
import threading
from datetime import timedelta
from typing import Any

import time_machine

from fund.db.keyring import Keyring
from fund.db.types import install_keyring
from fund.kit.clock import utc_now
from fund.worker import run_surplus as runner
from fund.worker.look_again import look_for_missing_money
from fund.worker.run_surplus import look_after_runs
from fund.worker.tasks import make_tasks
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import TEST_KEYS
from tests.journeys.kill_program import make_services


def main() -> None:
    install_keyring(Keyring(TEST_KEYS))
    runner.APART_SECONDS = 0.0
    runner.WAITS = (0.02, 0.05, 0.1, 0.2)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _live(json.loads(line))
        died = os.waitpid(child, 0)[1] != 0
        sys.stdout.write(json.dumps({"died": died}) + "\n")
        sys.stdout.flush()


def _live(job: dict[str, Any]) -> None:
    """Never returns. What it logs is no answer."""
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    services = make_services(job["environ"])
    queue = services.queue
    assert isinstance(queue, FakeQueue)
    queue.tasks = make_tasks(services, threading.Event())
    if job["seconds"]:
        threading.Timer(job["seconds"], lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
    with time_machine.travel(utc_now() + timedelta(minutes=job["minutes"])):
        for look in (look_after_runs, lambda given: look_for_missing_money(given, utc_now())):
            look(services)
            queue.run_all()
    os._exit(0)


if __name__ == "__main__":
    main()
