"""Checkout sessions: how one is made and how it expires."""

import copy
from http import HTTPStatus

from sandbox import payment_intents
from sandbox.checkout_rules import LONGEST, check_session
from sandbox.errors import missing
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.line_items import build_line_items
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params

SESSION, CUSTOMER = "checkout.session", "customer"
DEBIT_CURRENCIES = frozenset({"cad", "usd"})


def get_session(sandbox: Sandbox, identifier: str) -> Obj:
    session = sandbox.table(SESSION).get(identifier)
    if session is None:
        raise missing(SESSION, identifier, "session")
    return session


def create_session(sandbox: Sandbox, params: Params) -> Obj:
    """Make an open session from checked parameters and set its expiry on the clock."""
    check_session(params, sandbox.now())
    if params.get("customer") and params["customer"] not in sandbox.table(CUSTOMER):
        raise missing(CUSTOMER, params["customer"], "customer", HTTPStatus.BAD_REQUEST)
    items = build_line_items(sandbox, params) if params["mode"] != "setup" else []
    session = _build(sandbox, params, items)
    sandbox.table(SESSION).add(session)
    notes = sandbox.notes(session["id"])
    notes["line_items"] = items
    notes["payment_intent_data"] = params.get("payment_intent_data") or {}
    notes["setup_intent_data"] = params.get("setup_intent_data") or {}
    notes["subscription_data"] = params.get("subscription_data") or {}
    if session["mode"] == "subscription":
        notes["payment_intent_data"] = {"description": "Subscription creation", "setup_future_usage": "off_session"}
    sandbox.clock.at(session["expires_at"], lambda: _expire_when_open(sandbox, session))
    return session


def expire_session(sandbox: Sandbox, session: Obj) -> None:
    """Close an open session for good, and with it the payment that was tried."""
    session.update(status="expired", url=None)
    intent = sandbox.table(payment_intents.PAYMENT_INTENT).get(sandbox.notes(session["id"]).get("intent", ""))
    if intent is not None and intent["status"] in payment_intents.CANCELABLE:
        payment_intents.cancel_intent(sandbox, intent, "expired")
    emit(sandbox, "checkout.session.expired", session)


def _expire_when_open(sandbox: Sandbox, session: Obj) -> None:
    if session["status"] == "open" and session["id"] in sandbox.table(SESSION):
        expire_session(sandbox, session)


def _methods(params: Params, currency: str | None) -> list[str]:
    debit = currency in DEBIT_CURRENCIES and params["mode"] == "payment"
    offered = ["card", "acss_debit"] if debit else ["card"]
    allowed = params.get("allowed_payment_method_types")
    refused = params.get("excluded_payment_method_types") or []
    return [each for each in offered if (not allowed or each in allowed) and each not in refused]


# What no session sets here, or every one starts with.
SAME_FOR_ALL: Obj = {
    "after_expiration": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
    "customer_account": None,
    "discounts": [],
    "invoice": None,
    "invoice_creation": {"enabled": False},
    "livemode": False,
    "managed_payments": {"enabled": False},
    "payment_intent": None,
    "payment_link": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "status": "open",
    "subscription": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "wallet_options": None,
}


def _build(sandbox: Sandbox, params: Params, items: list[Obj]) -> Obj:
    identifier = new_id("cs_test_a1", 56)
    now = sandbox.now()
    total = sum(item["amount_total"] for item in items) if items else None
    currency = items[0]["currency"] if items else params.get("currency")
    return {
        **copy.deepcopy(SAME_FOR_ALL),
        "id": identifier,
        "object": SESSION,
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing") == {"enabled": "true"}},
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now,
        "currency": currency,
        "customer": params.get("customer"),
        "customer_creation": _customer_creation(params),
        "customer_details": _details(params.get("customer_email")),
        "customer_email": params.get("customer_email"),
        "expires_at": params.get("expires_at", now + LONGEST),
        "integration_identifier": params.get("integration_identifier"),
        "locale": params.get("locale"),
        "metadata": params.get("metadata") or {},
        "mode": params["mode"],
        "origin_context": params.get("origin_context"),
        "payment_method_collection": "if_required" if params["mode"] == "payment" else "always",
        "payment_method_types": _methods(params, currency),
        "payment_status": "unpaid" if items else "no_payment_required",
        "submit_type": params.get("submit_type"),
        "success_url": params.get("success_url"),
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": f"{sandbox.base_url}/c/pay/{identifier}",
    }


def _customer_creation(params: Params) -> str | None:
    default = None if params["mode"] == "subscription" else "if_required"
    creation: str | None = params.get("customer_creation", default)
    return creation


def _details(email: str | None) -> Obj | None:
    return customer_details(email) if email else None


def customer_details(email: str | None, name: str | None = None) -> Obj:
    """Return what a session shows of the person who paid."""
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }
