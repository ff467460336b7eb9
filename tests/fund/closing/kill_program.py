"""A worker that dies on demand while it sends a surplus; the whole worker's is in tests/journeys/kill_program.py.

Each line of its input is a life, `{"environ", "plan", "at", "when", "minutes"}`: one batch of the run, so many minutes
from now, killed before or after its `at`-th commit (0: never). It answers with a line each: how that ended.
"""

import json
import os
import sys
import threading
from datetime import timedelta
from typing import Any

import time_machine

from fund.db.keyring import Keyring
from fund.db.types import install_keyring
from fund.kit.clock import utc_now
from fund.worker.run_surplus import run_surplus
from tests.fixtures.databases import TEST_KEYS
from tests.journeys.kill_program import count_commits, make_services


def main() -> None:
    install_keyring(Keyring(TEST_KEYS))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _live(json.loads(line))
        died = os.waitpid(child, 0)[1] != 0
        sys.stdout.write(json.dumps({"died": died}) + "\n")
        sys.stdout.flush()


def _live(job: dict[str, Any]) -> None:
    """Never returns."""
    services = make_services(job["environ"])
    count_commits(services.database, job["at"], job["when"], lambda: None)
    with time_machine.travel(utc_now() + timedelta(minutes=job["minutes"])):
        run_surplus(services, job["plan"], threading.Event())
    os._exit(0)


if __name__ == "__main__":
    main()
