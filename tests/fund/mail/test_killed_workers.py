"""Workers killed at random in the middle of a mailing, at a mail server that lies. MAIL_KILLS sets how many mails."""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.models import Delivery
from tests.fixtures.until import until
from tests.fixtures.whole_run import ROOT
from tests.fund.mail.bad_sink import BadSink
from tests.fund.mail.postroom import Postroom

MAILS = int(os.environ.get("MAIL_KILLS", "300"))
BETWEEN = (80, 160)
"""About so many messages between one death and the next."""
WORKERS = 3
FINAL = {"sent", "bounced", "failed", "unsure"}
Start = Callable[[int, str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:
    """One more worker, at the sink on this port."""
    started: list[subprocess.Popen[bytes]] = []

    def one(port: int, began: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.fund.mail.kill_program", database_url, str(port), began]
        started.append(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL))
        return started[-1]

    yield one
    for process in started:
        process.kill()
        process.wait()


def counts(database: Database) -> Counter[str]:
    with database.read() as session:
        return Counter(dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()))


def test_nobody_gets_it_twice_and_everybody_is_accounted_for(
    postroom: Postroom, database: Database, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    postroom.now = began = utc_now()
    mailing = postroom.mailing([f"m{n}@domain{n % 40}.example" for n in range(MAILS)], batch=60)
    draw, kills, threshold = random.Random(7), 0, 0
    with BadSink() as sink:
        workers = [start(sink.port, began.isoformat()) for _ in range(WORKERS)]
        while sum(counts(database)[state] for state in FINAL) < MAILS:
            threshold += draw.randint(*BETWEEN)
            until(
                lambda: sink.seen >= threshold or sum(counts(database)[state] for state in FINAL) == MAILS,  # noqa: B023
                timeout=300,
            )
            at = draw.randrange(WORKERS)
            workers[at].kill()
            workers[at].wait()
            workers[at] = start(sink.port, began.isoformat())
            kills += 1
    until(lambda: postroom.state(mailing) == "done", timeout=60)
    with database.read() as session:
        states = {one.address: one.state for one in session.scalars(select(Delivery))}
    assert len(states) == MAILS
    assert set(states.values()) <= FINAL
    assert [to for to, count in sink.taken.items() if count > 1] == [], "somebody got it twice"
    assert {to for to, state in states.items() if state == "sent"} <= sink.answered.keys()
    unheard = {to for to in sink.taken if states[to] != "sent"}
    assert all(states[to] == "unsure" for to in unheard)
    with capsys.disabled():
        if MAILS > 300:
            print(  # noqa: T201  the figures of a run made by hand
                f"\n{MAILS} mails, {kills} kills: {dict(Counter(states.values()))}, unheard {len(unheard)}"
            )
