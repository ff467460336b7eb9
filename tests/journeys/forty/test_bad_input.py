"""Bad input about money that has moved: dates and amounts outside any range, other campaigns, a Stripe in trouble."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.ledger.models import Posting
from fund.payments import stripe_gateway
from fund.payments.gateway import GatewayUnavailableError
from tests.factories.campaigns import make_campaign
from tests.factories.entries import book
from tests.factories.stripe_events import event_body
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.services import settings_environ
from tests.fixtures.whole_run import ROOT
from tests.journeys.forty.acts import (
    DONOR,
    charge_of,
    deliver,
    deliveries,
    dispute,
    plan,
    prove,
    refund_at_stripe,
    refunds,
    run_task,
)

pytestmark = sqlite_only
TROUBLE = ["500", "429", "reset", "timeout"]


@pytest.mark.parametrize("mode", TROUBLE)
def test_stripe_in_trouble_while_events_are_applied(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Nothing is booked meanwhile, nothing is lost, and afterwards it is as if nothing had been."""
    monkeypatch.setattr(stripe_gateway, "PATIENT", (0.3, 0.3))
    charge = charge_of(installation, installation.pay_and_book())
    before = prove(installation)
    monkeypatch.setattr(installation.services.gateway, "_worker_client", None)
    deliveries(installation, "hold")
    refund_at_stripe(installation, charge, 1000)
    installation.sandbox.post("/_sandbox/dispute", {"charge": charge, "amount": 2000, "outcome": "lost"})
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/", "mode": mode, "method": "GET"})
    deliveries(installation, "normal")
    installation.work()
    states = {state for rows in installation.events().values() for state, _ in rows}
    assert "failed" in states
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    installation.work(after=timedelta(hours=1))
    figures = prove(installation)
    assert (before.campaign.refunded, figures.campaign.refunded) == (0, 3000)
    assert {state for rows in installation.events().values() for state, _ in rows} <= {"applied", "ignored"}


@pytest.mark.parametrize("mode", ["commit_then_reset", "reset"])
def test_stripes_answer_about_a_refund_is_lost(installation: Installation, mode: str) -> None:
    gift = installation.gift(installation.pay_and_book())
    fault = {"path": "/v1/refunds", "mode": mode, "method": "POST", "times": 1}
    installation.sandbox.post("/_sandbox/faults", fault)
    plan(installation, gift.id, 2500)
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.refunded, [row.state for row in refunds(installation)]) == (2500, ["succeeded"])


@pytest.mark.parametrize("mode", ["500", "429"])
def test_a_refund_that_stripe_did_not_take_is_asked_for_again(installation: Installation, mode: str) -> None:
    """A 500 stays the answer of its key for a day."""
    gift = installation.gift(installation.pay_and_book())
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/refunds", "mode": mode, "method": "POST"})
    plan(installation, gift.id, 2500)
    with pytest.raises(GatewayUnavailableError):
        installation.work()
    assert prove(installation).campaign.refunded == 0
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    installation.sandbox.advance(25 * 3600)
    installation.work_hourly(after=timedelta(hours=2))
    figures = prove(installation)
    assert (figures.campaign.refunded, [row.state for row in refunds(installation)]) == (2500, ["succeeded"])


@pytest.mark.parametrize("amount", [-(10**15), -1, 0, 6251, 2**63, 10**30])
def test_a_refund_of_an_impossible_amount(installation: Installation, amount: int) -> None:
    gift = installation.gift(installation.pay_and_book())
    with pytest.raises(Refusal):
        plan(installation, gift.id, amount)
    assert refunds(installation) == []


def test_a_refund_of_what_was_never_paid(installation: Installation) -> None:
    for session_id in (installation.give(), installation.give("20")):
        with pytest.raises(Refusal, match="Only a gift that was paid"):
            plan(installation, installation.gift(session_id).id, 100)
    with pytest.raises(Refusal, match="no such gift"):
        plan(installation, "b7e1ac4c-0000-0000-0000-000000000000", 100)


def test_money_of_another_currency_than_the_campaigns(installation: Installation) -> None:
    """Booked as Stripe settled it, in its own journal, and put before a treasurer."""
    session_id = installation.give()
    with installation.database.write() as session:
        session.execute(text("UPDATE donation SET currency = 'USD'"))
    installation.sandbox.pay(session_id)
    installation.work()
    gift = installation.gift(session_id)
    assert (gift.currency, gift.review, gift.state) == ("CAD", "amount_differs", "paid")
    assert prove(installation).campaign.raised_gross == 6250


def test_a_gift_named_by_another_campaigns_session(installation: Installation) -> None:
    """Metadata that names a gift which has a session already adopts nothing."""
    make_campaign(installation.database, slug="other")
    ours, other = installation.give(), installation.give("30", slug="other")
    installation.sandbox.pay(other)
    installation.work()
    assert (installation.gift(ours).state, installation.gift(other).state) == ("pending", "paid")
    assert prove(installation).campaign.raised_gross == 0


def test_a_dispute_whose_days_are_outside_any_range(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = installation.pay_and_book()
    fetch = installation.services.gateway.fetch_payment

    def without_a_day(payment_intent_id: str) -> object:
        found = fetch(payment_intent_id)
        assert found is not None
        return replace(found, disputes=tuple(replace(each, due_by=None) for each in found.disputes))

    monkeypatch.setattr(installation.services.gateway, "fetch_payment", without_a_day)
    dispute(installation, charge=charge_of(installation, session_id))
    assert prove(installation).campaign.held == 6250


EVENTS: dict[str, Callable[[], bytes]] = {
    "of the last second that a clock knows": lambda: event_body("charge.refunded", "ch_x", created=253_402_300_799),
    "of the first second": lambda: event_body("charge.refunded", "ch_x", created=0),
    "about nothing that Stripe knows": lambda: event_body("charge.dispute.closed", "dp_nothing"),
    "about a payout of nobody": lambda: event_body("payout.paid", "po_nothing"),
    "about an invoice of nobody": lambda: event_body("invoice.paid", "in_nothing"),
    "about a subscription of nobody": lambda: event_body("customer.subscription.deleted", "sub_nothing"),
    "about an id of 250 letters": lambda: event_body("refund.updated", "re_" + "x" * 247),
}


@pytest.mark.parametrize("body", EVENTS.values(), ids=EVENTS.keys())
def test_signed_events_that_lead_nowhere(installation: Installation, body: Callable[[], bytes]) -> None:
    installation.sandbox.delete("/_sandbox/log")
    sent = body()
    assert deliver(installation, sent) == 200
    installation.work()
    ((state, _),) = installation.events()[json.loads(sent)["type"]]
    assert state in ("quarantined", "applied", "ignored", "failed")
    with installation.database.read() as session:
        assert list(session.scalars(select(Posting.id))) == []
    run_task(installation, "look_for_missing_money")


def flask(installation: Installation, *arguments: str, into: str) -> tuple[int, str, str]:
    """A command in a process of its own, in a shell: its status, what came out of the pipe, what it complained."""
    settings = installation.services.settings
    environ = {**os.environ, **settings_environ(settings.database_url, settings.data_dir)}
    environ.pop("PYTHONUNBUFFERED", None)
    command = shlex.join([sys.executable, "-m", "flask", "--app", "wsgi", *arguments])
    script = f"set -o pipefail; {command} {into}"
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def long_books(installation: Installation) -> Installation:
    """More than a pipe holds."""
    for number in range(400):
        lines = {"exp:stripe_other": 7, "assets:stripe:cad": -7}
        book(installation.database, lines, source=f"txn:{'long' * 40}{number}", kind="stripe_fee")
    return installation


@pytest.mark.parametrize("format_", ["jsonl", "hledger"])
def test_a_reader_that_has_had_enough_of_an_export(long_books: Installation, format_: str) -> None:
    """It ends without a word, and what it had read it read in one snapshot that holds up nobody."""
    status, read, complained = flask(long_books, "export-ledger", "--format", format_, into="| head -n 1")
    assert (status, len(read.splitlines()), complained) == (1, 1, "")
    assert book(long_books.database, {"exp:stripe_other": 7, "assets:stripe:cad": -7}, kind="stripe_fee")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is needed")
def test_an_export_to_where_there_is_no_room(long_books: Installation) -> None:
    status, _, complained = flask(long_books, "export-ledger", into="> /dev/full")
    assert (status, complained) == (1, "The export could not be written: No space left on device.\n")


def spliced(ours: str, other: str) -> str:
    """One gift under the signature of another."""
    return f"{other.partition('.')[0]}.{ours.partition('.')[2]}"


TOKENS: dict[str, Callable[[Signer, str, str], str]] = {
    "of another gift, under this one's signature": lambda by, ours, other: spliced(
        by.sign("gift", ours), by.sign("gift", other)
    ),
    "of another installation": lambda _by, ours, _other: Signer("another secret key").sign("gift", ours),
    "of the way back from Stripe, expired": lambda by, ours, _other: by.sign("thanks", [ours, 1]),
    "of the way back from Stripe": lambda by, ours, _other: by.sign("thanks", [ours, 2**40]),
    "with a date": lambda by, ours, _other: by.sign_dated("gift", ours),
    "that was cut": lambda by, ours, _other: by.sign("gift", ours)[:-3],
    "unsigned": lambda _by, ours, _other: ours,
}


@pytest.mark.parametrize("make", TOKENS.values(), ids=TOKENS.keys())
def test_a_gifts_page_under_a_token(installation: Installation, make: Callable[[Signer, str, str], str]) -> None:
    """Whatever is read, sent or asked of Stripe under it: nothing is shown, nothing changes, nobody gets mail."""
    sessions = [installation.pay_and_book(amount, message="Courage", email=DONOR) for amount in ("20", "30")]
    ours, other = (installation.gift(session_id).id for session_id in sessions)
    before, mails = shown(installation), len(installation.mail_to(DONOR))
    path = f"/gift/{make(installation.services.signer, ours, other)}"
    client = installation.app.test_client()
    for page in (path, f"{path}.pdf", f"{path}/receipt.pdf", f"{path}/stop"):
        answer = client.get(page)
        assert (answer.status_code, "Charlie" in answer.text) == (404, False)
    for form in ("visibility", "message", "receipt", "portal", "stop"):
        assert client.post(f"{path}/{form}", data={"visibility": "secret"}).status_code == 404
    installation.work()
    assert (shown(installation), len(installation.mail_to(DONOR))) == (before, mails)
    prove(installation)


def shown(installation: Installation) -> list[tuple[str, str | None, str | None]]:
    return [(gift.visibility, gift.display_name, gift.message) for gift in installation.gifts()]
