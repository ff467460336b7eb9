"""Monthly gifts: Checkout, renewals, refusals, changes, the portal."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from tests.contract.sandbox_client import SECRET, WebhookSink, gift, http_call, stripe_client, wait_until_delivered
from tests.fixtures.sandbox_process import SandboxProcess, SandboxRefused

HOUR, DAY, MONTH = 3600, 86400, 32 * 86400
REFUSED_LATER = "4000000000000341"


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    process.post("/_sandbox/reset")
    yield process
    wait_until_delivered(process)


def monthly(amount: int = 2000, currency: str = "cad") -> dict[str, Any]:
    params = gift(amount, currency, mode="subscription", subscription_data={"metadata": {"donation": "7"}})
    del params["payment_intent_data"]
    params["line_items"][0]["price_data"]["recurring"] = {"interval": "month"}
    return params


def new_monthly(sandbox: SandboxProcess, **how: Any) -> Any:
    return stripe_client(sandbox).v1.checkout.sessions.create(params={**monthly(), **how})


def subscribed(sandbox: SandboxProcess, **how: Any) -> Any:
    session = new_monthly(sandbox)
    sandbox.pay(session.id, **how)
    found = stripe_client(sandbox).v1.checkout.sessions.retrieve(session.id)
    return stripe_client(sandbox).v1.subscriptions.retrieve(found.subscription)


def again(sandbox: SandboxProcess, subscription: Any) -> Any:
    return stripe_client(sandbox).v1.subscriptions.retrieve(subscription.id)


def types(sandbox: SandboxProcess) -> list[str]:
    return [event["type"] for event in sandbox.events() if event["type"] != "balance.available"]


def paid_parts(sandbox: SandboxProcess, invoice: str) -> list[Any]:
    params = {"invoice": invoice, "status": "paid", "expand": ["data.invoice"]}
    return list(stripe_client(sandbox).v1.invoice_payments.list(params=params).data)


def test_a_paid_session_starts_it_with_a_paid_invoice(sandbox: SandboxProcess) -> None:
    session = new_monthly(sandbox)
    assert (session.payment_intent, session.payment_method_types) == (None, ["card"])
    sandbox.pay(session.id, email="ann@example.org")
    client = stripe_client(sandbox)
    found = client.v1.checkout.sessions.retrieve(session.id, params={"expand": ["subscription", "invoice", "customer"]})
    assert (found.status, found.payment_status, found.customer.email) == ("complete", "paid", "ann@example.org")
    assert (found.subscription.status, found.subscription.metadata["donation"]) == ("active", "7")
    assert (found.invoice.billing_reason, found.invoice.amount_paid) == ("subscription_create", 2000)
    told = [each for each in types(sandbox) if not each.startswith("payment_method")]
    assert told == [
        "customer.created",
        "payment_intent.created",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_the_way_from_an_invoice_to_its_money_and_back(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    client = stripe_client(sandbox)
    part = paid_parts(sandbox, subscription.latest_invoice)[0]
    details = part.invoice.parent.subscription_details
    assert (details.subscription, details.metadata["donation"]) == (subscription.id, "7")
    params = {"payment": {"type": "payment_intent", "payment_intent": part.payment.payment_intent}}
    assert [each.id for each in client.v1.invoice_payments.list(params=params).data] == [part.id]
    expand = {"expand": ["latest_charge.balance_transaction"]}
    intent = client.v1.payment_intents.retrieve(part.payment.payment_intent, params=expand)
    assert intent.latest_charge.balance_transaction is None
    sandbox.advance(HOUR + 1)
    intent = client.v1.payment_intents.retrieve(part.payment.payment_intent, params=expand)
    assert intent.latest_charge.balance_transaction.net == 2000 - 88


def test_each_month_has_its_invoice_until_it_is_cancelled(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    sandbox.advance(2 * MONTH)
    client = stripe_client(sandbox)
    invoices = client.v1.invoices.list(params={"subscription": subscription.id}).data
    assert [each.billing_reason for each in invoices] == [
        "subscription_cycle",
        "subscription_cycle",
        "subscription_create",
    ]
    ends = [each.lines.data[0].period for each in invoices]
    assert ends[0].start == ends[1].end
    ended = client.v1.subscriptions.cancel(subscription.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "cancellation_requested")
    sandbox.advance(MONTH)
    assert len(client.v1.invoices.list(params={"subscription": subscription.id}).data) == 3
    with pytest.raises(stripe.InvalidRequestError) as gone:
        client.v1.subscriptions.cancel(subscription.id)
    assert gone.value.code == "resource_missing"
    assert client.v1.subscriptions.list().data == []
    assert [each.id for each in client.v1.subscriptions.list(params={"status": "all"}).data] == [subscription.id]


def test_three_refusals_end_it(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "card": REFUSED_LATER})
    sandbox.advance(MONTH)
    assert again(sandbox, subscription).status == "past_due"
    sandbox.advance(9 * DAY)
    ended = again(sandbox, subscription)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    told = [each for each in types(sandbox) if each in {"invoice.payment_failed", "customer.subscription.deleted"}]
    assert told == ["invoice.payment_failed"] * 3 + ["customer.subscription.deleted"]
    assert paid_parts(sandbox, ended.latest_invoice) == []


def test_a_new_card_pays_what_was_refused(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "card": REFUSED_LATER})
    sandbox.advance(MONTH)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "card": "4242424242424242"})
    sandbox.advance(4 * DAY)
    found = again(sandbox, subscription)
    assert found.status == "active"
    assert [each.amount_paid for each in paid_parts(sandbox, found.latest_invoice)] == [2000]


def test_a_card_that_asks_for_its_holder_waits_for_them(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "card": "4000002760003184"})
    sandbox.advance(MONTH)
    assert types(sandbox)[-4:-1] == [
        "payment_intent.requires_action",
        "invoice.payment_failed",
        "invoice.payment_action_required",
    ]
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "card": "4242424242424242"})
    sandbox.advance(4 * DAY)
    assert len(paid_parts(sandbox, again(sandbox, subscription).latest_invoice)) == 1


def test_a_paused_one_asks_for_nothing_until_it_goes_on(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "pause": True})
    sandbox.advance(2 * MONTH)
    paused = again(sandbox, subscription)
    assert (paused.status, paused.latest_invoice) == ("paused", subscription.latest_invoice)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "pause": False})
    gone_on = again(sandbox, subscription)
    assert gone_on.status == "active"
    assert len(paid_parts(sandbox, gone_on.latest_invoice)) == 1
    with pytest.raises(SandboxRefused) as twice:
        sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "pause": False})
    assert twice.value.status == 409


def test_an_invoice_can_be_paid_in_parts_or_by_a_credit(sandbox: SandboxProcess) -> None:
    subscription = subscribed(sandbox)
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "parts": 2})
    sandbox.advance(MONTH)
    in_parts = paid_parts(sandbox, again(sandbox, subscription).latest_invoice)
    assert sorted((each.amount_paid, each.is_default) for each in in_parts) == [(1000, False), (1000, True)]
    sandbox.post("/_sandbox/subscription", {"subscription": subscription.id, "free": True})
    sandbox.advance(MONTH)
    params = {"expand": ["payments"]}
    free = stripe_client(sandbox).v1.invoices.retrieve(again(sandbox, subscription).latest_invoice, params=params)
    assert (free.status, free.amount_due, free.amount_paid, free.payments.data) == ("paid", 0, 0, [])


def test_a_declined_first_payment_leaves_the_session_open(sandbox: SandboxProcess) -> None:
    session = new_monthly(sandbox)
    declined = sandbox.pay(session.id, card=REFUSED_LATER)
    assert (declined["charge_status"], declined["status"]) == ("failed", "open")
    assert sandbox.pay(session.id)["payment_status"] == "paid"
    with pytest.raises(SandboxRefused):
        sandbox.pay(new_monthly(sandbox).id, method="acss_debit")


def test_the_amount_and_the_end_change_through_the_api(sandbox: SandboxProcess) -> None:
    client, subscription = stripe_client(sandbox), subscribed(sandbox)
    item = subscription["items"].data[0]
    data = {"currency": "cad", "product": item.price.product, "recurring": {"interval": "month"}, "unit_amount": 3000}
    items = [{"id": item.id, "price_data": data}]
    client.v1.subscriptions.update(subscription.id, params={"items": items, "proration_behavior": "none"})
    sandbox.advance(MONTH)
    assert paid_parts(sandbox, again(sandbox, subscription).latest_invoice)[0].amount_paid == 3000
    asked = client.v1.subscriptions.update(subscription.id, params={"cancel_at_period_end": True})
    assert asked.cancel_at == asked["items"].data[0].current_period_end
    sandbox.advance(MONTH)
    assert again(sandbox, subscription).status == "canceled"


def act(sandbox: SandboxProcess, address: str, **form: str) -> tuple[int, str]:
    path = urlsplit(address).path
    status, _, text = http_call(sandbox, "POST", path, urlencode(form))
    return status, text


def test_the_portal_changes_and_stops_it(sandbox: SandboxProcess) -> None:
    client, subscription = stripe_client(sandbox), subscribed(sandbox)
    params = {"customer": subscription.customer, "return_url": "http://127.0.0.1:1/gift/x", "locale": "fr-CA"}
    address = client.v1.billing_portal.sessions.create(params=params).url
    _, _, page = http_call(sandbox, "GET", urlsplit(address).path)
    assert "chaque mois" in page
    assert 'href="http://127.0.0.1:1/gift/x"' in page
    mine = {"subscription": subscription.id}
    assert act(sandbox, address, action="amount", amount="35,50", **mine)[0] == 303
    assert act(sandbox, address, action="card", card=REFUSED_LATER, **mine)[0] == 303
    assert act(sandbox, address, action="stop_later", **mine)[0] == 303
    changed = again(sandbox, subscription)
    assert (changed["items"].data[0].price.unit_amount, changed.cancel_at_period_end) == (3550, True)
    act(sandbox, address, action="go_on", **mine)
    assert again(sandbox, subscription).cancel_at_period_end is False
    sandbox.advance(MONTH)
    assert again(sandbox, subscription).status == "past_due"
    act(sandbox, address, action="stop_now", **mine)
    assert again(sandbox, subscription).status == "canceled"


@pytest.mark.parametrize("form", [{"action": "amount", "amount": "ten"}, {"action": "card", "card": "4242"}])
def test_the_portal_says_what_is_wrong(sandbox: SandboxProcess, form: dict[str, str]) -> None:
    subscription = subscribed(sandbox)
    address = stripe_client(sandbox).v1.billing_portal.sessions.create(params={"customer": subscription.customer}).url
    status, page = act(sandbox, address, subscription=subscription.id, **form)
    assert (status, 'role="alert"' in page) == (422, True)
    assert again(sandbox, subscription)["items"].data[0].price.unit_amount == 2000


def test_nobody_else_stops_it(sandbox: SandboxProcess) -> None:
    mine, other = subscribed(sandbox), subscribed(sandbox)
    address = stripe_client(sandbox).v1.billing_portal.sessions.create(params={"customer": other.customer}).url
    assert act(sandbox, address, action="stop_now", subscription=mine.id)[0] == 422
    assert again(sandbox, mine).status == "active"
    assert http_call(sandbox, "GET", "/p/session/bps_nobody")[0] == 404


def test_the_hosted_page_says_every_month(sandbox: SandboxProcess) -> None:
    session = new_monthly(sandbox, locale="en")
    _, _, page = http_call(sandbox, "GET", urlsplit(session.url).path)
    assert "every month" in page
    assert "acss_debit" not in page


def test_a_subscription_of_the_api_needs_a_method(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    product = client.v1.products.create(params={"name": "Gift"})
    data = {"product": product.id, "currency": "cad", "unit_amount": 1500, "recurring": {"interval": "month"}}
    price = client.v1.prices.create(params=data)
    bare = client.v1.customers.create(params={"email": "ann@example.org"})
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        client.v1.subscriptions.create(params={"customer": bare.id, "items": [{"price": price.id}]})
    settings = {"default_payment_method": "pm_card_visa"}
    params = {"payment_method": "pm_card_visa", "invoice_settings": settings}
    customer = client.v1.customers.create(params=params)
    made = client.v1.subscriptions.create(params={"customer": customer.id, "items": [{"price": price.id}]})
    assert made.status == "active"
    client.v1.customers.delete(customer.id)
    assert again(sandbox, made).status == "canceled"


def test_an_intent_of_the_api_is_charged_off_session(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    params: dict[str, Any] = {"amount": 5000, "currency": "cad", "confirm": True, "payment_method": "pm_card_visa"}
    assert client.v1.payment_intents.create(params=params).status == "succeeded"
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(params={**params, "payment_method": "pm_card_chargeDeclined"})
    assert declined.value.code == "card_declined"
    with pytest.raises(stripe.CardError) as asks:
        client.v1.payment_intents.create(params={**params, "payment_method": "pm_card_authenticationRequired"})
    assert asks.value.code == "authentication_required"
    waiting = client.v1.payment_intents.create(params={"amount": 5000, "currency": "cad"})
    confirmed = client.v1.payment_intents.confirm(waiting.id, params={"payment_method": "pm_card_visa"})
    assert confirmed.amount_received == 5000
