"""Failures on demand: each mode, as Stripe's own client meets it."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import gift, new_session, stripe_client, wait_until
from tests.fixtures.sandbox_process import SandboxProcess, SandboxRefused

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with SandboxProcess.start() as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    process.post("/_sandbox/reset", {"log": True})
    return process


def fault(sandbox: SandboxProcess, mode: str, **more: Any) -> None:
    sandbox.post("/_sandbox/faults", {"path": SESSIONS, "mode": mode, **more})


def create(sandbox: SandboxProcess, key: str, **how: Any) -> Any:
    client = stripe_client(sandbox, **how)
    return client.v1.checkout.sessions.create(params=gift(), options={"idempotency_key": key})


def count(sandbox: SandboxProcess) -> int:
    sandbox.post("/_sandbox/faults", {"mode": "off"})
    return len(stripe_client(sandbox).v1.checkout.sessions.list().data)


def test_a_500_is_the_answer_of_its_key_for_good(sandbox: SandboxProcess) -> None:
    fault(sandbox, "500", times=1)
    for replayed in (None, "true"):
        with pytest.raises(stripe.APIError) as failed:
            create(sandbox, "fault-500")
        assert failed.value.http_status == 500
        assert (failed.value.headers or {}).get("Idempotent-Replayed") == replayed
    assert create(sandbox, "fault-500-other").status == "open"
    assert count(sandbox) == 1


def test_a_429_leaves_the_key_free(sandbox: SandboxProcess) -> None:
    fault(sandbox, "429", times=1)
    with pytest.raises(stripe.RateLimitError) as failed:
        create(sandbox, "fault-429")
    assert '"rate_limit"' in str(failed.value.http_body)
    assert create(sandbox, "fault-429").status == "open"


def test_a_reset_does_nothing_and_a_retry_gets_through(sandbox: SandboxProcess) -> None:
    fault(sandbox, "reset")
    with pytest.raises(stripe.APIConnectionError):
        create(sandbox, "fault-reset")
    assert count(sandbox) == 0
    fault(sandbox, "reset", times=2)
    assert create(sandbox, "fault-reset", retries=2).status == "open"
    assert count(sandbox) == 1


def test_a_reset_is_a_real_one(sandbox: SandboxProcess) -> None:
    fault(sandbox, "reset")
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"GET {SESSIONS} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            connection.recv(100)


def test_what_was_done_before_the_reset_is_found_by_the_same_key(sandbox: SandboxProcess) -> None:
    fault(sandbox, "commit_then_reset", times=1)
    made = create(sandbox, "fault-commit", retries=1)
    assert made.last_response.headers["Idempotent-Replayed"] == "true"
    assert count(sandbox) == 1
    cut = [each for each in sandbox.log() if each.get("method") == "POST" and "response_json" not in each]
    assert len(cut) == 1


def test_a_timeout_holds_the_answer_and_nobody_else(sandbox: SandboxProcess) -> None:
    fault(sandbox, "timeout", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        create(sandbox, "fault-timeout", timeout=0.5)
    began = time.monotonic()
    assert stripe_client(sandbox).v1.balance.retrieve().object == "balance"
    assert time.monotonic() - began < 2
    assert count(sandbox) == 1
    again = wait_until(lambda: create(sandbox, "fault-timeout", retries=2))
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_reset_of_the_sandbox_lets_go_what_hangs(sandbox: SandboxProcess) -> None:
    fault(sandbox, "timeout")
    ended = threading.Event()

    def hang() -> None:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=20)
        connection.request("GET", SESSIONS, headers={"Authorization": "Bearer sk_test_x"})
        connection.getresponse().read()
        connection.close()
        ended.set()

    thread = threading.Thread(target=hang)
    thread.start()
    wait_until(lambda: any(each.get("path") == SESSIONS for each in sandbox.log()))
    sandbox.post("/_sandbox/reset", {"log": True})
    thread.join(5)
    assert ended.is_set()


def test_every_second_request_fails(sandbox: SandboxProcess) -> None:
    fault(sandbox, "429", every=2)
    outcomes = []
    for number in range(6):
        try:
            create(sandbox, f"fault-every-{number}")
            outcomes.append("made")
        except stripe.RateLimitError:
            outcomes.append("limited")
    assert outcomes == ["made", "limited"] * 3


def test_a_fault_strikes_its_path_and_method_only(sandbox: SandboxProcess) -> None:
    fault(sandbox, "500", method="POST")
    client = stripe_client(sandbox)
    assert client.v1.checkout.sessions.list().data == []
    assert client.v1.charges.list().data == []
    sandbox.post("/_sandbox/faults", {"path": SESSIONS, "mode": "off"})
    assert new_session(sandbox).status == "open"


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "explode", "path": "/v1/"},
        {"mode": "500", "path": 7},
        {"mode": "500", "path": "/v1/x", "every": 0},
        {"mode": 5},
    ],
)
def test_a_fault_that_means_nothing_is_refused(sandbox: SandboxProcess, body: dict[str, Any]) -> None:
    with pytest.raises(SandboxRefused) as refused:
        sandbox.post("/_sandbox/faults", body)
    assert refused.value.status == 400
    assert json.loads(refused.value.body)["error"]
