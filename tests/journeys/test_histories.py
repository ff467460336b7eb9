"""Random lives of money: whatever happens at Stripe and however badly we are told, the books end equal to Stripe's.

Each history is played at the sandbox without any webhook getting through. Then two installations learn of it: one in
order, the other with events doubled, shuffled and partly lost. Both catch up, and must agree with Stripe and with each
other. `HISTORIES=200 ./run test tests/journeys/test_histories.py` plays more of them.
"""

import os
import random
import shutil
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from config import load_settings
from fund.campaigns.queries import campaign_by_slug
from fund.db.session import Database
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.ledger.check_ledger import check_ledger
from fund.ledger.queries import balances_from_postings
from fund.payments.gateway import Envelope, GatewayRefusedError
from fund.payments.queries import due_events
from fund.payments.receive_events import receive_events
from fund.payments.stripe_gateway import StripeGateway
from fund.reconciliation.reconcile import reconcile
from fund.web.services import Services
from fund.worker.look_again import catch_up
from fund.worker.stripe_events import apply_events
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.donations import start_gift
from tests.fakes.queue import FakeQueue
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.fixtures.sandbox_process import SandboxProcess, SandboxRefused
from tests.fixtures.services import settings_environ

EXAMPLES = int(os.environ.get("HISTORIES", "8"))
SEED = int(os.environ.get("HISTORIES_SEED", "20261121"))

ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("gift"), st.integers(500, 40_000)),
        st.tuples(st.just("refund"), st.integers(1, 40_000)),
        st.tuples(st.just("dispute"), st.sampled_from(["open", "won", "lost", "partial", "inquiry"])),
        st.tuples(st.just("payout"), st.sampled_from(["paid", "failed", "failed_after_paid", "canceled"])),
        st.tuples(st.just("line"), st.sampled_from(["stripe_fee", "reserve_hold", "topup"])),
        st.tuples(st.just("advance"), st.integers(60, 6 * 86_400)),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Stage:
    """The sandbox, and two installations that have the same gifts but hear of them differently."""

    sandbox: SandboxProcess
    straight: Services
    crooked: Services


def _services(sandbox: SandboxProcess, path: Path) -> Services:
    url = f"sqlite:///{path}"
    configured = load_settings(settings_environ(url, path.parent, STRIPE_API_BASE=sandbox.url))
    return Services(
        settings=configured,
        database=Database(url),
        gateway=StripeGateway(configured),
        queue=FakeQueue(),
        transport=FakeTransport(),
        signer=Signer(configured.secret_key),
        addresses=Addresses(configured.site_url),
    )


@sqlite_only
def test_the_books_end_equal_to_stripes_whatever_happens(database: Database, tmp_path: Path) -> None:
    make_campaign(database)
    database.dispose()
    template = tmp_path / "retainer.sqlite3"
    numbers = count(1)

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        print_blob=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(actions=ACTIONS, disorder=st.randoms(use_true_random=False))
    def play(actions: list[tuple[str, int | str]], disorder: random.Random) -> None:
        number = next(numbers)
        straight, crooked = tmp_path / f"straight{number}.sqlite3", tmp_path / f"crooked{number}.sqlite3"
        shutil.copyfile(template, straight)
        stage = Stage(sandbox, _services(sandbox, straight), _services(sandbox, crooked))
        sandbox.post("/_sandbox/reset", {})
        sandbox.post("/_sandbox/delivery", {"mode": "drop"})
        _happen(stage, actions)
        shutil.copyfile(straight, crooked)
        events = list(stage.straight.gateway.events_since(after=None, since=None))
        _hear(stage.straight, events)
        heard = [event for event in events if disorder.random() > 0.3]
        heard += [event for event in heard if disorder.random() > 0.5]
        disorder.shuffle(heard)
        _hear(stage.crooked, heard)
        for services in (stage.straight, stage.crooked):
            _catch_up(services)
            _prove(services)
        assert _balances(stage.straight) == _balances(stage.crooked)
        assert _states(stage.straight) == _states(stage.crooked)
        for services in (stage.straight, stage.crooked):
            services.database.dispose()

    with SandboxProcess.start(recorded=False) as sandbox:
        play()


def _happen(stage: Stage, actions: list[tuple[str, int | str]]) -> None:
    """What Stripe refuses (a refund of too much, a dispute twice) simply does not happen."""
    charges: list[str] = []
    with stage.straight.database.read() as session:
        campaign = campaign_by_slug(session, SLUG)
        assert campaign is not None
        campaign_id = campaign.id
    for number, (what, value) in enumerate(actions):
        charge = charges[number % len(charges)] if charges else ""
        try:
            if what == "gift":
                charges.append(_give(stage, campaign_id, int(value)))
            elif what == "refund" and charge:
                key = f"history:{charge}:{number}"
                stage.straight.gateway.create_refund(
                    charge_id=charge, amount=int(value), metadata={}, idempotency_key=key
                )
            elif what == "dispute" and charge:
                stage.sandbox.post("/_sandbox/dispute", {"charge": charge, "outcome": value})
            elif what == "payout":
                stage.sandbox.post("/_sandbox/payout", {"currency": "cad", "outcome": value})
            elif what == "line":
                stage.sandbox.post("/_sandbox/balance_transaction", {"type": value, "amount": -50, "currency": "cad"})
            elif what == "advance":
                stage.sandbox.post("/_sandbox/advance", {"seconds": value})
        except (SandboxRefused, GatewayRefusedError):
            continue
    stage.straight.database.dispose()


def _give(stage: Stage, campaign_id: int, amount: int) -> str:
    donation_id = start_gift(stage.straight, campaign_id, amount, now=_clock(stage))
    with stage.straight.database.read() as session:
        checkout = session.get_one(Donation, donation_id).checkout_session_id
    assert checkout is not None
    stage.sandbox.pay(checkout)
    settled = stage.straight.gateway.fetch_checkout_session(checkout)
    assert settled is not None
    assert settled.charge is not None
    return settled.charge.id


def _clock(stage: Stage) -> datetime:
    """The sandbox's: what is sold until when is judged by it."""
    return datetime.fromtimestamp(stage.sandbox.get("/_sandbox/clock")["now"], UTC)


def _hear(services: Services, events: list[Envelope]) -> None:
    now = datetime.now(UTC)
    for event in events:
        with services.database.write() as session:
            receive_events(session, services.queue, envelopes=[event], livemode=False, now=now)
        apply_events(services, [event.id], threading.Event())


def _catch_up(services: Services) -> None:
    """Events that were lost are in Stripe's list; the worker then applies what is due."""
    now = datetime.now(UTC) + timedelta(seconds=1)
    catch_up(services, now)
    with services.database.read() as session:
        due = due_events(session, limit=10_000, now=now)
    apply_events(services, due, threading.Event())


def _prove(services: Services) -> None:
    report = reconcile(services.database, services.gateway, cause="test", now=datetime.now(UTC))
    assert report.differences == []
    with services.database.read() as session:
        assert check_ledger(session).problems == []
        campaign = campaign_by_slug(session, SLUG)
        assert campaign is not None
        p = campaign_progress(session, campaign)
    assert p.raised_gross + p.organiser_paid - p.refunded - p.fees == (
        p.available + p.held + p.in_trust + p.paid + p.passed_on
    )


def _balances(services: Services) -> dict[str, dict[str, int]]:
    with services.database.read() as session:
        found = balances_from_postings(session)
    return {account: sums for account, sums in found.items() if any(sums.values())}


def _states(services: Services) -> dict[str, str]:
    with services.database.read() as session:
        return {row.id: row.state for row in session.query(Donation)}
