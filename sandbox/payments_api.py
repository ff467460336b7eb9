"""The operations on payment intents, charges and the balance."""

from collections.abc import Iterable
from http import HTTPStatus

from sandbox.balance import BALANCE_TRANSACTION, balance, settle_due
from sandbox.charges import CHARGE
from sandbox.errors import invalid, missing
from sandbox.listing import matching, page
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.payment_intents import CANCELABLE, PAYMENT_INTENT, cancel_intent
from sandbox.state import Sandbox


@operation("GET", "/v1/payment_intents")
def list_intents(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(PAYMENT_INTENT).newest_first(), call.params, ["customer"])
    return page(call, rows, PAYMENT_INTENT)


@operation("GET", "/v1/payment_intents/{intent}")
def retrieve_intent(sandbox: Sandbox, call: Call) -> Obj:
    intent = sandbox.table(PAYMENT_INTENT).get(call.path["intent"])
    if intent is None:
        raise missing(PAYMENT_INTENT, call.path["intent"], "intent")
    return intent


@operation("POST", "/v1/payment_intents/{intent}/cancel")
def cancel(sandbox: Sandbox, call: Call) -> Obj:
    intent = retrieve_intent(sandbox, call)
    if intent["status"] not in CANCELABLE:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a"
            f" PaymentIntent with one of the following statuses may be canceled: {', '.join(sorted(CANCELABLE))}."
        )
        raise invalid(message, code="payment_intent_unexpected_state")
    cancel_intent(sandbox, intent, call.params.get("cancellation_reason"))
    return intent


@operation("GET", "/v1/charges")
def list_charges(sandbox: Sandbox, call: Call) -> Obj:
    fields = ("customer", "payment_intent", "transfer_group")
    return page(call, matching(sandbox.table(CHARGE).newest_first(), call.params, fields), CHARGE)


@operation("GET", "/v1/charges/{charge}")
def retrieve_charge(sandbox: Sandbox, call: Call) -> Obj:
    charge = sandbox.table(CHARGE).get(call.path["charge"])
    if charge is None:
        raise missing(CHARGE, call.path["charge"])
    return charge


@operation("GET", "/v1/balance_transactions")
def list_balance_transactions(sandbox: Sandbox, call: Call) -> Obj:
    settle_due(sandbox)
    rows: Iterable[Obj] = sandbox.table(BALANCE_TRANSACTION).newest_first()
    if "payout" in call.params:
        rows = _of_payout(sandbox, call.params["payout"], rows)
    return page(call, matching(rows, call.params, ("currency", "source", "type")), BALANCE_TRANSACTION)


def _of_payout(sandbox: Sandbox, identifier: str, rows: Iterable[Obj]) -> Iterable[Obj]:
    payout = sandbox.table("payout").get(identifier)
    if payout is None:
        raise missing("payout", identifier, "payout", HTTPStatus.BAD_REQUEST)
    if payout["reconciliation_status"] == "not_applicable":
        raise invalid("Balance transaction history can only be filtered on automatic transfers, not manual.")
    return (each for each in rows if sandbox.notes(each["id"]).get("payout") == identifier)


@operation("GET", "/v1/balance_transactions/{id}")
def retrieve_balance_transaction(sandbox: Sandbox, call: Call) -> Obj:
    settle_due(sandbox)
    transaction = sandbox.table(BALANCE_TRANSACTION).get(call.path["id"])
    if transaction is None:
        raise missing(BALANCE_TRANSACTION, call.path["id"])
    return transaction


@operation("GET", "/v1/balance")
def retrieve_balance(sandbox: Sandbox, call: Call) -> Obj:  # noqa: ARG001  every operation has this shape
    return balance(sandbox)
