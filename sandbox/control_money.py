"""The controls that move money as banks and Stripe do: disputes, payouts, refunds, rates, odd lines."""

import re
from decimal import Decimal

from sandbox import balance, conversion, disputes, fraud_warnings, payouts, refunds
from sandbox.charges import CHARGE
from sandbox.control_door import Unusable, blueprint, choice, find, number, read_body, the_sandbox, told
from sandbox.money import CURRENCIES
from sandbox.objects import Obj
from sandbox.state import Sandbox

DISPUTED = ("open", "won", "lost", "partial", "inquiry")
DECIDED = ("open", "won", "lost", "partial", "closed")
PAID_OUT = ("paid", "failed", "failed_after_paid", "canceled")
REFUNDED = ("fail", "succeed", "cancel")
RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
KIND = re.compile(r"[a-z_]{3,60}")


@blueprint.post("/dispute")
def dispute() -> Obj:
    """Dispute a charge and play all that follows, or move a dispute on."""
    sandbox, body = the_sandbox(), read_body()
    with sandbox.lock:
        if "dispute" in body:
            outcome = choice(body, "outcome", DECIDED)
            found = find(sandbox, disputes.DISPUTE, body, "dispute")
        else:
            outcome = choice(body, "outcome", DISPUTED, "open")
            charge = find(sandbox, CHARGE, body, "charge")
            amount = number(body, "amount", 1)
            found = disputes.open_dispute(sandbox, charge, amount, inquiry=outcome == "inquiry")
        _move_on(sandbox, found, outcome, body)
        return told(found, "status", "amount", "currency", "charge")


def _move_on(sandbox: Sandbox, dispute: Obj, outcome: str, body: Obj) -> None:
    if outcome == "won":
        disputes.win(sandbox, dispute)
    elif outcome == "lost":
        disputes.lose(sandbox, dispute)
    elif outcome == "partial":
        half = dispute["amount"] // 2
        disputes.lose(sandbox, dispute, reinstated=number(body, "reinstated", 1, half) or 0)
    elif outcome == "closed":
        disputes.close_inquiry(sandbox, dispute)
    elif "dispute" in body:
        disputes.escalate(sandbox, dispute)


@blueprint.post("/payout")
def payout() -> Obj:
    """Pay out and play all that follows; the amount may be negative."""
    sandbox, body = the_sandbox(), read_body()
    outcome = choice(body, "outcome", PAID_OUT, "paid")
    amount = body.get("amount")
    if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool)):
        raise Unusable("`amount` must be a whole number.")
    order = payouts.Order(_currency(body, "currency", "cad"), amount, automatic=body.get("automatic", True) is True)
    with sandbox.lock:
        made = payouts.create_payout(sandbox, order)
        if outcome == "canceled":
            payouts.cancel(sandbox, made)
        else:
            payouts.send(sandbox, made)
        if outcome in {"paid", "failed_after_paid"}:
            payouts.arrive(sandbox, made)
        if outcome in {"failed", "failed_after_paid"}:
            payouts.fail(sandbox, made)
        return told(made, "status", "amount", "currency", "automatic", "reconciliation_status")


@blueprint.post("/refund")
def refund() -> Obj:
    """End a refund otherwise than it would by itself."""
    sandbox, body = the_sandbox(), read_body()
    outcome = choice(body, "outcome", REFUNDED)
    with sandbox.lock:
        found = find(sandbox, refunds.REFUND, body, "refund")
        ending = {"fail": refunds.fail_refund, "succeed": refunds.succeed_refund, "cancel": refunds.cancel_refund}
        ending[outcome](sandbox, found)
        return told(found, "status", "amount", "currency", "charge")


@blueprint.post("/settle_in")
def settle_in() -> Obj:
    """Let later payments in a currency settle in another one, or (`off`) in their own again."""
    sandbox, body = the_sandbox(), read_body()
    currency, into = _currency(body, "currency"), str(body.get("into", "off"))
    rate = None
    if into != "off" and body.get("rate") != "off":
        text = str(body.get("rate"))
        if not RATE.fullmatch(text) or not Decimal(text):
            raise Unusable("`rate` must be a number above 0, written as a string.")
        rate = conversion.Rate(_currency(body, "into"), Decimal(text))
    with sandbox.lock:
        conversion.set_rate(sandbox, currency, rate)
    return {"currency": currency, "into": rate.into if rate else currency, "rate": str(rate.rate) if rate else None}


@blueprint.post("/balance_transaction")
def balance_transaction() -> Obj:
    """Book one line of any type, as Stripe does for its own costs, reserves and what nobody expects."""
    sandbox, body = the_sandbox(), read_body()
    kind, amount = str(body.get("type")), body.get("amount")
    category = str(body.get("reporting_category", _category(kind)))
    if not KIND.fullmatch(kind) or not KIND.fullmatch(category):
        raise Unusable("`type` and `reporting_category` are words of small letters.")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Unusable("`amount` must be a whole number.")
    source = {"id": body.get("source"), "currency": _currency(body, "currency", "cad")}
    wait, charged = number(body, "wait", 0, 0) or 0, number(body, "fee", 0, 0) or 0
    with sandbox.lock:
        line = balance.book(
            sandbox,
            kind,
            amount,
            source,
            category=category,
            description=body.get("description"),
            charged=charged,
            wait=wait,
        )
        return dict(line)


@blueprint.post("/fraud_warning")
def fraud_warning() -> Obj:
    """Say that a bank suspects a charge."""
    sandbox, body = the_sandbox(), read_body()
    with sandbox.lock:
        return dict(fraud_warnings.warn(sandbox, find(sandbox, CHARGE, body, "charge")))


def _category(kind: str) -> str:
    """Return Stripe's reporting category of a type; most are called the same."""
    renamed = {"stripe_fee": "fee", "stripe_fx_fee": "fee", "tax_fee": "tax", "adjustment": "other_adjustment"}
    renamed |= {"reserve_hold": "risk_reserved_funds", "reserve_release": "risk_reserved_funds"}
    return renamed.get(kind, kind)


def _currency(body: Obj, name: str, default: str | None = None) -> str:
    value = str(body.get(name, default)).lower()
    if value not in CURRENCIES:
        raise Unusable(f"`{name}` must be a currency.")
    return value
