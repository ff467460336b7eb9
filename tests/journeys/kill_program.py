"""A worker that dies on demand: a server that forks one for every job it is told of.

Each line of its input is a job, `{"environ": {...}, "at": n, "when": "before" | "after"}`: do all the worker's work on
that installation, and kill -9 at the n-th commit (0: never). It answers with a line each: how the worker ended and how
often it committed. Forking spares every one of hundreds of deaths the start of an interpreter; the first job is done
without a fork and without an end, so that the others need not load, compile and prepare what it did.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config import load_settings
from fund.db.keyring import Keyring
from fund.db.session import Database
from fund.db.types import install_keyring
from fund.donations.models import Refund
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.smtp_transport import SmtpTransport
from fund.payments.stripe_gateway import StripeGateway
from fund.web.services import Services
from fund.worker.tasks import make_tasks
from tests.fakes.queue import FakeQueue
from tests.fixtures.compiled_statements import share_compiled
from tests.fixtures.databases import TEST_KEYS


def main() -> None:
    install_keyring(Keyring(TEST_KEYS))
    share_compiled(pytest.MonkeyPatch())
    _warm_up(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _live(json.loads(line), writer)
        os.close(writer)
        commits = len(os.read(reader, 65_536)) if os.waitpid(child, 0)[1] == 0 else -1
        os.close(reader)
        sys.stdout.write(json.dumps({"died": commits < 0, "commits": commits}) + "\n")
        sys.stdout.flush()


def _warm_up(job: dict[str, Any]) -> None:
    services = make_services(job["environ"])
    _work(services)
    services.database.dispose()
    sys.stdout.write(json.dumps({"died": False}) + "\n")
    sys.stdout.flush()


def _live(job: dict[str, Any], writer: int) -> None:
    """Never returns. Ends with status 0, having written a byte for every commit, unless it was to die."""
    services = make_services(job["environ"])
    count_commits(services.database, job["at"], job["when"], lambda: os.write(writer, b"."))
    _work(services)
    os._exit(0)


def make_services(environ: dict[str, str]) -> Services:
    settings = load_settings(environ)
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        gateway=StripeGateway(settings),
        queue=FakeQueue(),
        transport=SmtpTransport(settings.smtp_url, timeout=5),
        signer=Signer(settings.secret_key),
        addresses=Addresses(settings.site_url),
    )


def count_commits(database: Database, at: int, when: str, tick: Callable[[], object]) -> None:
    dialect, count = database.engine.dialect, 0
    commit = dialect.do_commit

    def counted(connection: Any) -> None:
        nonlocal count
        count += 1
        if count == at and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(connection)
        tick()
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    dialect.do_commit = counted  # type: ignore[method-assign, assignment]


def _work(services: Services) -> None:
    """What a worker does when it starts: what waits in the queue, then what was missed.

    The queue proper is durable: what it was told with a commit it still knows. Here that is every planned refund.
    """
    tasks = make_tasks(services, threading.Event())
    with services.database.read() as session:
        planned = list(session.scalars(select(Refund.id).where(Refund.state == "planned").order_by(Refund.id)))
    for refund_id in planned:
        tasks["send_refund"](refund_id)
    for task in ("catch_up", "drain_events", "drain_mail"):
        tasks[task]()


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
