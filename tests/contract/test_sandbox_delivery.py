"""Webhooks: signature, modes, retries."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import SECRET, WebhookSink, new_session, stripe_client, wait_until
from tests.fixtures.sandbox_process import SandboxProcess

STORY = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.fixture(scope="module")
def sink() -> Iterator[WebhookSink]:
    with WebhookSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def process(sink: WebhookSink) -> Iterator[SandboxProcess]:
    with SandboxProcess.start(sink.url, f"{SECRET},whsec_former") as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess, sink: WebhookSink) -> SandboxProcess:
    process.post("/_sandbox/reset")
    sink.received.clear()
    sink.status = 200
    return process


def deliver(sandbox: SandboxProcess, mode: str | None = None, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = sandbox.post("/_sandbox/delivery", {**({"mode": mode} if mode else {}), **more})
    return answer


def pay(sandbox: SandboxProcess) -> None:
    sandbox.pay(new_session(sandbox).id)


def states(sandbox: SandboxProcess) -> list[str]:
    return [event["state"] for event in sandbox.events()]


def tried(sandbox: SandboxProcess) -> set[int]:
    """How often each event of the payment was tried; that its money becomes available is told days later."""
    return {len(event["deliveries"]) for event in sandbox.events() if event["type"] != "balance.available"}


def all_in(sandbox: SandboxProcess, state: str) -> None:
    wait_until(lambda: set(states(sandbox)) == {state})


def test_a_delivery_is_signed_as_stripe_signs_with_every_secret(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    pay(sandbox)
    sink.wait_for(4)
    for header, body in sink.received:
        for secret in (SECRET, "whsec_former"):
            assert stripe.WebhookSignature.verify_header(body.decode(), header, secret, 300)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(body.decode(), header, "whsec_other", 300)
    event = stripe_client(sandbox).construct_event(sink.received[0][1], sink.received[0][0], SECRET)
    assert event.type == STORY[0]


def test_the_signature_carries_wall_time_however_far_the_clock_moved(
    sandbox: SandboxProcess, sink: WebhookSink
) -> None:
    sandbox.advance(10 * 86400)
    pay(sandbox)
    event = sink.wait_for(4)[0]
    header, body = sink.received[0]
    assert stripe.WebhookSignature.verify_header(body.decode(), header, SECRET, 60)
    signed_at = int(header.partition(",")[0].removeprefix("t="))
    assert event["created"] - signed_at > 9 * 86400


def test_an_event_names_the_request_that_caused_it(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    session = new_session(sandbox)
    answer = stripe_client(sandbox).v1.checkout.sessions.expire(session.id, options={"idempotency_key": "expire-1"})
    event = sink.wait_for(1)[0]
    assert event["request"] == {"id": answer.last_response.request_id, "idempotency_key": "expire-1"}
    assert event["pending_webhooks"] == 1


def test_held_events_go_when_released(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    deliver(sandbox, "hold")
    pay(sandbox)
    assert states(sandbox) == ["held"] * 4
    assert stripe_client(sandbox).v1.events.list(params={"delivery_success": False}).data[0].pending_webhooks == 1
    assert deliver(sandbox, release=1) == {"mode": "hold", "released": 1, "held": 3}
    sink.wait_for(1)
    wait_until(lambda: states(sandbox) == ["delivered", "held", "held", "held"])
    assert deliver(sandbox, "normal") == {"mode": "normal", "released": 3, "held": 0}
    sink.wait_for(4)
    assert sink.types() == STORY
    all_in(sandbox, "delivered")
    assert len(stripe_client(sandbox).v1.events.list(params={"delivery_success": True}).data) == 4


def test_duplicate_sends_everything_twice(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    deliver(sandbox, "duplicate")
    pay(sandbox)
    sink.wait_for(8)
    all_in(sandbox, "delivered")
    assert set(Counter(event["id"] for event in sink.events()).values()) == {2}
    assert [len(event["deliveries"]) for event in sandbox.events()] == [2, 2, 2, 2]


def test_shuffle_loses_nothing_and_keeps_no_order(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    deliver(sandbox, "shuffle")
    for _ in range(6):
        pay(sandbox)
    sink.wait_for(24)
    made = [event["id"] for event in sandbox.events()]
    came = [event["id"] for event in sink.events()]
    assert sorted(came) == sorted(made)
    assert came != made


def test_dropped_events_are_listed_but_never_sent(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    deliver(sandbox, "drop")
    pay(sandbox)
    deliver(sandbox, "normal")
    pay(sandbox)
    assert states(sandbox)[:4] == ["dropped"] * 4
    assert len(stripe_client(sandbox).v1.events.list().data) == 8
    sink.wait_for(4)
    sandbox.advance(4 * 86400)
    all_but_dropped = {event["id"] for event in sandbox.events()[4:]}
    assert {event["id"] for event in sink.events()} <= all_but_dropped


def test_what_is_refused_comes_again_by_the_clock(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    sink.status = 500
    pay(sandbox)
    sink.wait_for(4)
    all_in(sandbox, "pending")
    wait_until(lambda: tried(sandbox) == {1})
    sandbox.advance(30)
    assert len(sink.received) == 4
    sandbox.advance(31)
    sink.wait_for(8)
    wait_until(lambda: tried(sandbox) == {2})
    sink.status = 204
    sandbox.advance(301)
    sink.wait_for(12)
    all_in(sandbox, "delivered")
    assert [each["status"] for each in sandbox.events()[0]["deliveries"]] == [500, 500, 204]


def test_after_three_days_of_refusal_it_has_failed(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    sink.status = 302
    pay(sandbox)
    for tries in range(1, 9):
        wait_until(lambda: tried(sandbox) == {tries})  # noqa: B023  called in this turn
        sandbox.advance(86400)
    payment = [event["id"] for event in sandbox.events() if event["type"] != "balance.available"]
    wait_until(lambda: {event["state"] for event in sandbox.events() if event["id"] in payment} == {"failed"})
    deliveries = [event["deliveries"] for event in sandbox.events() if event["id"] in payment]
    assert [len(each) for each in deliveries] == [9] * 4


def test_an_endpoint_that_was_away_is_tried_again_within_seconds(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    sink.close()
    pay(sandbox)
    wait_until(lambda: all(event["deliveries"] for event in sandbox.events()))
    assert sandbox.events()[0]["deliveries"][0]["status"] is None
    sink.reopen()
    sink.wait_for(4)
    all_in(sandbox, "delivered")


def test_an_address_that_is_none_keeps_nobody_else_waiting(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    endpoints = stripe_client(sandbox).v1.webhook_endpoints
    for url in ("http://127.0.0.1:99999/hooks", "http://127.0.0.1:x/hooks"):
        endpoints.create(params={"url": url, "enabled_events": ["*"]})
    for _ in range(4):
        pay(sandbox)
    assert len(sink.wait_for(16)) == 16


def test_an_endpoint_made_through_the_api_has_its_own_secret_and_types(sandbox: SandboxProcess) -> None:
    endpoints = stripe_client(sandbox).v1.webhook_endpoints
    with WebhookSink() as other:
        made = endpoints.create(params={"url": other.url, "enabled_events": ["charge.succeeded"]})
        pay(sandbox)
        other.wait_for(1)
        all_in(sandbox, "delivered")
        assert other.types() == ["charge.succeeded"]
        header, body = other.received[0]
        assert stripe.WebhookSignature.verify_header(body.decode(), header, made.secret, 300)
        assert "secret" not in endpoints.retrieve(made.id).to_dict()
        endpoints.update(made.id, params={"disabled": True})
        pay(sandbox)
        all_in(sandbox, "delivered")
        assert endpoints.delete(made.id).deleted
        assert endpoints.list().data == []
        assert other.types() == ["charge.succeeded"]
