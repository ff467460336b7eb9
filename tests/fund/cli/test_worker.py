import os
import subprocess
import sys
from pathlib import Path

from flask import Flask

from config import Settings
from fund.db.session import Database
from fund.payments.models import ProcessorEvent
from fund.work.dbos_queue import DbosQueue
from fund.worker import runtime
from fund.worker.executor_slot import take_slot
from tests.factories.events import store_events
from tests.fixtures.services import settings_environ
from tests.fixtures.until import until
from tests.fixtures.whole_run import ROOT


def test_taking_over_an_executor_that_left_nothing(app: Flask, settings: Settings) -> None:
    take_slot(runtime.executors_folder(settings), "web9").release()
    done = app.test_cli_runner().invoke(args=["takeover", "web9-0"])
    assert (done.exit_code, done.stdout) == (0, "0 tasks of web9-0 put back into the queue\n")


def test_taking_over_an_executor_that_nobody_knows_of(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["takeover", "nope"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "No executor is called nope" in done.stderr


def test_an_executor_that_lives_is_not_taken_over(app: Flask, settings: Settings) -> None:
    slot = take_slot(runtime.executors_folder(settings), "local")
    done = app.test_cli_runner().invoke(args=["takeover", slot.id])
    assert done.exit_code == 1
    assert "local-0 is alive" in done.stderr
    slot.release()


def test_taking_over_nobody_is_wrong_usage(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["takeover"]).exit_code == 2


def test_a_worker_of_its_own_does_the_work_and_ends_when_asked(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    environ = {**os.environ, **settings_environ(database_url, tmp_path, STRIPE_SECRET_KEY="")}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        assert worker.stderr.readline() == "worker running\n"
        store_events(database, DbosQueue(database_url), "evt_1")
        until(lambda: _state(database) == "ignored")
        worker.terminate()
        assert worker.wait(20) == 0
        assert worker.stderr.read() == ""


def _state(database: Database) -> str:
    with database.read() as session:
        return session.get_one(ProcessorEvent, "evt_1").state
