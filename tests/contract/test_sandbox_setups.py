"""Cards kept for later, and what the list of events forgets."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import (
    SECRET,
    WebhookSink,
    http_call,
    paid_session,
    stripe_client,
    wait_until_delivered,
)
from tests.fixtures.sandbox_process import SandboxProcess

KEEPS_ONLY = "4000000000000341"


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    process.post("/_sandbox/reset")
    yield process
    wait_until_delivered(process)


def new_setup(sandbox: SandboxProcess, **more: Any) -> Any:
    params: Any = {"mode": "setup", "currency": "cad", "success_url": "http://127.0.0.1:1/kept"}
    params |= {"customer_creation": "always", "setup_intent_data": {"metadata": {"pledge": "7"}}, **more}
    return stripe_client(sandbox).v1.checkout.sessions.create(params=params)


def test_a_kept_card_is_charged_later(sandbox: SandboxProcess) -> None:
    session = new_setup(sandbox)
    assert "Keep the card" in http_call(sandbox, "GET", f"/c/pay/{session.id}", accept_language="en")[2]
    assert sandbox.pay(session.id)["payment_status"] == "no_payment_required"
    client = stripe_client(sandbox)
    found = client.v1.checkout.sessions.retrieve(session.id, params={"expand": ["setup_intent"]})
    assert (found.status, found.setup_intent.status, found.setup_intent.metadata["pledge"]) == (
        "complete",
        "succeeded",
        "7",
    )
    params: Any = {"amount": 2500, "currency": "cad", "customer": found.customer, "off_session": True, "confirm": True}
    charged = client.v1.payment_intents.create(params={**params, "payment_method": found.setup_intent.payment_method})
    assert charged.status == "succeeded"
    assert client.v1.payment_methods.detach(found.setup_intent.payment_method).customer is None


def test_a_card_may_be_kept_and_still_not_charged(sandbox: SandboxProcess) -> None:
    session = new_setup(sandbox)
    refused = sandbox.pay(session.id, card="4000000000000002")
    assert refused["status"] == "open"
    kept = stripe_client(sandbox).v1.setup_intents.retrieve(sandbox.pay(session.id, card=KEEPS_ONLY)["setup_intent"])
    told = [event["type"] for event in sandbox.events() if event["type"].startswith("setup_intent")]
    assert told == ["setup_intent.created", "setup_intent.setup_failed", "setup_intent.succeeded"]
    params: Any = {"amount": 2500, "currency": "cad", "confirm": True, "payment_method": kept.payment_method}
    with pytest.raises(stripe.CardError):
        stripe_client(sandbox).v1.payment_intents.create(params=params)


def test_events_are_listed_for_thirty_days(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    client = stripe_client(sandbox)
    first = client.v1.events.list(params={"type": "checkout.session.completed"}).data[0]
    sandbox.advance(31 * 86400)
    paid_session(sandbox)
    listed = client.v1.events.list(params={"type": "checkout.session.completed"}).data
    assert first.id not in [each.id for each in listed]
    assert len(listed) == 1
    with pytest.raises(stripe.InvalidRequestError) as forgotten:
        client.v1.events.retrieve(first.id)
    assert forgotten.value.http_status == 404
