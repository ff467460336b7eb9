"""Customers, as far as a payment needs them."""

from sandbox.errors import missing
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.intents_api import use_method
from sandbox.listing import matching, page
from sandbox.objects import NO_ADDRESS, Obj, merged
from sandbox.operations import Call, operation
from sandbox.payment_methods import card_of, keep_card
from sandbox.state import Sandbox
from sandbox.subscriptions import LIVE, SUBSCRIPTION, end
from sandbox.wire import Params

CUSTOMER = "customer"
CHANGEABLE = ("description", "email", "metadata", "name", "phone", "preferred_locales")


def create_customer(sandbox: Sandbox, params: Params) -> Obj:
    """Make a customer from the parameters of its kind."""
    customer: Obj = {
        "id": new_id("cus_", 14),
        "object": CUSTOMER,
        "address": dict(NO_ADDRESS),
        "balance": 0,
        "created": sandbox.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "email": params.get("email"),
        "invoice_prefix": new_id("", 8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "name": params.get("name"),
        "next_invoice_sequence": 1,
        "phone": params.get("phone"),
        "preferred_locales": params.get("preferred_locales") or [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    sandbox.table(CUSTOMER).add(customer)
    emit(sandbox, "customer.created", customer)
    return customer


@operation("POST", "/v1/customers")
def create(sandbox: Sandbox, call: Call) -> Obj:
    customer = create_customer(sandbox, call.params)
    settings = call.params.get("invoice_settings") or {}
    identifier = call.params.get("payment_method") or settings.get("default_payment_method")
    if identifier:
        method = use_method(sandbox, identifier)
        keep_card(sandbox, method, card_of(sandbox, method), customer["id"])
        customer["invoice_settings"]["default_payment_method"] = method["id"] if settings else None
    return customer


@operation("GET", "/v1/customers")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(CUSTOMER).newest_first(), call.params, ["email"])
    return page(call, rows, CUSTOMER)


@operation("GET", "/v1/customers/{customer}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    return _get(sandbox, call)


@operation("POST", "/v1/customers/{customer}")
def update(sandbox: Sandbox, call: Call) -> Obj:
    customer = _get(sandbox, call)
    changes = {key: call.params[key] for key in CHANGEABLE if key in call.params}
    if "metadata" in changes:
        changes["metadata"] = merged(customer["metadata"], changes["metadata"])
    previous = {key: customer[key] for key, value in changes.items() if customer[key] != value}
    customer.update(changes)
    if previous:
        emit(sandbox, "customer.updated", customer, previous)
    return customer


@operation("DELETE", "/v1/customers/{customer}")
def delete(sandbox: Sandbox, call: Call) -> Obj:
    customer = _get(sandbox, call)
    for each in list(sandbox.table(SUBSCRIPTION).newest_first()):
        if each["customer"] == customer["id"] and each["status"] in LIVE:
            end(sandbox, each, "cancellation_requested")
    sandbox.table(CUSTOMER).remove(customer["id"])
    emit(sandbox, "customer.deleted", customer)
    return {"id": customer["id"], "object": CUSTOMER, "deleted": True}


def _get(sandbox: Sandbox, call: Call) -> Obj:
    customer = sandbox.table(CUSTOMER).get(call.path["customer"])
    if customer is None:
        raise missing(CUSTOMER, call.path["customer"])
    return customer
