"""kill -9 at every commit of the money path, one after the other; each time the next start puts all right by itself.

A gift, a refund decided at the desk, a lost dispute, a bank debit that comes back and a payout have happened and the
worker knows of none. `KILL_STEPS=all` dies after every commit as well as before it, which takes twice as long; between
an unwritten commit and the one before it there is nothing but what was asked of Stripe or said to the mail server.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config import load_settings
from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation, Refund
from fund.donations.plan_refund import plan_refund
from fund.kit.addresses import Addresses
from fund.kit.clock import utc_now
from fund.kit.signing import Signer
from fund.ledger.check_ledger import check_ledger
from fund.mail.models import Delivery
from fund.payments.models import ProcessorEvent
from fund.payments.stripe_gateway import StripeGateway
from fund.reconciliation.reconcile import reconcile
from fund.web.services import Services
from fund.worker.look_again import look_at_checkout
from tests.contract.sandbox_client import stripe_client
from tests.factories.campaigns import make_campaign
from tests.factories.donations import start_gift
from tests.fakes.queue import FakeQueue
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import copy_sqlite_template
from tests.fixtures.sandbox_process import SandboxProcess
from tests.fixtures.services import settings_environ
from tests.fixtures.whole_run import ROOT

PARTS = 4
LEAST_COMMITS = 30
WHEN = ("before", "after") if os.environ.get("KILL_STEPS") == "all" else ("before",)


class Stage:
    """One installation after another on copies of one database, before one sandbox."""

    def __init__(self, sandbox: SandboxProcess, folder: Path, template: Path) -> None:
        self.sandbox = sandbox
        self._folder = folder
        self._template = template
        command = [sys.executable, "-m", "tests.journeys.kill_program"]
        self._worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.begin("first")
        self.work()

    def begin(self, name: str) -> None:
        """A fresh installation, and all that it has not heard of."""
        path = self._folder / f"{name}.sqlite3"
        shutil.copyfile(self._template, path)
        self.environ = settings_environ(
            f"sqlite:///{path}",
            self._folder,
            STRIPE_API_BASE=self.sandbox.url,
            SMTP_URL=f"smtp://127.0.0.1:{self.sandbox.smtp_port}",
        )
        settings = load_settings(self.environ)
        self.services = Services(
            settings=settings,
            database=Database(settings.database_url),
            gateway=StripeGateway(settings),
            queue=FakeQueue(),
            transport=FakeTransport(),
            signer=Signer(settings.secret_key),
            addresses=Addresses(settings.site_url),
        )
        self.sandbox.post("/_sandbox/reset")
        self.sandbox.delete("/_sandbox/mail")
        self._play()

    def work(self, at: int = 0, when: str = "before") -> dict[str, Any]:
        """How a worker ended that was to die at its `at`-th commit."""
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps({"environ": self.environ, "at": at, "when": when}) + "\n")
        self._worker.stdin.flush()
        answer: dict[str, Any] = json.loads(self._worker.stdout.readline())
        return answer

    def close(self) -> None:
        self.services.database.dispose()
        self._worker.communicate(timeout=10)

    def _play(self) -> None:
        known, disputed, debit = (self._start(5000 + number, f"donor{number}@example.org") for number in range(3))
        self.sandbox.pay(known)
        self._book_and_plan_a_refund(known)
        disputed_charge = self.sandbox.pay(disputed)["charge"]
        self.sandbox.pay(debit, method="acss_debit", outcome="settle")
        self.sandbox.advance(3 * 86_400)
        self.sandbox.post("/_sandbox/payout", {"currency": "cad", "amount": 1000})
        self.sandbox.pay(debit, method="acss_debit", outcome="fail")
        self.sandbox.post("/_sandbox/dispute", {"charge": disputed_charge, "outcome": "lost"})

    def _start(self, amount: int, email: str) -> str:
        donation_id = start_gift(self.services, 1, amount, email=email)
        with self.services.database.read() as session:
            checkout = session.get_one(Donation, donation_id).checkout_session_id
        assert checkout is not None
        return checkout

    def _book_and_plan_a_refund(self, checkout: str) -> None:
        with self.services.database.read() as session:
            gift_id = session.scalars(select(Donation.id).where(Donation.checkout_session_id == checkout)).one()
        look_at_checkout(self.services, gift_id, utc_now())
        with self.services.database.write() as session:
            plan_refund(
                session,
                self.services.queue,
                donation_id=gift_id,
                amount=2000,
                actor="member:1",
                locale="en",
                now=utc_now(),
            )

    def prove(self) -> None:
        """All is booked once and agrees with Stripe; no event waits; no mail went out twice."""
        report = reconcile(self.services.database, self.services.gateway, cause="test", now=datetime.now(UTC))
        assert report.differences == []
        with self.services.database.read() as session:
            assert check_ledger(session).problems == []
            p = campaign_progress(session, session.get_one(Campaign, 1))
            gifts = {row.amount: row.state for row in session.scalars(select(Donation))}
            refunds = [row.state for row in session.scalars(select(Refund))]
            events = set(session.scalars(select(ProcessorEvent.state)))
            mails = set(session.scalars(select(Delivery.state)))
        assert gifts == {5000: "refunded_in_part", 5001: "refunded", 5002: "failed"}
        assert refunds == ["succeeded"]
        assert (p.raised_gross, p.refunded, p.held) == (15_003, 12_003, 0)
        assert len(stripe_client(self.sandbox).v1.refunds.list().data) == 1
        assert events <= {"applied", "ignored"}
        assert mails <= {"sent", "sending", "unsure"}
        sent = Counter(
            (tuple(mail["to"]), mail["raw"].partition("\nSubject: ")[2][:40]) for mail in self.sandbox.mail()
        )
        assert [key for key, times in sent.items() if times > 1] == []


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    database = Database(copy_sqlite_template(folder))
    make_campaign(database)
    database.dispose()
    with SandboxProcess.start() as sandbox:
        made = Stage(sandbox, folder, folder / "retainer.sqlite3")
        yield made
        made.close()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_worker_may_die_at_any_commit(stage: Stage, part: int, when: str) -> None:
    """Every PARTS-th commit, beginning with a part's own, until there are no more: together all of them."""
    deaths = 0
    for at in count(part + 1, PARTS):
        stage.begin(f"{when}{at}")
        died = stage.work(at, when)["died"]
        if died:
            assert not stage.work()["died"], f"{when} commit {at}"
        stage.prove()
        if not died:
            break
        deaths += 1
    assert deaths >= LEAST_COMMITS // PARTS
