"""kill -9 of a surplus run at random moments, in bad weather, and twice resumed after 25 hours.

`SURPLUS_GIFTS=2000` runs it over so many gifts; the seed is printed, and `SURPLUS_SEED` repeats a run.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import select

from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.second_plan import second_plan
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.ledger.check_ledger import check_ledger
from fund.reconciliation.reconcile import reconcile
from tests.contract.sandbox_client import stripe_client
from tests.factories.closing import close, confirm, make_plan
from tests.factories.donations import start_gift
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.services import settings_environ
from tests.fixtures.whole_run import ROOT

pytestmark = sqlite_only

GIFTS = int(os.environ.get("SURPLUS_GIFTS", "48"))
SEED = int(os.environ.get("SURPLUS_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
MOST_LIVES = 16 + GIFTS // 20
FEWEST_DEATHS = 5
LIFE_SECONDS = (0.2, 1.8)
HALFWAY = 4
"""Lives after which 25 hours pass."""
MODES = ("429", "500", "commit_then_reset")
PATHS = {"/v1/refunds": 7, "/v1/refund": 11, "/v1/": 23}
"""Every so many requests meet a fault; the paths are prefixes of one another, so that three modes blow at once."""
DAY_AND_MORE = 25 * 60
"""Minutes after which Stripe has forgotten every key."""
LAST_MINUTE = 2 * DAY_AND_MORE + MOST_LIVES + 30


@pytest.fixture
def plan(installation: Installation) -> SurplusPlan:
    """Gifts of odd amounts, paid and booked, the campaign closed, the plan confirmed by two; no webhook ever comes."""
    services, chance = installation.services, random.Random(SEED)
    installation.sandbox.post("/_sandbox/delivery", {"mode": "drop"})
    for _ in range(GIFTS):
        start_gift(services, installation.campaign_id, chance.randrange(500, 9_000))
    for gift in installation.gifts():
        installation.sandbox.pay(str(gift.checkout_session_id))
    installation.queue.tasks["book_missing"]()
    close(services, installation.campaign_id)
    made = confirm(services, make_plan(services, installation.campaign_id))
    with services.database.write() as session:
        second_plan(session, services.queue, plan_id=made.id, digest=made.digest, actor="member:2", now=utc_now())
    installation.queue.enqueued.clear()
    return made


def test_a_run_that_is_killed_again_and_again_pays_everybody_once(
    installation: Installation, plan: SurplusPlan, database_url: str, tmp_path: Path
) -> None:
    began, chance, minutes, deaths = time.monotonic(), random.Random(SEED), 0, 0
    environ = settings_environ(database_url, tmp_path, STRIPE_API_BASE=installation.sandbox.url)
    with Lives(environ) as lives:
        for number in range(1, MOST_LIVES):
            storm(installation, chance)
            deaths += lives.live(seconds=chance.uniform(*LIFE_SECONDS), minutes=minutes)
            minutes += 1
            if number == HALFWAY:
                minutes += sleep_over_a_day(installation)
            if state(installation) != "running":
                break
        installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
        minutes += sleep_over_a_day(installation)
        while state(installation) == "running" and minutes < LAST_MINUTE:
            assert not lives.live(seconds=0, minutes=minutes)
            minutes += 1
    refunds = prove(installation, plan)
    print(  # noqa: T201  the figures of a run
        f"seed {SEED}: {GIFTS} gifts, {deaths} deaths, {faults(installation)} faults, {refunds} refunds of "
        f"{plan.surplus / 100:.2f} in {time.monotonic() - began:.0f} s"
    )
    assert deaths >= FEWEST_DEATHS


def sleep_over_a_day(installation: Installation) -> int:
    """Nobody is at the run for 25 hours, in minutes: Stripe forgets every key, and with it its errors."""
    installation.sandbox.advance(DAY_AND_MORE * 60)
    return DAY_AND_MORE


def storm(installation: Installation, chance: random.Random) -> None:
    """Other weather for every life."""
    for (path, every), mode in zip(PATHS.items(), chance.sample(MODES, len(MODES)), strict=True):
        installation.sandbox.post("/_sandbox/faults", {"path": path, "mode": mode, "every": every})


def state(installation: Installation) -> str:
    with installation.database.read() as session:
        return str(session.scalars(select(SurplusPlan.state)).one())


def faults(installation: Installation) -> int:
    """How many answers of the sandbox were an error, or were cut off."""
    exchanges = [line for line in installation.sandbox.log() if "form_body" in line]
    return sum(line["status"] in (429, 500) or "response_json" not in line for line in exchanges)


def prove(installation: Installation, plan: SurplusPlan) -> int:
    """Each gift was refunded once and exactly its share; the books agree with Stripe. How many refunds there are."""
    at_stripe = list(stripe_client(installation.sandbox).v1.refunds.list(params={"limit": 100}).auto_paging_iter())
    with installation.database.read() as session:
        charges = {gift.id: gift.charge_id for gift in session.scalars(select(Donation))}
        shares = list(session.scalars(select(SurplusShare).where(SurplusShare.plan_id == plan.id)))
        assert {share.state for share in shares} == {"succeeded"}
        assert session.get_one(SurplusPlan, plan.id).state == "finished"
        assert check_ledger(session).problems == []
    assert installation.figures()["available"] == 0
    standing = Counter(str(one.charge) for one in at_stripe if one.status in ("succeeded", "pending"))
    assert max(standing.values()) == 1, f"twice, seed {SEED}"
    planned = {charges[share.donation_id]: share.amount for share in shares}
    assert {one.charge: one.amount for one in at_stripe if one.status == "succeeded"} == planned
    assert sum(planned.values()) == plan.surplus
    found = reconcile(installation.database, installation.services.gateway, cause="test", now=datetime.now(UTC))
    assert found.differences == []
    return len(at_stripe)


class Lives:
    """Workers, one after the other, each a process that is killed after some time."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        command = [sys.executable, "-m", "tests.journeys.surplus_program"]
        self._program = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._program.communicate(timeout=10)

    def live(self, *, seconds: float, minutes: int) -> bool:
        """Whether it was killed before it had nothing left to do; so many minutes from now."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        job = {"environ": self._environ, "seconds": seconds, "minutes": minutes}
        self._program.stdin.write(json.dumps(job) + "\n")
        self._program.stdin.flush()
        return bool(json.loads(self._program.stdout.readline())["died"])
