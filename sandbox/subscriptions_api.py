"""The subscription operations of the API."""

from collections.abc import Iterable
from http import HTTPStatus

from sandbox import billing
from sandbox.checkout_rules import check_price
from sandbox.errors import invalid, missing
from sandbox.listing import matching, page
from sandbox.objects import Obj, merged
from sandbox.operations import Call, operation
from sandbox.prices import PRICE, create_price
from sandbox.state import Sandbox
from sandbox.subscriptions import (
    SUBSCRIPTION,
    cancel_at_period_end,
    change,
    create_subscription,
    end,
    set_amount,
)
from sandbox.wire import Params

OVER = frozenset({"canceled", "incomplete_expired"})
CHANGEABLE = ("default_payment_method", "description")
ONE = "/v1/subscriptions/{subscription_exposed_id}"


@operation("GET", "/v1/subscriptions")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    """Return those that go on, unless `status` asks for others or for all."""
    rows: Iterable[Obj] = sandbox.table(SUBSCRIPTION).newest_first()
    status = call.params.get("status")
    if status is None:
        rows = (each for each in rows if each["status"] not in OVER)
    elif status == "ended":
        rows = (each for each in rows if each["status"] in OVER)
    elif status != "all":
        rows = (each for each in rows if each["status"] == status)
    if "price" in call.params:
        rows = (each for each in rows if _has_price(each, call.params["price"]))
    return page(call, matching(rows, call.params, ("customer", "collection_method")), SUBSCRIPTION)


@operation("GET", ONE)
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    subscription = sandbox.table(SUBSCRIPTION).get(call.path["subscription_exposed_id"])
    if subscription is None:
        raise missing(SUBSCRIPTION, call.path["subscription_exposed_id"])
    return subscription


@operation("POST", "/v1/subscriptions")
def create(sandbox: Sandbox, call: Call) -> Obj:
    params = call.params
    customer = sandbox.table("customer").get(params.get("customer", ""))
    if customer is None:
        raise missing("customer", params.get("customer", ""), "customer", HTTPStatus.BAD_REQUEST)
    if not params.get("items"):
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    lines = [
        (_price(sandbox, item, f"items[{index}]"), item.get("quantity", 1))
        for index, item in enumerate(params["items"])
    ]
    billing.method_of(sandbox, {"customer": customer["id"], **_method(params)})
    subscription = create_subscription(sandbox, customer, lines, params)
    billing.begin(sandbox, subscription)
    return subscription


@operation("POST", ONE)
def update(sandbox: Sandbox, call: Call) -> Obj:
    """Change the amount, ask it to end, or set what changes no money. Nothing is prorated here."""
    subscription, params = _going_on(sandbox, call), call.params
    for index, item in enumerate(params.get("items", [])):
        _change_item(sandbox, subscription, item, f"items[{index}]")
    if "cancel_at_period_end" in params:
        wanted, details = params["cancel_at_period_end"], params.get("cancellation_details")
        cancel_at_period_end(sandbox, subscription, wanted=wanted, details=details)
    changes: Obj = {name: params[name] for name in CHANGEABLE if name in params}
    if "metadata" in params:
        changes["metadata"] = merged(subscription["metadata"], params["metadata"])
    change(sandbox, subscription, changes)
    return subscription


@operation("DELETE", ONE)
def cancel(sandbox: Sandbox, call: Call) -> Obj:
    subscription = _going_on(sandbox, call)
    end(sandbox, subscription, "cancellation_requested", call.params.get("cancellation_details"))
    return subscription


def _going_on(sandbox: Sandbox, call: Call) -> Obj:
    subscription = retrieve(sandbox, call)
    if subscription["status"] in OVER:
        raise missing(SUBSCRIPTION, subscription["id"])
    return subscription


def _method(params: Params) -> Obj:
    return {"default_payment_method": params.get("default_payment_method")}


def _has_price(subscription: Obj, price_id: str) -> bool:
    return any(item["price"]["id"] == price_id for item in subscription["items"]["data"])


def _price(sandbox: Sandbox, item: Params, name: str) -> Obj:
    if "price_data" in item:
        check_price(item["price_data"], f"{name}[price_data]")
        return create_price(sandbox, item["price_data"], f"{name}[price_data]")
    price = sandbox.table(PRICE).get(item.get("price", ""))
    if price is None:
        raise missing(PRICE, item.get("price", ""), f"{name}[price]", HTTPStatus.BAD_REQUEST)
    if not price["recurring"]:
        message = "The price specified is set to `type=one_time` but this field only accepts prices with"
        raise invalid(f"{message} `type=recurring`.", param=f"{name}[price]")
    return price


def _change_item(sandbox: Sandbox, subscription: Obj, change_to: Params, name: str) -> None:
    known = subscription["items"]["data"]
    item = next((each for each in known if each["id"] == change_to.get("id")), None)
    if item is None:
        raise missing("subscription item", change_to.get("id", ""), f"{name}[id]", HTTPStatus.BAD_REQUEST)
    price = item["price"]
    if "price_data" in change_to or "price" in change_to:
        price = _price(sandbox, change_to, name)
    if price["currency"] != subscription["currency"]:
        raise invalid("A subscription keeps its currency.", param=f"{name}[price]")
    if price["recurring"] != item["price"]["recurring"]:
        raise invalid("In this sandbox a subscription keeps its interval.", param=f"{name}[price]")
    set_amount(sandbox, subscription, item, price, change_to.get("quantity", item["quantity"]))
