import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from fund.db.session import Database
from fund.payments.gateway import Envelope
from fund.payments.models import ProcessorEvent
from fund.payments.receive_event import receive_event
from fund.work.dbos_queue import DbosQueue
from fund.worker import runtime
from fund.worker.executor_slot import take_slot
from fund.worker.system_tables import migrate_queue
from tests.fixtures.services import settings_environ
from tests.fixtures.until import until
from tests.fixtures.whole_run import ROOT


@pytest.fixture
def _queue(settings: Settings) -> None:
    migrate_queue(settings.database_url)


@pytest.mark.usefixtures("_queue")
def test_taking_over_an_executor_that_left_nothing(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["takeover", "web9-0"])
    assert (done.exit_code, done.stdout) == (0, "0 tasks of web9-0 put back into the queue\n")


@pytest.mark.usefixtures("_queue")
def test_an_executor_that_lives_is_not_taken_over(app: Flask, settings: Settings) -> None:
    slot = take_slot(runtime.executors_folder(settings), "local")
    done = app.test_cli_runner().invoke(args=["takeover", slot.id])
    assert done.exit_code == 1
    assert "local-0 is alive" in done.stderr
    slot.release()


def test_taking_over_nobody_is_wrong_usage(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["takeover"]).exit_code == 2


@pytest.mark.usefixtures("_queue")
def test_a_worker_of_its_own_does_the_work_and_ends_when_asked(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    environ = {**os.environ, **settings_environ(database_url, tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        assert worker.stderr.readline() == "worker running\n"
        _store_event(database, DbosQueue(database_url))
        until(lambda: _state(database) == "ignored")
        worker.terminate()
        assert worker.wait(20) == 0
        assert worker.stderr.read() == ""


def _store_event(database: Database, queue: DbosQueue) -> None:
    now = datetime.now(UTC)
    envelope = Envelope(
        id="evt_1",
        type="customer.created",
        livemode=False,
        api_version=None,
        account=None,
        object_id="cus_1",
        object_type="customer",
        created=now,
        body_sha256="0" * 64,
    )
    with database.write() as session:
        receive_event(session, queue, envelope=envelope, livemode=False, now=now)


def _state(database: Database) -> str:
    with database.read() as session:
        return session.get_one(ProcessorEvent, "evt_1").state
