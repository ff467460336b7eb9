"""The manners of Stripe's API: keys, versions, parameters, errors, expand, pages, idempotency."""

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import KEY, gift, http_call, new_session, paid_session, stripe_client, wait_until
from tests.fixtures.sandbox_process import SandboxProcess

VERSION = "2026-10-28.endive"


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """Not recorded: most of what is sent here is what Stripe refuses."""
    with SandboxProcess.start(recorded=False) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    process.post("/_sandbox/reset")
    return process


def create(sandbox: SandboxProcess, params: dict[str, Any], key: str | None = None) -> Any:
    options = {"idempotency_key": key} if key else {}
    return stripe_client(sandbox).v1.checkout.sessions.create(params=params, options=options)


def refusal(sandbox: SandboxProcess, params: dict[str, Any]) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(sandbox, params)
    assert refused.value.http_status == 400
    return refused.value


def line(**price: Any) -> dict[str, Any]:
    data = {"currency": "cad", "unit_amount": 6250, "product_data": {"name": "Gift"}, **price}
    return {"line_items": [{"quantity": 1, "price_data": data}]}


@pytest.mark.parametrize("key", ["sk_live_1234", "rk_live_1234", "pk_test_1234", "nonsense"])
def test_a_key_that_is_not_a_test_key_is_refused(sandbox: SandboxProcess, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        stripe_client(sandbox, key=key).v1.balance.retrieve()
    assert refused.value.http_status == 401
    assert "sk_test_" in str(refused.value)
    assert key not in str(refused.value)


def test_the_key_may_come_either_way_and_must_come(sandbox: SandboxProcess) -> None:
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    assert http_call(sandbox, "GET", "/v1/balance", authorization=f"Basic {basic}")[0] == 200
    assert http_call(sandbox, "GET", "/v1/balance", authorization="Basic %%%")[0] == 401
    assert http_call(sandbox, "GET", "/v1/balance")[0] == 401


def test_versions_and_addresses_it_does_not_know_are_refused(sandbox: SandboxProcess) -> None:
    auth = {"authorization": f"Bearer {KEY}"}
    status, headers, _ = http_call(sandbox, "GET", "/v1/balance", **auth, stripe_version=VERSION)
    assert (status, headers["stripe-version"]) == (200, VERSION)
    assert headers["request-id"].startswith("req_")
    assert http_call(sandbox, "GET", "/v1/balance", **auth, stripe_version="2024-06-20")[0] == 400
    status, _, body = http_call(sandbox, "GET", "/v1/nothing", **auth)
    assert status == 404
    assert "Unrecognized request URL (GET: /v1/nothing)" in body


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        (gift(payment_method_types=["card"]), "payment_method_types", "parameter_unknown"),
        (gift(colour="blue"), "colour", "parameter_unknown"),
        (gift(**line(tint=1)), "line_items[0][price_data][tint]", "parameter_unknown"),
        ({**gift(), "mode": None}, "mode", "parameter_missing"),
        ({**gift(), "success_url": None}, "success_url", "parameter_missing"),
        ({**gift(), "line_items": None}, "line_items", "parameter_missing"),
        (gift(success_url="thanks"), "success_url", "url_invalid"),
        (gift(submit_type="beg"), "submit_type", None),
        (gift(locale="xx"), "locale", None),
        (gift(customer_email="nobody"), "customer_email", "email_invalid"),
        (gift(client_reference_id="x" * 201), "client_reference_id", None),
        (gift(expires_at=1), "expires_at", None),
        (gift(expires_at="soon"), "expires_at", "parameter_invalid_integer"),
        (gift(metadata={"k" * 41: "v"}), "metadata", None),
        (gift(metadata={"k": "v" * 501}), "metadata[k]", None),
        (gift(metadata={f"k{n}": "v" for n in range(51)}), "metadata", None),
        (gift(subscription_data={"metadata": {"a": "b"}}), "subscription_data", None),
        (gift(payment_intent_data={"statement_descriptor_suffix": "x" * 23}), None, None),
        (gift(payment_intent_data={"statement_descriptor_suffix": "a<b"}), None, None),
        (gift(payment_intent_data={"capture_method": "manual"}), None, None),
        (gift(**line(currency="CAD")), "line_items[0][price_data][currency]", None),
        (gift(**line(currency="xyz")), "line_items[0][price_data][currency]", None),
        (gift(**line(unit_amount=-1)), "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
        (gift(**line(unit_amount="12.5")), "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
        (gift(**line(unit_amount="１２")), "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
        (gift(**line(product_data=None)), "line_items[0][price_data][product]", "parameter_missing"),
        (gift(**line(recurring={"interval": "month"})), "line_items[0][price_data][recurring]", None),
        (gift(49), None, "amount_too_small"),
        (gift(299, "sek"), None, "amount_too_small"),
        (gift(49, "jpy"), None, "amount_too_small"),
        (gift(100_000_000), None, "amount_too_large"),
        (gift(5125, "kwd"), "line_items[0][price_data][unit_amount]", "invalid_amount"),
    ],
)
def test_what_stripe_refuses_is_refused(
    sandbox: SandboxProcess, params: dict[str, Any], param: str | None, code: str | None
) -> None:
    error = refusal(sandbox, {name: value for name, value in params.items() if value is not None})
    assert param is None or error.param == param
    assert code is None or error.code == code


def test_an_error_never_carries_an_empty_code_or_param(sandbox: SandboxProcess) -> None:
    answer = stripe_client(sandbox).raw_request("get", "/v1/balance")
    assert answer.code == 200
    error = json.loads(str(refusal(sandbox, gift(49)).http_body))["error"]
    assert "param" not in error
    assert None not in error.values()


def test_what_does_not_exist_is_missing(sandbox: SandboxProcess) -> None:
    v1 = stripe_client(sandbox).v1
    for retrieve in (
        v1.checkout.sessions.retrieve,
        v1.payment_intents.retrieve,
        v1.charges.retrieve,
        v1.refunds.retrieve,
        v1.balance_transactions.retrieve,
        v1.events.retrieve,
        v1.customers.retrieve,
        v1.webhook_endpoints.retrieve,
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such") as refused:
            retrieve("nobody")
        assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_expand_reaches_four_levels_and_no_further(sandbox: SandboxProcess) -> None:
    session = paid_session(sandbox)
    sessions = stripe_client(sandbox).v1.checkout.sessions
    paths = ["line_items", "payment_intent.latest_charge.balance_transaction.source", "payment_intent.payment_method"]
    full = sessions.retrieve(session.id, params={"expand": paths})
    assert full.payment_intent.latest_charge.balance_transaction.source.id == full.payment_intent.latest_charge.id
    assert full.payment_intent.payment_method.card.last4 == "4242"
    assert full.line_items.data[0].amount_total == 6250
    assert sessions.line_items.list(session.id).data[0].description == "Gift"
    assert "line_items" not in sessions.retrieve(session.id).to_dict()
    listed = sessions.list(params={"payment_intent": full.payment_intent.id, "expand": ["data.payment_intent"]})
    assert [each.payment_intent.id for each in listed.data] == [full.payment_intent.id]
    for path in ("a.b.c.d.e", "amount_total", "nothing", "payment_intent.amount"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            sessions.retrieve(session.id, params={"expand": [path]})


def test_pages_run_newest_first_and_backwards(sandbox: SandboxProcess) -> None:
    ids = [new_session(sandbox).id for _ in range(7)]
    sessions = stripe_client(sandbox).v1.checkout.sessions
    first = sessions.list(params={"limit": 3})
    assert ([each.id for each in first.data], first.has_more) == ([ids[6], ids[5], ids[4]], True)
    last = sessions.list(params={"limit": 3, "starting_after": ids[1]})
    assert ([each.id for each in last.data], last.has_more) == ([ids[0]], False)
    newer = sessions.list(params={"limit": 2, "ending_before": ids[2]})
    assert ([each.id for each in newer.data], newer.has_more) == ([ids[4], ids[3]], True)
    everything = [each.id for each in sessions.list(params={"limit": 2}).auto_paging_iter()]
    assert everything == list(reversed(ids))
    oldest_first = sessions.list(params={"limit": 2, "ending_before": ids[0]}).auto_paging_iter()
    assert [each.id for each in oldest_first] == ids[1:]
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "cs_nobody"}):
        with pytest.raises(stripe.InvalidRequestError):
            sessions.list(params=wrong)


def test_lists_filter_by_moment_and_kind(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    later = sandbox.advance(1000)["now"]
    paid_session(sandbox, 1000)
    v1 = stripe_client(sandbox).v1
    assert [each.amount for each in v1.charges.list(params={"created": {"gte": later}}).data] == [1000]
    assert [each.amount for each in v1.charges.list(params={"created": {"lt": later}}).data] == [6250]
    assert v1.balance_transactions.list(params={"type": "refund"}).data == []
    wanted = ["charge.succeeded", "checkout.session.completed"]
    kinds = [each.type for each in v1.events.list(params={"types": wanted}).data]
    assert kinds == list(reversed(wanted)) * 2
    assert {each.type for each in v1.events.list(params={"type": "charge.*"}).data} == {"charge.succeeded"}
    with pytest.raises(stripe.InvalidRequestError):
        v1.events.list(params={"types": ["charge.updated"] * 21})


def test_a_key_answers_once_and_for_the_same_request_only(sandbox: SandboxProcess) -> None:
    made = create(sandbox, gift(), "gift-1")
    again = create(sandbox, gift(), "gift-1")
    assert again.id == made.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(sandbox, gift(7000), "gift-1")
    assert refused.value.http_status == 400
    assert len(stripe_client(sandbox).v1.checkout.sessions.list().data) == 1
    sandbox.advance(86401)
    assert create(sandbox, gift(), "gift-1").id != made.id


def test_a_refused_request_does_not_use_its_key(sandbox: SandboxProcess) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(sandbox, gift(1), "gift-2")
    assert create(sandbox, gift(), "gift-2").amount_total == 6250


def test_a_key_whose_first_request_still_runs_is_in_use(sandbox: SandboxProcess) -> None:
    sandbox.post("/_sandbox/faults", {"path": "/v1/checkout", "mode": "timeout", "method": "POST", "times": 1})
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(create(sandbox, gift(), "gift-3")))
    first.start()
    wait_until(lambda: stripe_client(sandbox).v1.checkout.sessions.list().data)
    with pytest.raises(stripe.APIError) as refused:
        create(sandbox, gift(), "gift-3")
    assert refused.value.http_status == 409
    assert "idempotency_key_in_use" in str(refused.value.http_body)
    sandbox.post("/_sandbox/faults", {"mode": "off"})
    first.join(10)
    assert create(sandbox, gift(), "gift-3").id == answers[0].id


def test_customers_are_made_kept_and_deleted(sandbox: SandboxProcess) -> None:
    v1 = stripe_client(sandbox).v1
    made = v1.customers.create(params={"email": "donor@example.org", "metadata": {"a": "1", "b": "2"}})
    assert v1.customers.list(params={"email": "donor@example.org"}).data[0].id == made.id
    assert v1.customers.update(made.id, params={"metadata": {"a": ""}}).metadata.to_dict() == {"b": "2"}
    session = create(sandbox, gift(customer=made.id))
    sandbox.pay(session.id)
    assert v1.charges.list(params={"customer": made.id}).data[0].amount == 6250
    assert v1.customers.delete(made.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        create(sandbox, gift(customer=made.id))
    always = create(sandbox, gift(customer_creation="always"))
    sandbox.pay(always.id)
    assert v1.checkout.sessions.retrieve(always.id).customer.startswith("cus_")


@pytest.mark.parametrize(
    "body",
    [
        "adaptive_pricing=yes",
        "line_items=1&mode=payment",
        "line_items[0]=1&mode=payment",
        "mode=payment&mode[x]=1",
        "expand=line_items",
        "[]=1&[a]=2&]=3",
        "mode%00=payment",
        "a" + "[b]" * 5000 + "=1",
        '{"mode": "payment"}',
        "\x00\u00ff%ff%zz",
    ],
)
def test_bodies_that_are_nonsense_are_a_400(sandbox: SandboxProcess, body: str) -> None:
    auth = {"authorization": f"Bearer {KEY}"}
    status, _, text = http_call(sandbox, "POST", "/v1/checkout/sessions", body, **auth)
    assert status == 400
    assert json.loads(text)["error"]["type"] == "invalid_request_error"


def test_the_account_settles_in_canada(sandbox: SandboxProcess) -> None:
    account = stripe_client(sandbox).raw_request("get", "/v1/account")
    assert '"default_currency": "cad"' in account.body


def test_stripes_own_command_line_may_send_what_endive_removed(sandbox: SandboxProcess) -> None:
    body = "payment_method_types[0]=card&mode=payment&success_url=http%3A%2F%2Fx%2Fok&line_items[0][quantity]=2"
    body += "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=500"
    body += "&line_items[0][price_data][product_data][name]=g"
    auth = {"authorization": f"Bearer {KEY}"}
    status, _, text = http_call(
        sandbox, "POST", "/v1/checkout/sessions", body, **auth, user_agent="Stripe/v1 stripe-cli/1.43.0"
    )
    assert status == 200, text
    assert '"amount_total": 1000' in text
    assert http_call(sandbox, "POST", "/v1/checkout/sessions", body, **auth)[0] == 400
