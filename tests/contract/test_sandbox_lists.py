"""Every list pages as Stripe pages, and the operations that no story needs answer in their published shape."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import SECRET, WebhookSink, gift, paid_session, stripe_client, wait_until_delivered
from tests.fixtures.sandbox_process import SandboxProcess

LISTS = (
    "balance_transactions",
    "charges",
    "checkout.sessions",
    "customers",
    "disputes",
    "events",
    "invoice_payments",
    "invoices",
    "payment_intents",
    "payouts",
    "prices",
    "products",
    "refunds",
    "setup_intents",
    "subscriptions",
    "webhook_endpoints",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """One where there are two or more of everything."""
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        for _ in range(2):
            _live(process)
        yield process
        wait_until_delivered(process)


def _live(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    setup = {"mode": "setup", "currency": "cad", "success_url": "http://127.0.0.1:1/kept"}
    sandbox.pay(client.v1.checkout.sessions.create(params=setup).id)
    params = gift(mode="subscription")
    del params["payment_intent_data"]
    params["line_items"][0]["price_data"]["recurring"] = {"interval": "month"}
    sandbox.pay(client.v1.checkout.sessions.create(params=params).id)
    session = paid_session(sandbox)
    client.v1.refunds.create(params={"payment_intent": session.payment_intent.id, "amount": 1000})
    sandbox.dispute(session.payment_intent.latest_charge.id)
    sandbox.advance(3 * 86400)
    sandbox.pay_out()
    client.v1.webhook_endpoints.create(params={"url": "https://127.0.0.1:1/", "enabled_events": ["charge.expired"]})


def listing(sandbox: SandboxProcess, name: str) -> Any:
    found = stripe_client(sandbox).v1
    for part in name.split("."):
        found = getattr(found, part)
    return found.list


@pytest.mark.parametrize("name", LISTS)
def test_a_list_reads_the_same_forwards_and_backwards(sandbox: SandboxProcess, name: str) -> None:
    listed = listing(sandbox, name)
    rows = [each.id for each in listed(params={"limit": 100}).data]
    assert len(rows) >= 2
    first = listed(params={"limit": 1})
    assert ([each.id for each in first.data], first.has_more) == (rows[:1], True)
    assert [each.id for each in listed(params={"limit": 1}).auto_paging_iter()] == rows
    before_last = {"limit": 1, "ending_before": rows[-1]}
    assert [each.id for each in listed(params=before_last).data] == [rows[-2]]
    assert [each.id for each in listed(params=before_last).auto_paging_iter()] == rows[-2::-1]
    with pytest.raises(stripe.InvalidRequestError):
        listed(params={"starting_after": "nobody"})


def test_the_rest_of_the_operations_answer(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox).v1
    assert client.accounts.retrieve_current().default_currency == "cad"
    session = client.checkout.sessions.create(params=gift())
    assert client.checkout.sessions.update(session.id, params={"metadata": {"a": "b"}}).metadata["a"] == "b"
    assert client.checkout.sessions.line_items.list(session.id).data[0].amount_total == 6250
    customer = client.customers.create(params={"email": "ann@example.org"})
    client.customers.update(customer.id, params={"name": "Ann"})
    assert client.customers.retrieve(customer.id).name == "Ann"
    product = client.products.create(params={"name": "Gift"})
    client.products.update(product.id, params={"name": "Monthly gift"})
    assert client.products.retrieve(product.id).name == "Monthly gift"
    price = client.prices.create(params={"product": product.id, "currency": "cad", "unit_amount": 500})
    assert client.prices.retrieve(price.id).unit_amount == 500
    refund = client.refunds.list().data[0]
    assert client.refunds.update(refund.id, params={"metadata": {"a": "b"}}).metadata["a"] == "b"
    paid = client.invoice_payments.list().data[0]
    assert client.invoice_payments.retrieve(paid.id).status == "paid"
    method = client.payment_intents.retrieve(paid.payment.payment_intent).payment_method
    assert client.payment_methods.retrieve(method).type == "card"
    event = client.events.list().data[0]
    assert client.events.retrieve(event.id).type == event.type


def test_an_intent_that_waits_can_be_cancelled(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox).v1
    waiting = client.payment_intents.create(params={"amount": 5000, "currency": "cad"})
    assert client.payment_intents.cancel(waiting.id).status == "canceled"
    refused = client.checkout.sessions.create(
        params={"mode": "setup", "currency": "cad", "success_url": "http://127.0.0.1:1/kept"}
    )
    kept = sandbox.pay(refused.id, card="4000000000000002")["setup_intent"]
    assert client.setup_intents.cancel(kept).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.setup_intents.cancel(kept)


def test_an_endpoint_of_the_api_is_changed_and_removed(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox).v1
    params: Any = {"url": "http://127.0.0.1:1/hook", "enabled_events": ["charge.expired"]}
    made = client.webhook_endpoints.create(params=params)
    assert made.secret.startswith("whsec_")
    assert client.webhook_endpoints.update(made.id, params={"disabled": True}).status == "disabled"
    assert client.webhook_endpoints.retrieve(made.id).status == "disabled"
    assert client.webhook_endpoints.delete(made.id).deleted is True
