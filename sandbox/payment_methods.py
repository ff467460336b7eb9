"""Payment methods: the card or bank account a payment was made with, as an object and as a charge shows it."""

from sandbox.cards import Card
from sandbox.errors import invalid, missing
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import NO_ADDRESS, Obj
from sandbox.operations import Call, operation
from sandbox.state import Sandbox

PAYMENT_METHOD = "payment_method"
EXPIRES_YEAR = 2034
BANK = {
    "bank_name": "STRIPE TEST BANK",
    "fingerprint": "Xt5EWLLDS7FJjR1c",
    "institution_number": "000",
    "last4": "6789",
    "transit_number": "11000",
}


def create_payment_method(sandbox: Sandbox, card: Card | None, email: str | None, name: str | None) -> Obj:
    """Make the method of one payment; without a card it is a pre-authorised debit."""
    method: Obj = {
        "id": new_id("pm_1"),
        "object": PAYMENT_METHOD,
        "allow_redisplay": "limited",
        "billing_details": billing_details(email, name),
        "created": sandbox.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card" if card else "acss_debit",
    }
    method[method["type"]] = _card_object(card) if card else dict(BANK)
    return sandbox.table(PAYMENT_METHOD).add(method)


def keep_card(sandbox: Sandbox, method: Obj, card: Card, customer_id: str | None) -> Obj:
    """Remember the card of a method and, with a customer, attach it, so that it can be charged again."""
    sandbox.notes(method["id"])["card"] = card
    if customer_id is not None:
        method["customer"] = customer_id
        emit(sandbox, "payment_method.attached", method)
    return method


def card_of(sandbox: Sandbox, method: Obj) -> Card:
    """Return the test card that a kept method stands for."""
    card: Card = sandbox.notes(method["id"])["card"]
    return card


def billing_details(email: str | None, name: str | None) -> Obj:
    return {"address": dict(NO_ADDRESS), "email": email, "name": name, "phone": None, "tax_id": None}


def details_for_charge(card: Card | None) -> Obj:
    """Return `payment_method_details` of a charge."""
    if card is None:
        return {"acss_debit": {**BANK, "mandate": new_id("mandate_1")}, "type": "acss_debit"}
    shown = {
        **_common(card),
        "amount_authorized": None,
        "authorization_code": "123456",
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
    return {"card": shown, "type": "card"}


def _common(card: Card) -> Obj:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": card.country,
        "exp_month": 12,
        "exp_year": EXPIRES_YEAR,
        "fingerprint": f"sandbox{card.last4}",
        "funding": "credit",
        "last4": card.last4,
        "regulated_status": "unregulated",
    }


def _card_object(card: Card) -> Obj:
    return {
        **_common(card),
        "display_brand": card.brand,
        "generated_from": None,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


@operation("GET", "/v1/payment_methods/{payment_method}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    identifier = call.path["payment_method"]
    method = sandbox.table(PAYMENT_METHOD).get(identifier)
    if method is None:
        raise missing("PaymentMethod", identifier, "payment_method")
    return method


@operation("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(sandbox: Sandbox, call: Call) -> Obj:
    method = retrieve(sandbox, call)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"] = None
    emit(sandbox, "payment_method.detached", method)
    return method
