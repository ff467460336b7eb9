"""The sandbox as a program: how it starts, refuses, forgets, logs and stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.extract_parameters import extract
from tests.contract.sandbox_client import SECRET, WebhookSink, http_call, new_session, paid_session, stripe_client
from tests.fixtures.sandbox_process import ROOT, SandboxProcess

SHARED = ROOT.parent / "shared" / "stripe"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    settings = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
def test_a_taken_port_is_one_clear_line(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        other = "--smtp-port" if option == "--port" else "--port"
        ended = run(option, port, other, "0")
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


def test_it_refuses_to_listen_elsewhere_or_beside_a_live_key() -> None:
    elsewhere = run("--host", "0.0.0.0", "--port", "0", "--smtp-port", "0")  # noqa: S104  refused
    assert elsewhere.returncode == 2
    assert "127.0.0.1 only" in elsewhere.stderr
    live = run("--port", "0", "--smtp-port", "0", STRIPE_SECRET_KEY="sk_live_x")
    assert live.returncode == 2
    assert "sk_live_x" not in live.stderr


def test_it_stops_fast_and_cleanly_even_while_a_request_hangs() -> None:
    with SandboxProcess.start(recorded=False) as sandbox:
        sandbox.post("/_sandbox/faults", {"path": "/v1/balance", "mode": "timeout"})
        host, port = sandbox.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as hanging:
            hanging.sendall(b"GET /v1/balance HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_x\r\n\r\n")
            began = time.monotonic()
            sandbox.process.send_signal(signal.SIGTERM)
            assert sandbox.process.wait(5) == 0
        assert time.monotonic() - began < 2
        sandbox._stderr.seek(0)
        said = sandbox._stderr.read()
        assert said == "", said


def test_it_ends_with_whoever_started_it() -> None:
    with SandboxProcess.start(recorded=False) as sandbox:
        assert sandbox.process.stdin is not None
        sandbox.process.stdin.close()
        assert sandbox.process.wait(5) == 0


def test_reset_forgets_everything_but_the_endpoint_and_the_log() -> None:
    with WebhookSink() as sink, SandboxProcess.start(sink.url, SECRET, recorded=False) as sandbox:
        paid_session(sandbox)
        sink.wait_for(4)
        sandbox.advance(1000)
        sandbox.post("/_sandbox/delivery", {"mode": "drop"})
        sandbox.post("/_sandbox/faults", {"path": "/v1/charges", "mode": "500"})
        sandbox.post("/_sandbox/reset")
        client = stripe_client(sandbox)
        assert client.v1.charges.list().data == []
        assert client.v1.balance.retrieve().pending[0].amount == 0
        assert sandbox.events() == []
        assert abs(sandbox.get("/_sandbox/clock")["now"] - time.time()) < 5
        assert sandbox.log() != []
        sink.received.clear()
        paid_session(sandbox)
        sink.wait_for(4)
        sandbox.post("/_sandbox/reset", {"log": True})
        assert sandbox.log() == []


def test_health_and_bodies_that_are_no_json() -> None:
    with SandboxProcess.start(recorded=False) as sandbox:
        assert sandbox.get("/healthz") == {"ok": True}
        for path in ("pay", "advance", "delivery", "faults", "smtp"):
            status, _, text = http_call(sandbox, "POST", f"/_sandbox/{path}", "[1]")
            assert status == 400
            assert json.loads(text)["error"]


def test_the_parameters_it_checks_are_the_published_ones() -> None:
    published = SHARED / "openapi.json"
    if not published.exists():
        assert os.environ.get("CI") != "true", "openapi.json is missing"
        pytest.skip("there is no ../shared/stripe beside this repository")
    kept = (ROOT / "sandbox" / "parameters.json").read_text(encoding="utf-8")
    assert json.loads(kept) == extract(json.loads(published.read_text(encoding="utf-8")))


def test_everything_it_says_conforms_to_the_published_schema(tmp_path: Path) -> None:
    checker = SHARED / "check_contract.py"
    if not checker.exists():
        assert os.environ.get("CI") != "true", "check_contract.py is missing"
        pytest.skip("there is no ../shared/stripe beside this repository")
    log = tmp_path / "log.jsonl"
    with WebhookSink() as sink, SandboxProcess.start(sink.url, SECRET, extra=("--log", str(log))) as sandbox:
        _play_everything(sandbox, sink)
        assert log.read_text(encoding="utf-8") == sandbox.get("/_sandbox/log")
    ended = subprocess.run([sys.executable, str(checker), str(log)], capture_output=True, text=True, check=False)
    assert " 0 violations" in ended.stdout, ended.stdout
    assert ended.returncode == 0


def _play_everything(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    """Every operation and every event that the sandbox knows, once."""
    v1 = stripe_client(sandbox).v1
    v1.customers.list()
    customer = v1.customers.create(params={"email": "donor@example.org", "name": "Donor"})
    v1.customers.update(customer.id, params={"name": "A donor"})
    late = new_session(sandbox, payment_intent_data={"metadata": {"donation": "1"}}, customer=customer.id)
    sandbox.pay(late.id, card="5555555555554444")
    for outcome in ("process", "fail"):
        session = new_session(sandbox, 1000, "usd")
        sandbox.pay(session.id, outcome="process")
        if outcome == "fail":
            sandbox.pay(session.id, outcome="fail")
    declined = new_session(sandbox, 512340, "kwd")
    sandbox.pay(declined.id, card="4000000000000069")
    v1.checkout.sessions.expire(declined.id)
    for card in ("4000000000007726", "4000000000005126", "4242424242424242"):
        session = paid_session(sandbox, 5000, "jpy", card=card)
        refund = v1.refunds.create(params={"payment_intent": session.payment_intent.id, "amount": 1000})
        v1.refunds.update(refund.id, params={"metadata": {"note": "x"}})
    new_session(sandbox, 10000, "sek", expires_at=sandbox.get("/_sandbox/clock")["now"] + 3600)
    sandbox.advance(6 * 86400)
    paths = ["line_items", "customer", "payment_intent.latest_charge.refunds", "payment_intent.payment_method"]
    v1.checkout.sessions.retrieve(late.id, params={"expand": paths})
    v1.checkout.sessions.update(late.id, params={"metadata": {"seen": "1"}})
    v1.checkout.sessions.line_items.list(late.id)
    v1.checkout.sessions.list(params={"expand": ["data.payment_intent.latest_charge"], "limit": 100})
    v1.payment_intents.list(params={"expand": ["data.latest_charge.balance_transaction"]})
    v1.charges.list(params={"expand": ["data.balance_transaction", "data.refunds", "data.payment_intent"]})
    v1.balance_transactions.list(params={"expand": ["data.source"], "limit": 100})
    v1.refunds.list(params={"expand": ["data.failure_balance_transaction", "data.charge"]})
    v1.events.retrieve(v1.events.list(params={"limit": 100}).data[0].id)
    v1.balance.retrieve()
    stripe_client(sandbox).raw_request("get", "/v1/account")
    endpoint = v1.webhook_endpoints.create(params={"url": sink.url, "enabled_events": ["*"], "description": "x"})
    v1.webhook_endpoints.retrieve(endpoint.id)
    v1.webhook_endpoints.list()
    v1.webhook_endpoints.delete(endpoint.id)
    v1.customers.delete(customer.id)
    sink.wait_for(len(sandbox.events()))
    kinds = {event["type"] for event in sandbox.events()}
    assert kinds >= {"charge.updated", "refund.failed", "checkout.session.expired", "payment_intent.canceled"}
