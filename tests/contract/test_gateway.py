"""Our gateway against the sandbox: what it makes, what it reads, and what it makes of each failure."""

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config import load_settings
from fund.kit.clock import utc_now
from fund.payments import stripe_gateway
from fund.payments.facts import CheckoutSession
from fund.payments.gateway import CheckoutRequest, GatewayRefusedError, GatewayUnavailableError
from fund.payments.stripe_gateway import StripeGateway
from tests.contract.sandbox_client import new_session, stripe_client
from tests.fixtures.sandbox_process import SandboxProcess
from tests.fixtures.services import settings_environ
from tests.fixtures.until import until

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def gateway(sandbox: SandboxProcess, tmp_path: Path) -> StripeGateway:
    environ = settings_environ("sqlite://", tmp_path, STRIPE_API_BASE=sandbox.url)
    return StripeGateway(load_settings(environ))


def new_request(**changes: Any) -> CheckoutRequest:
    """Of a gift of its own: keys live longer than a test."""
    number = uuid.uuid4().hex[:8]
    made = CheckoutRequest(
        donation_id=f"gift-{number}",
        campaign_slug="four-labels",
        amount=6250,
        currency="CAD",
        title="Four labels against one community",
        locale="fr",
        customer_email="charlie@example.net",
        success_url="http://127.0.0.1:8000/c/four-labels/thanks?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="http://127.0.0.1:8000/c/four-labels/donate",
        expires_at=utc_now() + timedelta(minutes=45),
        idempotency_key=f"don:{number}:checkout:1",
    )
    return replace(made, **changes)


@pytest.fixture
def asked() -> CheckoutRequest:
    return new_request()


def metadata_of(asked: CheckoutRequest) -> dict[str, str]:
    return {"site": "127.0.0.1:8000", "donation": asked.donation_id, "campaign": "four-labels"}


def fault(sandbox: SandboxProcess, mode: str, **more: Any) -> None:
    sandbox.post("/_sandbox/faults", {"path": SESSIONS, "mode": mode, **more})


def made(sandbox: SandboxProcess) -> int:
    sandbox.post("/_sandbox/faults", {"mode": "off"})
    return len(stripe_client(sandbox).v1.checkout.sessions.list().data)


def test_a_session_as_we_want_it(sandbox: SandboxProcess, gateway: StripeGateway, asked: CheckoutRequest) -> None:
    session = gateway.create_checkout_session(asked)
    assert (session.status, session.payment_status, session.amount_total, session.currency) == (
        "open", "unpaid", 6250, "CAD",
    )  # fmt: skip
    assert session.metadata == metadata_of(asked)
    assert (session.charge, session.payment_intent_id, session.livemode) == (None, None, False)
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    kept = stripe_client(sandbox).v1.checkout.sessions.retrieve(session.id)
    assert (kept.locale, kept.submit_type, kept.client_reference_id) == ("fr", "donate", asked.donation_id)
    assert kept.adaptive_pricing.enabled is False
    assert kept.expires_at - kept.created <= 45 * 60
    assert gateway.fetch_checkout_session(session.id) == session


def test_what_a_payment_leaves(sandbox: SandboxProcess, gateway: StripeGateway, asked: CheckoutRequest) -> None:
    session = gateway.create_checkout_session(asked)
    paid = sandbox.pay(session.id)
    found = gateway.fetch_checkout_session(session.id)
    assert found is not None
    assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
    assert (found.payment_intent_status, found.charge is not None) == ("succeeded", True)
    charge = gateway.fetch_charge(paid["charge"])
    assert charge is not None
    assert charge == found.charge
    assert (charge.amount, charge.currency, charge.status, charge.metadata) == (
        6250,
        "CAD",
        "succeeded",
        metadata_of(asked),
    )
    transaction = charge.balance_transaction
    assert transaction is not None
    assert (transaction.amount, transaction.fee, transaction.net, transaction.fee_tax) == (6250, 211, 6039, 0)
    assert (transaction.source, transaction.reporting_category) == (charge.id, "charge")
    assert transaction.raw["id"] == transaction.id
    assert gateway.fetch_session_of_payment(paid["payment_intent"]) == found


def test_what_stripe_does_not_know(gateway: StripeGateway) -> None:
    assert gateway.fetch_checkout_session("cs_test_nothing") is None
    assert gateway.fetch_charge("ch_nothing") is None
    assert gateway.fetch_session_of_payment("pi_nothing") is None


def test_a_payment_without_a_session_has_none(sandbox: SandboxProcess, gateway: StripeGateway) -> None:
    sandbox.pay(new_session(sandbox).id)
    assert gateway.fetch_session_of_payment("pi_of_somebody_else") is None


def test_expiring_is_harmless_whatever_it_finds(
    sandbox: SandboxProcess, gateway: StripeGateway, asked: CheckoutRequest
) -> None:
    left, paid = gateway.create_checkout_session(asked), gateway.create_checkout_session(new_request())
    sandbox.pay(paid.id)
    for session_id in (left.id, left.id, paid.id, "cs_test_nothing"):
        gateway.expire_checkout_session(session_id)
    expired, complete = gateway.fetch_checkout_session(left.id), gateway.fetch_checkout_session(paid.id)
    assert expired is not None
    assert complete is not None
    assert (expired.status, expired.url, complete.status) == ("expired", None, "complete")


def test_the_same_key_gives_the_same_session(
    sandbox: SandboxProcess, gateway: StripeGateway, asked: CheckoutRequest
) -> None:
    assert gateway.create_checkout_session(asked) == gateway.create_checkout_session(asked)
    assert made(sandbox) == 1


def test_the_same_key_with_another_amount_is_refused(unrecorded: StripeGateway, asked: CheckoutRequest) -> None:
    unrecorded.create_checkout_session(asked)
    with pytest.raises(GatewayRefusedError, match="Idempotency"):
        unrecorded.create_checkout_session(replace(asked, amount=5000))


@pytest.mark.parametrize("mode", ["500", "429", "reset", "commit_then_reset"])
def test_a_failure_that_passes_is_not_noticed(
    sandbox: SandboxProcess, gateway: StripeGateway, mode: str, asked: CheckoutRequest
) -> None:
    fault(sandbox, mode, times=1, method="POST")
    session = gateway.create_checkout_session(asked)
    assert gateway.create_checkout_session(asked) == session or mode == "500"
    assert made(sandbox) == (2 if mode == "500" else 1)


@pytest.mark.parametrize("mode", ["500", "429", "reset"])
def test_a_failure_that_stays_is_named_in_time(
    sandbox: SandboxProcess, gateway: StripeGateway, mode: str, asked: CheckoutRequest
) -> None:
    fault(sandbox, mode)
    began = time.monotonic()
    with pytest.raises(GatewayUnavailableError) as failed:
        gateway.create_checkout_session(asked)
    assert time.monotonic() - began < 10
    assert "charlie" not in str(failed.value)
    assert made(sandbox) == 0
    assert gateway.create_checkout_session(asked).status == "open"


def test_a_key_that_stripe_failed_on_does_not_keep_the_donor_out(
    sandbox: SandboxProcess, gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch, asked: CheckoutRequest
) -> None:
    """Stripe replays a 500 for the key for a day; the donor sends the form again a minute later."""
    monkeypatch.setattr(stripe_gateway, "TRIES", 1)
    fault(sandbox, "500", times=1)
    with pytest.raises(GatewayUnavailableError):
        gateway.create_checkout_session(asked)
    with pytest.raises(GatewayUnavailableError):
        gateway.create_checkout_session(asked)
    monkeypatch.undo()
    assert gateway.create_checkout_session(asked).status == "open"


def test_the_donor_waits_less_than_ten_seconds_and_then_finds_the_session(
    sandbox: SandboxProcess, gateway: StripeGateway, asked: CheckoutRequest
) -> None:
    fault(sandbox, "timeout", method="POST")
    began = time.monotonic()
    with pytest.raises(GatewayUnavailableError):
        gateway.create_checkout_session(asked)
    assert 5 < time.monotonic() - began < 10
    sandbox.post("/_sandbox/faults", {"mode": "off"})
    assert gateway.create_checkout_session(asked).status == "open"
    assert made(sandbox) == 1


def test_a_double_click_waits_for_the_first(
    sandbox: SandboxProcess, gateway: StripeGateway, asked: CheckoutRequest
) -> None:
    """While one call is under way, Stripe answers 409 to the other with the same key."""
    fault(sandbox, "timeout", method="POST", times=1)
    answers: list[CheckoutSession] = []
    first = threading.Thread(target=lambda: answers.append(gateway.create_checkout_session(asked)))
    first.start()
    until(lambda: any(each.get("path") == SESSIONS for each in sandbox.log()))
    second = threading.Thread(target=lambda: answers.append(gateway.create_checkout_session(asked)))
    second.start()
    until(lambda: any(each.get("status") == 409 for each in sandbox.log()))
    sandbox.post("/_sandbox/faults", {"mode": "off"})
    first.join(10)
    second.join(10)
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert made(sandbox) == 1


@pytest.mark.parametrize(
    ("changes", "code"), [({"amount": 10}, "amount_too_small"), ({"currency": "XXX"}, ""), ({"locale": "xx"}, "")]
)
def test_what_stripe_refuses_is_refused_by_its_own_word(
    unrecorded: StripeGateway, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(GatewayRefusedError) as refused:
        unrecorded.create_checkout_session(new_request(**changes))
    assert refused.value.code.startswith(code)
    assert "charlie" not in refused.value.code


@pytest.fixture(scope="module")
def unrecorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeGateway]:
    """Over a sandbox whose log is not judged: these requests are wrong on purpose."""
    with SandboxProcess.start(recorded=False) as sandbox:
        environ = settings_environ("sqlite://", tmp_path_factory.mktemp("gateway"), STRIPE_API_BASE=sandbox.url)
        yield StripeGateway(load_settings(environ))


def test_the_worker_is_patient_and_then_says_so(
    sandbox: SandboxProcess, gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch, asked: CheckoutRequest
) -> None:
    session = gateway.create_checkout_session(asked)
    for mode in ("500", "reset"):
        fault(sandbox, mode, times=2, method="GET")
        assert gateway.fetch_checkout_session(session.id) == session
    monkeypatch.setattr(stripe_gateway, "PATIENT", (0.2, 0.2))
    monkeypatch.setattr(gateway, "_worker_client", None)
    for mode in ("timeout", "429"):
        fault(sandbox, mode, method="GET")
        with pytest.raises(GatewayUnavailableError):
            gateway.fetch_checkout_session(session.id)
