import pytest
from flask import Flask

from config import Settings
from fund.worker import runtime
from fund.worker.executor_slot import take_slot
from fund.worker.system_tables import migrate_queue


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
