"""Payment intents made and confirmed by the API itself, with a kept card or one of Stripe's test methods."""

from http import HTTPStatus

from sandbox import collect
from sandbox.cards import CARDS, NEEDS_AUTHENTICATION, Card, message_of
from sandbox.checkout_rules import check_total
from sandbox.errors import StripeError, invalid, missing
from sandbox.money import CURRENCIES
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.payment_intents import CANCELABLE, PAYMENT_INTENT, create_intent
from sandbox.payment_methods import PAYMENT_METHOD, card_of, create_payment_method, keep_card
from sandbox.state import Sandbox

# pm_card_<name> and tok_<name>
TEST_METHODS = {
    "visa": "4242424242424242",
    "mastercard": "5555555555554444",
    "authenticationRequired": "4000002760003184",
    "bypassPending": "4000000000000077",
    "chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeCustomerFail": "4000000000000341",
    "createDispute": "4000000000000259",
    "createDisputeInquiry": "4000000000001976",
    "pendingRefund": "4000000000007726",
    "refundFail": "4000000000005126",
}


@operation("POST", "/v1/payment_intents")
def create(sandbox: Sandbox, call: Call) -> Obj:
    params = call.params
    if params["currency"] not in CURRENCIES:
        raise invalid(f"Invalid currency: {params['currency'][:20]}.", param="currency")
    check_total(params["amount"], params["currency"])
    if params.get("capture_method") == "manual":
        raise invalid("This sandbox captures at once.", param="capture_method")
    if params.get("customer") and params["customer"] not in sandbox.table("customer"):
        raise missing("customer", params["customer"], "customer", HTTPStatus.BAD_REQUEST)
    paying = _method(sandbox, params["payment_method"]) if "payment_method" in params else None
    terms = {
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount_total": params["amount"],
        "currency": params["currency"],
        "customer": params.get("customer"),
        "payment_method_types": ["card"],
    }
    intent = create_intent(sandbox, terms, params)
    if paying is not None:
        intent.update(status="requires_confirmation", payment_method=paying[0]["id"])
    return _confirm(sandbox, intent) if params.get("confirm") else intent


@operation("POST", "/v1/payment_intents/{intent}/confirm")
def confirm(sandbox: Sandbox, call: Call) -> Obj:
    intent = sandbox.table(PAYMENT_INTENT).get(call.path["intent"])
    if intent is None:
        raise missing(PAYMENT_INTENT, call.path["intent"], "intent")
    if intent["status"] not in CANCELABLE:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."
        raise invalid(message, code="payment_intent_unexpected_state")
    if "payment_method" in call.params:
        method, _ = _method(sandbox, call.params["payment_method"])
        intent["payment_method"] = method["id"]
    return _confirm(sandbox, intent)


def use_method(sandbox: Sandbox, identifier: str) -> Obj:
    """Return a kept method, or a new one of a test name (`pm_card_visa`, `tok_visa`)."""
    return _method(sandbox, identifier)[0]


def _confirm(sandbox: Sandbox, intent: Obj) -> Obj:
    if not intent["payment_method"]:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(message, code="payment_intent_unexpected_state")
    method, card = _method(sandbox, intent["payment_method"])
    why = NEEDS_AUTHENTICATION if card.special == "authenticate_always" else card.decline
    if why is None:
        charge = collect.take(sandbox, intent, method, card)
        collect.tell(sandbox, intent, charge)
        collect.dispute_by_card(sandbox, charge, card)
        return intent
    charge = collect.decline(sandbox, intent, method, card, why)
    raise StripeError(
        HTTPStatus.PAYMENT_REQUIRED,
        "card_error",
        message_of(why),
        code=why[0],
        decline_code=why[1],
        charge=charge["id"],
        payment_intent=dict(intent),
    )


def _method(sandbox: Sandbox, identifier: str) -> tuple[Obj, Card]:
    known = sandbox.table(PAYMENT_METHOD).get(identifier)
    if known is not None and "card" in sandbox.notes(identifier):
        return known, card_of(sandbox, known)
    number = TEST_METHODS.get(identifier.removeprefix("pm_card_").removeprefix("tok_"))
    if number is None or identifier == number:
        raise missing("PaymentMethod", identifier, "payment_method", HTTPStatus.BAD_REQUEST)
    method = create_payment_method(sandbox, CARDS[number], None, None)
    keep_card(sandbox, method, CARDS[number], None)
    return method, CARDS[number]
