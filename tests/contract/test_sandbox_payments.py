"""Paying a Checkout session: by the control, by the hosted page, late, slowly, or not at all."""

import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import SECRET, WebhookSink, gift, http_call, new_session, paid_session, stripe_client
from tests.fixtures.sandbox_process import SandboxProcess, SandboxRefused

DAY = 86400


@pytest.fixture(scope="module")
def sink() -> Iterator[WebhookSink]:
    with WebhookSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def process(sink: WebhookSink) -> Iterator[SandboxProcess]:
    with SandboxProcess.start(sink.url, SECRET) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess, sink: WebhookSink) -> SandboxProcess:
    process.post("/_sandbox/reset")
    sink.received.clear()
    return process


def types(sandbox: SandboxProcess) -> list[str]:
    return [event["type"] for event in sandbox.events()]


def submit(sandbox: SandboxProcess, session: Any, **fields: str) -> tuple[int, dict[str, str], str]:
    return http_call(sandbox, "POST", f"/c/pay/{session.id}", urllib.parse.urlencode(fields))


def test_a_session_is_open_and_has_no_payment_until_somebody_tries(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox, customer_email="donor@example.org", client_reference_id="don_7")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    assert session.amount_total == 6250
    assert session.expires_at - session.created == DAY


def test_paying_tells_the_story_in_stripes_order(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    session = paid_session(sandbox)
    sink.wait_for(4)
    story = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
    assert types(sandbox) == story
    assert sink.types() == story
    completed = sink.events()[-1]
    assert completed["api_version"] == "2026-10-28.endive"
    assert completed["data"]["object"]["payment_status"] == "paid"
    assert (session.status, session.url) == ("complete", None)
    assert session.payment_intent.metadata["donation"] == "7"


@pytest.mark.parametrize(
    ("currency", "amount", "fee"),
    [
        ("cad", 6250, 211),
        ("cad", 500, 45),
        ("sek", 10000, 330),
        ("jpy", 5000, 180),
        ("eur", 1000, 59),
        ("kwd", 5120, 178),
    ],
)
def test_the_fee_is_a_share_and_a_fixed_part_rounded_half_up(
    sandbox: SandboxProcess, currency: str, amount: int, fee: int
) -> None:
    transaction = paid_session(sandbox, amount, currency).payment_intent.latest_charge.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (amount, fee, amount - fee)
    assert [(each.amount, each.type) for each in transaction.fee_details] == [(fee, "stripe_fee")]
    assert transaction.currency == currency


def test_without_automatic_capture_the_fee_comes_an_hour_later(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox, payment_intent_data={"metadata": {"donation": "7"}})
    paid = sandbox.pay(session.id)
    client = stripe_client(sandbox)
    assert client.v1.charges.retrieve(paid["charge"]).balance_transaction is None
    sandbox.advance(3601)
    assert types(sandbox)[-1] == "charge.updated"
    event = client.v1.events.list(params={"type": "charge.updated"}).data[0].to_dict()
    assert event["data"]["previous_attributes"] == {"balance_transaction": None}
    transaction = client.v1.balance_transactions.retrieve(event["data"]["object"]["balance_transaction"])
    assert transaction.net == 6250 - 211


def test_the_balance_is_pending_for_two_days(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    client = stripe_client(sandbox)
    before = client.v1.balance.retrieve()
    assert (before.pending[0].amount, before.available[0].amount) == (6039, 0)
    sandbox.advance(2 * DAY + 1)
    after = client.v1.balance.retrieve()
    assert (after.pending[0].amount, after.available[0].amount) == (0, 6039)


def test_a_decline_leaves_the_session_open_for_another_card(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox)
    declined = sandbox.pay(session.id, card="4000000000009995")
    assert (declined["status"], declined["charge_status"], declined["failure_code"]) == (
        "open",
        "failed",
        "card_declined",
    )
    assert types(sandbox)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    client = stripe_client(sandbox)
    intent = client.v1.payment_intents.retrieve(declined["payment_intent"])
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.to_dict()["decline_code"] == "insufficient_funds"
    assert sandbox.pay(session.id)["payment_intent"] == intent.id
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert len(client.v1.charges.list(params={"payment_intent": intent.id}).data) == 2


def test_a_debit_is_complete_but_unpaid_until_it_settles(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox)
    paid = sandbox.pay(session.id, method="acss_debit")
    assert (paid["status"], paid["payment_status"], paid["charge_status"]) == ("complete", "unpaid", "pending")
    assert types(sandbox)[-2:] == ["payment_intent.processing", "checkout.session.completed"]
    sandbox.advance(5 * DAY)
    assert types(sandbox)[-3:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    client = stripe_client(sandbox)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    transaction = client.v1.balance_transactions.list(params={"source": paid["charge"]}).data[0]
    assert (transaction.type, transaction.amount) == ("payment", 6250)


def test_a_debit_that_the_bank_refuses_brings_no_money(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox)
    sandbox.pay(session.id, outcome="process")
    failed = sandbox.pay(session.id, outcome="fail")
    assert failed["charge_status"] == "failed"
    assert types(sandbox)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    sandbox.advance(6 * DAY)
    assert stripe_client(sandbox).v1.balance_transactions.list().data == []


def test_a_debit_settled_by_hand_settles_once(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox)
    assert sandbox.pay(session.id, outcome="settle")["payment_status"] == "paid"
    sandbox.advance(6 * DAY)
    assert types(sandbox).count("charge.succeeded") == 1


def test_a_paid_session_cannot_be_paid_again(sandbox: SandboxProcess) -> None:
    session = paid_session(sandbox)
    with pytest.raises(SandboxRefused) as refused:
        sandbox.pay(session.id)
    assert refused.value.status == 409
    with pytest.raises(SandboxRefused) as unknown:
        sandbox.pay("cs_test_nobody")
    assert unknown.value.status == 404


def test_a_session_expires_by_the_clock(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    now = sandbox.get("/_sandbox/clock")["now"]
    session = new_session(sandbox, expires_at=now + 1800)
    sandbox.advance(1801)
    expired = client.v1.checkout.sessions.retrieve(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert types(sandbox) == ["checkout.session.expired"]
    status, _, page = http_call(sandbox, "GET", f"/c/pay/{session.id}", accept_language="fr")
    assert status == 410
    assert "expiré" in page


def test_expiring_by_hand_works_once_and_only_while_open(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    session = new_session(sandbox)
    sandbox.pay(session.id, outcome="decline", card="4242424242424242")
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    assert types(sandbox)[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        client.v1.checkout.sessions.expire(session.id)


def test_the_hosted_page_shows_the_amount_and_takes_the_card(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox, locale="fr-CA", customer_email="donor@example.org")
    status, headers, page = http_call(sandbox, "GET", f"/c/pay/{session.id}")
    assert status == 200
    assert "62,50\xa0$" in page
    assert 'value="donor@example.org"' in page
    assert "sandbox" in page.partition("</title>")[0]
    assert "form-action 'self' http://127.0.0.1:1;" in headers["content-security-policy"]
    status, headers, _ = submit(sandbox, session, card="4242 4242 4242 4242", email="d@example.org", action="pay")
    assert status == 303
    assert headers["location"] == f"http://127.0.0.1:1/thanks?session_id={session.id}"
    details = stripe_client(sandbox).v1.checkout.sessions.retrieve(session.id).customer_details
    assert details.email == "d@example.org"
    assert "déjà terminée" in http_call(sandbox, "GET", f"/c/pay/{session.id}")[2]


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"card": "4000000000000002", "action": "pay"}, 402, "Your card was declined."),
        ({"card": "4242424242424242", "action": "fail"}, 402, "Your card was declined."),
        ({"card": "4242424242424241", "action": "pay"}, 402, "Your card number is incorrect."),
        ({"card": "4111111111111111", "action": "pay"}, 402, "non test card"),
        ({"card": "", "action": "pay"}, 402, "Your card number is incorrect."),
        ({"card": "4242424242424242", "email": "<b>x", "action": "pay"}, 422, "&lt;b&gt;x"),
    ],
)
def test_the_hosted_page_says_what_is_wrong_and_stays_open(
    sandbox: SandboxProcess, fields: dict[str, str], status: int, said: str
) -> None:
    session = new_session(sandbox)
    answer = submit(sandbox, session, **fields)
    assert answer[0] == status
    assert said in answer[2]
    assert stripe_client(sandbox).v1.checkout.sessions.retrieve(session.id).status == "open"


def test_the_hosted_page_leads_back_pays_by_debit_and_asks_the_bank(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox)
    status, headers, _ = submit(sandbox, session, action="leave")
    assert (status, headers["location"]) == (303, "http://127.0.0.1:1/again")
    assert 'value="authenticate"' in submit(sandbox, session, card="4000002760003184", action="pay")[2]
    refused = submit(sandbox, session, card="4000002760003184", action="refuse")
    assert "unable to authenticate" in refused[2]
    assert submit(sandbox, session, method="acss_debit", action="pay")[0] == 303
    assert stripe_client(sandbox).v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert http_call(sandbox, "GET", "/c/pay/cs_test_nobody")[0] == 404


def test_debit_is_offered_for_canadian_and_american_dollars_only(sandbox: SandboxProcess) -> None:
    assert new_session(sandbox, 10000, "sek").payment_method_types == ["card"]
    assert new_session(sandbox, 1000, "usd").payment_method_types == ["card", "acss_debit"]
    only = stripe_client(sandbox).v1.checkout.sessions.create(params=gift(allowed_payment_method_types=["card"]))
    assert only.payment_method_types == ["card"]


def test_a_hundred_payments_are_delivered_within_seconds(sandbox: SandboxProcess, sink: WebhookSink) -> None:
    sandbox.post("/_sandbox/delivery", {"mode": "hold"})
    for _ in range(100):
        sandbox.pay(new_session(sandbox).id)
    assert sandbox.post("/_sandbox/delivery", {"mode": "normal"})["released"] == 400
    assert len({event["id"] for event in sink.wait_for(400)}) == 400
