"""What goes over the wire to Stripe and what is made of each answer; against the sandbox: tests/contract."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from config import load_settings
from fund.payments import stripe_gateway
from fund.payments.facts import Balance, Charge
from fund.payments.gateway import CheckoutRequest, GatewayRefusedError, GatewayUnavailableError
from fund.payments.read_stripe import read_charge, read_session
from fund.payments.stripe_gateway import StripeGateway
from tests.factories.facts import NOON
from tests.factories.stripe_events import event_body
from tests.fakes.stripe_wire import CUT, Answer, Wire
from tests.fixtures.services import settings_environ
from tests.fund.payments.test_read_stripe import CHARGE, DISPUTE, INVOICE, LINE, PAID, PAYOUT, REFUND, SESSION

V1 = "/v1"
SESSIONS = f"{V1}/checkout/sessions"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(
        "requests.Session.request", lambda _session, method, url, **more: wire.request(method, url, **more)
    )
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    monkeypatch.setattr(stripe_gateway, "time", wire)
    return wire


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., StripeGateway]:
    return lambda **more: StripeGateway(load_settings(settings_environ("sqlite://", tmp_path, **more)))


@pytest.fixture
def gateway(make: Callable[..., StripeGateway], wire: Wire) -> StripeGateway:
    assert wire.asked == []
    return make(STRIPE_API_BASE="http://127.0.0.1:9")


def error(status: int, code: str | None = None) -> Answer:
    return status, {"error": {"type": "api_error", "message": "charlie@example.net", "code": code}}


ASKED = CheckoutRequest(
    donation_id="d1", campaign_slug="four-labels", amount=6250, currency="CAD", title="Four labels", locale="fr",
    customer_email=None, success_url="s", cancel_url="c", expires_at=NOON, idempotency_key="don:d1:checkout:1",
)  # fmt: skip
MISSING = error(404, "resource_missing")


def test_a_donors_call_is_tried_four_times_within_what_a_person_waits(gateway: StripeGateway, wire: Wire) -> None:
    wire.answer(SESSIONS, CUT)
    wire.now = 100.0
    with pytest.raises(GatewayUnavailableError):
        gateway.create_checkout_session(ASKED)
    assert [asked.key for asked in wire.asked] == [ASKED.idempotency_key] * 4
    assert wire.slept == pytest.approx([0.3, 0.6, 0.9])
    assert [asked.timeout[0] for asked in wire.asked] == [3.0, 1.0, 1.0, 1.0]
    assert [asked.timeout[1] for asked in wire.asked] == pytest.approx([6.5, 7.7, 6.6, 5.2])


@pytest.mark.parametrize(("seconds", "tries"), [(2.0, 2), (4.0, 2), (4.1, 1)])
def test_no_call_is_begun_when_there_is_no_time_for_it(
    gateway: StripeGateway, wire: Wire, seconds: float, tries: int
) -> None:
    wire.answer(SESSIONS, CUT)
    wire.now, wire.seconds = 100.0, seconds
    with pytest.raises(GatewayUnavailableError):
        gateway.create_checkout_session(ASKED)
    assert len(wire.asked) == tries


@pytest.mark.parametrize(("first", "same"), [(CUT, True), (error(429), True), (error(500), False), (error(503), False)])
def test_only_an_error_of_stripes_own_needs_a_new_key(
    gateway: StripeGateway, wire: Wire, first: Answer, same: bool
) -> None:
    wire.answer(SESSIONS, first, (200, SESSION))
    assert gateway.create_checkout_session(ASKED).id == "cs_1"
    once, again = (asked.key or "" for asked in wire.asked)
    assert (once, again == once, again.startswith(once)) == (ASKED.idempotency_key, same, True)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(400, "amount_too_small"), "amount_too_small"),
        (error(400), "invalid_request"),
        (error(401), "AuthenticationError"),
        (error(402, "card_declined"), "card_declined"),
        (error(403), "PermissionError"),
    ],
)
def test_what_stripe_refuses_is_not_tried_again(gateway: StripeGateway, wire: Wire, answer: Answer, code: str) -> None:
    wire.answer(SESSIONS, answer)
    with pytest.raises(GatewayRefusedError) as refused:
        gateway.create_checkout_session(ASKED)
    assert (refused.value.code, len(wire.asked), "charlie" in str(refused.value)) == (code, 1, False)


def test_the_worker_waits_longer_and_tries_three_times(gateway: StripeGateway, wire: Wire) -> None:
    wire.answer(f"{V1}/charges/ch_1", error(500), CUT, (200, CHARGE), error(500))
    assert gateway.fetch_charge("ch_1") == read_charge(CHARGE)
    with pytest.raises(GatewayUnavailableError):
        gateway.fetch_charge("ch_1")
    assert [asked.timeout for asked in wire.asked] == [(3.05, 20)] * 6
    assert {asked.host for asked in wire.asked} == {"127.0.0.1:9"}


def test_who_asks_and_whom(make: Callable[..., StripeGateway], wire: Wire) -> None:
    wire.answer(f"{V1}/charges/ch_1", (200, CHARGE))
    for key in ("sk_test_tests", ""):
        gateway = make(STRIPE_SECRET_KEY=key)
        assert gateway.fetch_charge("ch_1") == gateway.fetch_charge("ch_1")
    assert {asked.host for asked in wire.asked} == {"api.stripe.com"}
    assert [asked.authorization for asked in wire.asked] == ["Bearer sk_test_tests"] * 2 + ["Bearer sk_test_none"] * 2
    assert not any("X-Stripe-Client-Telemetry" in asked.headers for asked in wire.asked)


def test_a_payment_is_fetched_with_all_that_followed(gateway: StripeGateway, wire: Wire) -> None:
    wire.answer(
        f"{V1}/payment_intents/pi_1", (200, {"id": "pi_1", "object": "payment_intent", "latest_charge": CHARGE})
    )
    wire.list(f"{V1}/refunds", {**REFUND, "id": "re_2", "created": 9}, {**REFUND, "id": "re_1"})
    wire.list(f"{V1}/disputes", DISPUTE)
    wire.list(SESSIONS, SESSION)
    wire.answer(f"{SESSIONS}/cs_1", (200, SESSION))
    found = gateway.fetch_payment("pi_1")
    assert found is not None
    assert (found.charge, found.invoice_payment) == (read_charge(CHARGE), None)
    assert found.checkout == read_session(SESSION)
    assert [refund.id for refund in found.refunds] == ["re_1", "re_2"]
    assert [dispute.id for dispute in found.disputes] == ["dp_1"]
    assert [asked.sent for asked in wire.asked if asked.path == SESSIONS] == [{"payment_intent": "pi_1", "limit": "1"}]


@pytest.mark.parametrize(("charge", "found_charge"), [(None, None), ("ch_1", None), (CHARGE, read_charge(CHARGE))])
def test_a_monthly_payment_has_an_invoice_in_place_of_a_session(
    gateway: StripeGateway, wire: Wire, charge: Any, found_charge: Charge | None
) -> None:
    wire.answer(
        f"{V1}/payment_intents/pi_1", (200, {"id": "pi_1", "object": "payment_intent", "latest_charge": charge})
    )
    for path in (f"{V1}/refunds", f"{V1}/disputes", SESSIONS):
        wire.list(path)
    wire.list(f"{V1}/invoice_payments", {**PAID, "invoice": {"id": "in_1", **INVOICE}})
    found = gateway.fetch_payment("pi_1")
    assert found is not None
    assert (found.checkout, found.charge, found.refunds) == (None, found_charge, ())
    assert found.invoice_payment is not None
    assert (found.invoice_payment.id, found.invoice_payment.subscription_id) == ("inpay_1", "sub_1")
    wire.list(f"{V1}/invoice_payments")
    found = gateway.fetch_payment("pi_1")
    assert found is not None
    assert found.invoice_payment is None


def test_what_stripe_does_not_know_is_none_and_what_it_refuses_is_said(gateway: StripeGateway, wire: Wire) -> None:
    calls: dict[str, Callable[[], object]] = {
        f"{V1}/payment_intents/x": lambda: gateway.fetch_payment("x"),
        f"{V1}/charges/x": lambda: gateway.fetch_charge("x"),
        f"{V1}/invoice_payments/x": lambda: gateway.fetch_invoice_payment("x"),
        SESSIONS: lambda: gateway.fetch_session_of_payment("x"),
    }
    for path, call in calls.items():
        wire.answer(path, MISSING, error(400, "parameter_unknown"))
        assert call() is None
        with pytest.raises(GatewayRefusedError, match="parameter_unknown"):
            call()


def test_an_invoice_payment(gateway: StripeGateway, wire: Wire) -> None:
    wire.answer(f"{V1}/invoice_payments/inpay_1", (200, {**PAID, "invoice": {"id": "in_1", **INVOICE}}))
    found = gateway.fetch_invoice_payment("inpay_1")
    assert found is not None
    assert (found.invoice_id, found.metadata) == ("in_1", {"site": "here"})


def test_a_refund_is_found_by_our_own_row(gateway: StripeGateway, wire: Wire) -> None:
    wire.list(f"{V1}/refunds", *({**REFUND, "id": f"re_{row}", "metadata": {"refund": row}} for row in ("a", "b", "c")))
    found = gateway.find_refund("ch_1", refund_row="b")
    assert (found and found.id, wire.asked[0].sent["charge"]) == ("re_b", "ch_1")
    wire.list(f"{V1}/refunds", REFUND)
    assert gateway.find_refund("ch_1", refund_row="b") is None


def test_what_has_ended_may_be_ended_again(gateway: StripeGateway, wire: Wire) -> None:
    wire.answer(f"{SESSIONS}/cs_1/expire", error(400), error(503))
    wire.answer(f"{V1}/subscriptions/sub_1", MISSING, error(503))
    ends = (partial(gateway.expire_checkout_session, "cs_1"), partial(gateway.cancel_subscription, "sub_1"))
    for end in ends:
        end()
        with pytest.raises(GatewayUnavailableError):
            end()
    assert (wire.asked[0].method, wire.asked[0].path) == ("POST", f"{SESSIONS}/cs_1/expire")
    (cancelled, *_) = (asked for asked in wire.asked if asked.method == "DELETE")
    assert (cancelled.path, cancelled.key) == (f"{V1}/subscriptions/sub_1", "cancel:sub_1")


def test_a_donor_waits_once_for_the_page_of_a_monthly_gift(gateway: StripeGateway, wire: Wire) -> None:
    wire.answer(f"{V1}/billing_portal/sessions", (200, {"id": "bps_1", "url": "https://stripe"}), error(500))
    ask = partial(gateway.create_portal_session, customer_id="cus_1", return_url="r", locale="fr")
    assert ask() == "https://stripe"
    with pytest.raises(GatewayUnavailableError):
        ask()
    assert [asked.timeout for asked in wire.asked] == [(3, 6.5)] * 2
    assert wire.asked[0].sent == {"customer": "cus_1", "return_url": "r", "locale": "fr"}


def test_balances_by_currency(gateway: StripeGateway, wire: Wire) -> None:
    parts = {"available": [{"currency": "cad", "amount": 5}], "pending": [{"currency": "sek", "amount": 7}]}
    wire.answer(f"{V1}/balance", (200, {"object": "balance", **parts}))
    assert gateway.balances() == [Balance("CAD", 5, 0), Balance("SEK", 0, 7)]


def test_lines_of_account_are_listed_page_by_page(gateway: StripeGateway, wire: Wire) -> None:
    path = f"{V1}/balance_transactions"
    wire.list(path, {**LINE, "id": "txn_2"}, LINE)
    assert [line.id for line in gateway.balance_transactions(since=NOON)] == ["txn_2", "txn_1"]
    assert wire.asked[0].sent == {"limit": "100", "created[gte]": str(int(NOON.timestamp()))}
    wire.list(path, LINE)
    assert len(list(gateway.balance_transactions(payout_id="po_1"))) == 1
    assert wire.asked[-2].sent == {"limit": "100", "payout": "po_1"}
    wire.answer(path, (200, {"object": "list", "url": path, "data": [LINE], "has_more": True}), error(400, "gone"))
    with pytest.raises(GatewayRefusedError, match="gone"):
        list(gateway.balance_transactions())
    wire.list(f"{V1}/payouts", PAYOUT)
    assert [payout.id for payout in gateway.payouts()] == ["po_1"]


def test_events_come_oldest_first_whichever_way_they_are_listed(gateway: StripeGateway, wire: Wire) -> None:
    new, old = (json.loads(event_body(id=name)) for name in ("evt_new", "evt_old"))
    wire.list(f"{V1}/events", new, old)
    assert [event.id for event in gateway.events_since(after=None, since=NOON)] == ["evt_old", "evt_new"]
    assert "ending_before" not in wire.asked[0].sent
    wire.list(f"{V1}/events", old, new)
    assert [event.id for event in gateway.events_since(after="evt_0", since=None)] == ["evt_old", "evt_new"]
    assert [asked.sent.get("ending_before") for asked in wire.asked[-3:]] == ["evt_0", "evt_old", "evt_new"]
