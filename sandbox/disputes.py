"""Disputes: a bank takes a payment back, or asks about it, and how that ends."""

import copy

from sandbox import balance
from sandbox.charges import CHARGE
from sandbox.clock import DAY
from sandbox.conversion import rate_for
from sandbox.errors import NotPossible
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.money import THREE_DECIMAL
from sandbox.objects import Obj
from sandbox.state import Sandbox

DISPUTE = "dispute"
ANSWER_WITHIN = 9 * DAY
FEE, FEE_THREE_DECIMALS = 1500, 15000
OPEN = frozenset({"needs_response", "under_review"})
INQUIRY = frozenset({"warning_needs_response", "warning_under_review"})
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file",
    "uncategorized_text",
)  # fmt: skip


def of_charge(sandbox: Sandbox, charge_id: str) -> list[Obj]:
    """Return the disputes of a charge, newest first."""
    return [each for each in sandbox.table(DISPUTE).newest_first() if each["charge"] == charge_id]


def taken(sandbox: Sandbox, charge_id: str) -> int:
    """Return what disputes that are open or lost took of a charge, in its own currency."""
    return sum(int(sandbox.notes(each["id"])["taken"]) for each in of_charge(sandbox, charge_id))


def open_dispute(sandbox: Sandbox, charge: Obj, amount: int | None = None, *, inquiry: bool = False) -> Obj:
    """Dispute a paid charge, wholly or in part; raises NotPossible for what no bank could take back."""
    left = charge["amount"] - charge["amount_refunded"] - taken(sandbox, charge["id"])
    amount = left if amount is None else amount
    if charge["status"] != "succeeded":
        raise NotPossible(f"Charge {charge['id']} has not succeeded, so it cannot be disputed.")
    if not 0 < amount <= left:
        raise NotPossible(f"Of charge {charge['id']} {left} can be disputed, not {amount}.")
    dispute = _build(sandbox, charge, amount, inquiry=inquiry)
    sandbox.table(DISPUTE).add(dispute)
    sandbox.notes(dispute["id"])["taken"] = 0
    charge["disputed"] = True
    if inquiry:
        emit(sandbox, "charge.dispute.created", dispute)
        return dispute
    withdrawal = _withdraw(sandbox, charge, dispute)
    emit(sandbox, "charge.dispute.created", {**dispute, "balance_transactions": []})
    dispute["balance_transactions"] = [withdrawal]
    emit(sandbox, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def escalate(sandbox: Sandbox, dispute: Obj) -> None:
    """Turn an inquiry into a dispute: now the money is taken."""
    if dispute["status"] not in INQUIRY:
        raise NotPossible(f"Dispute {dispute['id']} is no open inquiry.")
    was = dispute["status"]
    charge = charge_of(sandbox, dispute)
    dispute.update(status="needs_response", is_charge_refundable=False)
    if "payment_method_details" in dispute:
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    emit(sandbox, "charge.dispute.updated", dispute, {"is_charge_refundable": True, "status": was})
    dispute["balance_transactions"] = [_withdraw(sandbox, charge, dispute)]
    emit(sandbox, "charge.dispute.funds_withdrawn", dispute)


def submit(sandbox: Sandbox, dispute: Obj) -> None:
    """Send the evidence to the bank."""
    details = dispute["evidence_details"]
    previous = {"evidence_details": copy.deepcopy(details), "status": dispute["status"]}
    details.update(has_evidence=True, submission_count=details["submission_count"] + 1)
    dispute["status"] = "warning_under_review" if dispute["status"] in INQUIRY else "under_review"
    emit(sandbox, "charge.dispute.updated", dispute, previous)


def win(sandbox: Sandbox, dispute: Obj) -> None:
    """The bank gives all of it back; the fee stays with Stripe."""
    _need_open(dispute)
    if dispute["status"] == "needs_response":
        submit(sandbox, dispute)
    was = dispute["status"]
    back = _reinstate(sandbox, dispute, dispute["amount"])
    dispute["status"] = "won"
    dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
    emit(sandbox, "charge.dispute.closed", dispute, {"status": was})
    emit(sandbox, "charge.dispute.funds_reinstated", dispute)


def lose(sandbox: Sandbox, dispute: Obj, *, reinstated: int = 0) -> None:
    """The bank keeps it. With `reinstated` (minor units) a part comes back: Stripe calls that lost all the same."""
    _need_open(dispute)
    was = dispute["status"]
    dispute["status"] = "lost"
    emit(sandbox, "charge.dispute.closed", dispute, {"status": was})
    if reinstated:
        back = _reinstate(sandbox, dispute, reinstated)
        dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
        emit(sandbox, "charge.dispute.funds_reinstated", dispute)


def close_inquiry(sandbox: Sandbox, dispute: Obj) -> None:
    """Nothing came of it."""
    if dispute["status"] not in INQUIRY:
        raise NotPossible(f"Dispute {dispute['id']} is no open inquiry.")
    was = dispute["status"]
    dispute["status"] = "warning_closed"
    emit(sandbox, "charge.dispute.closed", dispute, {"status": was})


def charge_of(sandbox: Sandbox, dispute: Obj) -> Obj:
    return sandbox.table(CHARGE).get(dispute["charge"]) or {}


def _need_open(dispute: Obj) -> None:
    if dispute["status"] not in OPEN:
        raise NotPossible(f"Dispute {dispute['id']} is {dispute['status']}, so it cannot be decided.")


def _withdraw(sandbox: Sandbox, charge: Obj, dispute: Obj) -> Obj:
    rate = rate_for(sandbox, charge)
    currency = rate.into if rate else charge["currency"]
    sandbox.notes(dispute["id"])["taken"] = dispute["amount"]
    return balance.book(
        sandbox,
        "adjustment",
        -dispute["amount"],
        dispute,
        category="dispute",
        description=f"Chargeback withdrawal for {charge['id']}",
        charged=FEE_THREE_DECIMALS if currency in THREE_DECIMAL else FEE,
        charged_for="Dispute fee",
        wait=0,
        rate=rate,
    )


def _reinstate(sandbox: Sandbox, dispute: Obj, amount: int) -> Obj:
    sandbox.notes(dispute["id"])["taken"] -= amount
    charge = charge_of(sandbox, dispute)
    return balance.book(
        sandbox,
        "adjustment",
        amount,
        dispute,
        category="dispute_reversal",
        description=f"Chargeback reversal for {charge['id']}",
        wait=0,
        rate=rate_for(sandbox, charge),
    )


def _build(sandbox: Sandbox, charge: Obj, amount: int, *, inquiry: bool) -> Obj:
    dispute: Obj = {
        "id": new_id("du_1"),
        "object": DISPUTE,
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": sandbox.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": sandbox.now() + ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "general" if inquiry else "fraudulent",
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    card = charge["payment_method_details"].get("card")
    if card:
        case = "inquiry" if inquiry else "chargeback"
        shown = {"brand": card["brand"], "case_type": case, "network": card["brand"], "network_reason_code": "10.4"}
        dispute["payment_method_details"] = {"card": shown, "type": "card"}
    return dispute
