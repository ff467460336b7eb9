"""Payouts: money on its way to the bank, what each is made of, and how it ends."""

from dataclasses import dataclass
from itertools import accumulate

from sandbox import balance
from sandbox.clock import DAY, HOUR
from sandbox.errors import NotPossible
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params

PAYOUT = "payout"
SENT_AFTER, ARRIVES_AFTER = HOUR, DAY
FAILURE_CODE = "account_closed"
FAILURE_MESSAGE = "The bank account has been closed."
BANK = "ba_1SandboxRetainer0"


@dataclass(frozen=True)
class Order:
    """What is to be paid out; no amount means all that is available."""

    currency: str
    amount: int | None = None
    automatic: bool = True


def available(sandbox: Sandbox, currency: str) -> list[Obj]:
    """Return the available transactions that no automatic payout has taken yet, oldest first."""
    balance.settle_due(sandbox)
    rows = [
        each
        for each in sandbox.table(balance.BALANCE_TRANSACTION).newest_first()
        if each["currency"] == currency and each["status"] == "available" and "payout" not in sandbox.notes(each["id"])
    ]
    return rows[::-1]


def create_payout(sandbox: Sandbox, order: Order, params: Params | None = None) -> Obj:
    """Send what is available; a negative amount collects it from the bank. Raises NotPossible if there is none."""
    rows = available(sandbox, order.currency)
    total = sum(each["net"] for each in rows)
    amount = total if order.amount is None else order.amount
    if amount == 0 or amount > max(total, 0):
        raise NotPossible(f"{total} {order.currency} are available, so {amount} cannot be paid out.")
    parts = _parts(rows, amount) if order.automatic else None
    payout = _build(sandbox, order, amount, params or {})
    payout["reconciliation_status"] = "not_applicable" if parts is None else "in_progress"
    line = balance.book(
        sandbox, PAYOUT, -amount, payout, category=PAYOUT, description=payout["description"] or "STRIPE PAYOUT", wait=0
    )
    payout["balance_transaction"] = line["id"]
    sandbox.table(PAYOUT).add(payout)
    for each in [] if parts is None else [*parts, line]:
        sandbox.notes(each["id"])["payout"] = payout["id"]
    emit(sandbox, "payout.created", payout)
    return payout


def send(sandbox: Sandbox, payout: Obj) -> None:
    """Hand a pending one to the bank."""
    if payout["status"] == "pending":
        payout["status"] = "in_transit"
        emit(sandbox, "payout.updated", payout, {"status": "pending"})


def arrive(sandbox: Sandbox, payout: Obj) -> None:
    """The bank has it."""
    if payout["status"] != "in_transit":
        return
    payout["status"] = "paid"
    payout["trace_id"] = {"status": "supported", "value": new_id("", 12).upper()}
    payout["arrival_date"] = sandbox.now()
    emit(sandbox, "payout.paid", payout)
    _reconcile(sandbox, payout)


def fail(sandbox: Sandbox, payout: Obj) -> None:
    """The bank sends it back, also after it had been paid."""
    payout.update(status="failed", failure_code=FAILURE_CODE, failure_message=FAILURE_MESSAGE)
    _bring_back(sandbox, payout, "payout_failure")
    emit(sandbox, "payout.failed", payout)
    _reconcile(sandbox, payout)


def cancel(sandbox: Sandbox, payout: Obj) -> None:
    """Stop a pending one."""
    if payout["status"] != "pending":
        raise NotPossible(f"Payout {payout['id']} is {payout['status']}, so it cannot be canceled.")
    payout["status"] = "canceled"
    _bring_back(sandbox, payout, "payout_cancel")
    emit(sandbox, "payout.canceled", payout)
    _reconcile(sandbox, payout)


def let_run(sandbox: Sandbox, payout: Obj) -> None:
    """Send it in an hour of the clock and let it arrive after a day."""
    sandbox.clock.at(sandbox.now() + SENT_AFTER, lambda: send(sandbox, payout))
    sandbox.clock.at(sandbox.now() + ARRIVES_AFTER, lambda: arrive(sandbox, payout))


def _parts(rows: list[Obj], amount: int) -> list[Obj] | None:
    """Return the oldest transactions that add up to an automatic payout, or None where none do."""
    sums = list(accumulate(each["net"] for each in rows))
    return rows[: len(sums) - sums[::-1].index(amount)] if amount in sums else None


def _bring_back(sandbox: Sandbox, payout: Obj, kind: str) -> None:
    line = balance.book(
        sandbox, kind, payout["amount"], payout, category=kind, description=kind.replace("_", " ").upper(), wait=0
    )
    payout["failure_balance_transaction"] = line["id"]


def _reconcile(sandbox: Sandbox, payout: Obj) -> None:
    if payout["reconciliation_status"] == "in_progress":
        payout["reconciliation_status"] = "completed"
        emit(sandbox, "payout.reconciliation_completed", payout)


def _build(sandbox: Sandbox, order: Order, amount: int, params: Params) -> Obj:
    return {
        "id": new_id("po_1"),
        "object": PAYOUT,
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": sandbox.now() + ARRIVES_AFTER,
        "automatic": order.automatic,
        "balance_transaction": None,
        "created": sandbox.now(),
        "currency": order.currency,
        "description": params.get("description", "STRIPE PAYOUT" if order.automatic else None),
        "destination": BANK,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "method": params.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }
