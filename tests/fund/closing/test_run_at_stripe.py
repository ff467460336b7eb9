"""The run in front of the sandbox: bad weather on the wire, and a worker that is killed at any commit."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
import time_machine
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.closing.models import SurplusPlan, SurplusShare
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Refund
from fund.kit.clock import utc_now
from fund.ledger.check_ledger import check_ledger
from fund.reconciliation.reconcile import reconcile
from fund.web.services import Services
from fund.worker import run_surplus as runner
from fund.worker.look_again import ask_again
from fund.worker.run_surplus import look_after_runs
from tests.contract.sandbox_client import stripe_client
from tests.factories.closing import close, confirm, make_plan
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.services import settings_environ
from tests.fixtures.whole_run import ROOT

pytestmark = sqlite_only

GIFTS = (1_013, 1_507, 2_003, 777, 6_250, 500, 1_999, 3_331)
LIVES = 20


@pytest.fixture
def ended(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Gifts of odd amounts, paid and booked, and the campaign closed."""
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)
    monkeypatch.setattr(runner, "WAITS", (0.0, 0.0, 0.0))
    for number, amount in enumerate(GIFTS):
        session_id = installation.give(f"{amount / 100:.2f}", email=f"donor{number}@example.net")
        installation.sandbox.pay(session_id)
    installation.work()
    close(installation.services, installation.campaign_id)
    installation.work()
    return installation


def run_to_its_end(installation: Installation, *, after: timedelta = timedelta(0)) -> None:
    """Minute after minute, then the hourly look; what Stripe sends meanwhile is signed by the wall's clock."""
    installation.sandbox.post("/_sandbox/delivery", {"mode": "hold"})
    for minute in range(12):
        with time_machine.travel(utc_now() + after + timedelta(minutes=minute)):
            look_after_runs(installation.services)
            installation.queue.run_all()
        if _state(installation.services) == "finished":
            break
    if _state(installation.services) != "finished" and after:
        with time_machine.travel(utc_now() + after + timedelta(hours=2)):
            ask_again(installation.services, utc_now())
            installation.queue.run_all()
            look_after_runs(installation.services)
    installation.sandbox.post("/_sandbox/delivery", {"mode": "normal"})
    installation.work(after=after + timedelta(hours=2))


def prove(installation: Installation, plan: SurplusPlan) -> None:
    """Each gift was refunded once and exactly its share; everything agrees with Stripe, and nobody was told twice."""
    services = installation.services
    with services.database.read() as session:
        planned = {
            share.donation_id: share.amount
            for share in session.scalars(select(SurplusShare).where(SurplusShare.plan_id == plan.id))
        }
        refunds = list(session.scalars(select(Refund)))
        assert {row.donation_id: row.amount for row in refunds} == planned
        assert {row.state for row in refunds} == {"succeeded"}
        assert session.get_one(SurplusPlan, plan.id).state == "finished"
        assert check_ledger(session).problems == []
        assert campaign_progress(session, session.get_one(Campaign, installation.campaign_id)).available == 0
    at_stripe = list(stripe_client(installation.sandbox).v1.refunds.list(params={"limit": 100}).auto_paging_iter())
    assert len(at_stripe) == len(planned)
    assert sum(one.amount for one in at_stripe) == sum(planned.values()) == plan.surplus
    assert reconcile(services.database, services.gateway, cause="test", now=datetime.now(UTC)).differences == []
    for number in range(len(GIFTS)):
        mails = installation.mail_to(f"donor{number}@example.net")
        assert sum("\nYour part of what was left over" in mail.replace("\r", "") for mail in mails) == 1


@pytest.mark.parametrize("mode", ["429", "commit_then_reset"])
def test_whatever_the_wire_does_everybody_is_paid_once(ended: Installation, mode: str) -> None:
    """Errors of Stripe's own, which stay under a key for a day, are in the journey of the killed run."""
    plan = confirm(ended.services, make_plan(ended.services, ended.campaign_id))
    ended.sandbox.post("/_sandbox/faults", {"path": "/v1/refunds", "mode": mode, "every": 3})
    run_to_its_end(ended)
    ended.sandbox.post("/_sandbox/faults", {"mode": "off"})
    prove(ended, plan)


def test_a_share_whose_answer_was_lost_is_found_again_after_25_hours(
    ended: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe has forgotten the key by then: only the metadata says that it was refunded."""
    monkeypatch.setattr(runner, "WAITS", ())
    plan = confirm(ended.services, make_plan(ended.services, ended.campaign_id))
    ended.sandbox.post(
        "/_sandbox/faults", {"path": "/v1/refunds", "mode": "commit_then_reset", "every": 1, "method": "POST"}
    )
    ended.queue.run_all()
    assert _state(ended.services) == "running"
    ended.sandbox.post("/_sandbox/faults", {"mode": "off"})
    ended.sandbox.advance(25 * 3_600)
    run_to_its_end(ended, after=timedelta(hours=25))
    prove(ended, plan)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_may_be_killed_at_any_commit_of_the_run(
    ended: Installation, database_url: str, tmp_path: Path, when: str
) -> None:
    """It is started again and again, and each time it dies soon, until it has nothing left to do."""
    plan = confirm(ended.services, make_plan(ended.services, ended.campaign_id))
    environ = settings_environ(database_url, tmp_path, STRIPE_API_BASE=ended.sandbox.url)
    with Lives(environ, plan.id, when) as lives:
        deaths = sum(lives.live(at=1 + number % 7, minutes=number) for number in range(1, LIVES))
        assert deaths > len(GIFTS)
        assert not lives.live(at=0, minutes=LIVES)
    run_to_its_end(ended)
    prove(ended, plan)


class Lives:
    """Workers, one after the other, each a process that is killed at one of its commits."""

    def __init__(self, environ: dict[str, str], plan_id: str, when: str) -> None:
        self._job = {"environ": environ, "plan": plan_id, "when": when}
        command = [sys.executable, "-m", "tests.fund.closing.kill_program"]
        self._program = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._program.communicate(timeout=10)

    def live(self, *, at: int, minutes: int) -> bool:
        """Whether it died, at its `at`-th commit (0: never); so many minutes from now."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps({**self._job, "at": at, "minutes": minutes}) + "\n")
        self._program.stdin.flush()
        return bool(json.loads(self._program.stdout.readline())["died"])


def _state(services: Services) -> str:
    with services.database.read() as session:
        return session.scalars(select(SurplusPlan.state).order_by(SurplusPlan.made_at.desc()).limit(1)).one()
