"""Stripe and the mail server on a bad day: a clear page or a retry, nothing lost, nothing doubled."""

import time
from datetime import timedelta

import pytest

from fund.payments import stripe_gateway
from fund.payments.gateway import GatewayRefusedError
from fund.payments.stripe_gateway import StripeGateway
from tests.contract.sandbox_client import stripe_client
from tests.factories.campaigns import SLUG
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.until import until

pytestmark = sqlite_only

SESSIONS = "/v1/checkout/sessions"
CHARLIE = "charlie@example.net"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def fault(installation: Installation, path: str, mode: str, **more: object) -> None:
    installation.sandbox.post("/_sandbox/faults", {"path": path, "mode": mode, **more})


def clear_up(installation: Installation) -> None:
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's patience, without the waiting."""
    monkeypatch.setattr(stripe_gateway, "PATIENT", (1, 0.3))


@pytest.mark.parametrize("mode", ["500", "429", "reset"])
def test_stripe_fails_while_a_donor_gives(installation: Installation, mode: str) -> None:
    nonce = installation.nonce()
    fault(installation, SESSIONS, mode)
    refused = installation.send_form("62.50", nonce=nonce, message="Courage")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    for kept in ("does not answer", "Nothing was charged", 'value="62.50"', CHARLIE, "Courage", nonce):
        assert kept in refused.text
    clear_up(installation)
    session_id = installation.give(nonce=nonce, message="Courage")
    installation.sandbox.pay(session_id)
    installation.work()
    assert len(installation.gifts()) == 1
    installation.prove(raised=6250, gifts=1)


@pytest.mark.parametrize("mode", ["commit_then_reset", "timeout"])
def test_stripe_made_the_session_but_the_answer_is_lost(installation: Installation, mode: str) -> None:
    nonce = installation.nonce()
    fault(installation, SESSIONS, mode, method="POST")
    began = time.monotonic()
    refused = installation.send_form(nonce=nonce)
    assert time.monotonic() - began < 10
    clear_up(installation)
    assert mode == "commit_then_reset" or refused.status_code == 503
    session_id = installation.give(nonce=nonce)
    listed = stripe_client(installation.sandbox).v1.checkout.sessions.list().data
    assert [one.id for one in listed] == [session_id]
    installation.sandbox.pay(session_id)
    installation.work()
    installation.prove(raised=6250, gifts=1)


def test_stripe_refuses_a_gift(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_gateway: StripeGateway, _request: object) -> None:
        raise GatewayRefusedError("amount_too_small")

    monkeypatch.setattr(StripeGateway, "create_checkout_session", refuse)
    refused = installation.send_form()
    assert refused.status_code == 503
    assert "did not accept this gift (amount_too_small). Nothing was charged" in refused.text
    assert 'value="62.50"' in refused.text
    assert [gift.state for gift in installation.gifts()] == ["pending"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mode", ["500", "429", "reset", "timeout"])
def test_stripe_fails_while_an_event_is_applied(installation: Installation, mode: str) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    fault(installation, "/v1/", mode, method="GET")
    installation.work()
    assert installation.gift(session_id).state == "pending"
    states = {state for rows in installation.events().values() for state, _ in rows}
    assert states == {"failed", "ignored"}
    clear_up(installation)
    installation.work()
    assert installation.gift(session_id).state == "pending"
    installation.work(after=MINUTE)
    assert {state for rows in installation.events().values() for state, _ in rows} == {"applied", "ignored"}
    installation.prove(raised=6250, gifts=1)
    assert len(installation.mail_to(CHARLIE)) == 1


@pytest.mark.usefixtures("impatient")
def test_stripe_is_away_for_three_days(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    fault(installation, "/v1/", "429", method="GET")
    for hours in (0, 1, 2, 5, 20, 72):
        installation.work(after=hours * HOUR)
    installation.work_hourly(after=72 * HOUR)
    clear_up(installation)
    installation.work_hourly(after=74 * HOUR)
    installation.prove(raised=6250, gifts=1)
    assert len(installation.mail_to(CHARLIE)) == 1


@pytest.mark.parametrize(
    ("server", "sent"), [({"code": 451, "times": 2}, 1), ({"code": 550, "recipient": CHARLIE}, 0), ({"code": 554}, 0)]
)
def test_the_mail_server_refuses_a_receipt(installation: Installation, server: dict[str, object], sent: int) -> None:
    installation.sandbox.post("/_sandbox/smtp", server)
    installation.pay_and_book()
    assert installation.mail_to(CHARLIE) == []
    installation.prove(raised=6250, gifts=1)
    for hours in (1, 2, 3):
        installation.work(after=hours * HOUR)
    assert len(installation.mail_to(CHARLIE)) == sent
    installation.prove(raised=6250, gifts=1)


def test_the_mail_server_is_down(installation: Installation) -> None:
    """The gift counts at once; the receipt goes out when the server is back."""
    transport = installation.services.transport
    there = transport._server  # type: ignore[attr-defined]
    transport._server = type(there)("127.0.0.1", 1, "", "", "none", there.greeting)  # type: ignore[attr-defined]
    installation.pay_and_book()
    installation.prove(raised=6250, gifts=1)
    transport._server = there  # type: ignore[attr-defined]
    installation.work(after=HOUR)
    assert len(installation.mail_to(CHARLIE)) == 1


def test_the_mail_server_takes_a_receipt_and_hangs_up(installation: Installation) -> None:
    """Whether it has the message cannot be known: it is not sent a second time by itself."""
    installation.sandbox.post("/_sandbox/smtp", {"mode": "drop_before_reply", "times": 1})
    installation.pay_and_book()
    for hours in (1, 2, 30):
        installation.work(after=hours * HOUR)
    assert len(installation.mail_to(CHARLIE)) == 1
    installation.prove(raised=6250, gifts=1)


def test_the_page_stays_up_and_true_through_all_of_it(installation: Installation) -> None:
    installation.pay_and_book()
    fault(installation, "/v1/", "reset")
    installation.sandbox.post("/_sandbox/smtp", {"code": 451})
    client = installation.app.test_client()
    assert all(client.get(path).status_code == 200 for path in ("/", f"/c/{SLUG}", f"/c/{SLUG}/donate", "/readyz"))
    assert installation.figures()["raised_gross"] == 6250
    clear_up(installation)
    assert until(lambda: installation.stripe_balance("cad")) == 6039
