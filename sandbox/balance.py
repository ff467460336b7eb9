"""Balance transactions: the only truth about money, and the balance that is their sum."""

from sandbox.clock import DAY
from sandbox.conversion import Rate, rate_now
from sandbox.documented_types import DOCUMENTED
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.money import fee
from sandbox.objects import Obj
from sandbox.state import Sandbox

BALANCE_TRANSACTION = "balance_transaction"
AVAILABLE_AFTER = 2 * DAY


def book(
    sandbox: Sandbox,
    kind: str,
    amount: int,
    source: Obj,
    *,
    category: str,
    description: str | None = None,
    charged: int = 0,
    charged_for: str = "Stripe processing fees",
    wait: int = AVAILABLE_AFTER,
    rate: Rate | None = None,
) -> Obj:
    """Make one balance transaction of `amount` (signed, minor units of the source's currency) less a fee.

    `charged` is the fee in the currency it settles in; `category` the reporting_category; the money is available
    `wait` seconds of the clock later.
    """
    currency = rate.into if rate else source["currency"]
    amount = rate.of(amount) if rate else amount
    if wait:
        sandbox.clock.at(sandbox.now() + wait, lambda: _announce(sandbox))
    identifier = new_id("txn_3")
    if kind not in DOCUMENTED or (kind == "payout" and amount > 0):
        sandbox.log.leave_out(identifier)
    return sandbox.table(BALANCE_TRANSACTION).add(
        {
            "id": identifier,
            "object": BALANCE_TRANSACTION,
            "amount": amount,
            "available_on": sandbox.now() + wait,
            "balance_type": "payments",
            "created": sandbox.now(),
            "currency": currency,
            "description": description,
            "exchange_rate": float(rate.rate) if rate else None,
            "fee": charged,
            "fee_details": _fee_details(charged, currency, charged_for),
            "net": amount - charged,
            "reporting_category": category,
            "source": source["id"],
            "status": "pending" if wait else "available",
            "type": kind,
        }
    )


def _fee_details(charged: int, currency: str, description: str) -> list[Obj]:
    if not charged:
        return []
    detail = {"amount": charged, "application": None, "currency": currency}
    return [{**detail, "description": description, "type": "stripe_fee"}]


def book_charge(sandbox: Sandbox, charge: Obj, *, wait: int = AVAILABLE_AFTER) -> None:
    """Book a paid charge with its fee and show it on the charge."""
    amount, currency = charge["amount"], charge["currency"]
    debit = charge["payment_method_details"]["type"] != "card"
    rate = rate_now(sandbox, currency)
    transaction = book(
        sandbox,
        "payment" if debit else "charge",
        amount,
        charge,
        category="charge",
        description=charge["description"],
        charged=fee(rate.of(amount), rate.into) if rate else fee(amount, currency),
        wait=wait,
        rate=rate,
    )
    charge["balance_transaction"] = transaction["id"]


def settle_due(sandbox: Sandbox) -> None:
    """Mark as available what has become so; called before balance transactions are read."""
    now = sandbox.now()
    for each in sandbox.table(BALANCE_TRANSACTION).newest_first():
        if each["status"] == "pending" and each["available_on"] <= now:
            each["status"] = "available"


def _announce(sandbox: Sandbox) -> None:
    """Say once a moment that money has become available."""
    notes = sandbox.notes("balance")
    if notes.get("announced") != sandbox.now():
        notes["announced"] = sandbox.now()
        emit(sandbox, "balance.available", balance(sandbox))


def held(sandbox: Sandbox, currency: str) -> int:
    """Return all there is in a currency, available or not yet, in minor units."""
    rows = sandbox.table(BALANCE_TRANSACTION).newest_first()
    return sum(int(each["net"]) for each in rows if each["currency"] == currency)


def balance(sandbox: Sandbox) -> Obj:
    """Return the balance object: available and pending, by currency."""
    settle_due(sandbox)
    return {
        "object": "balance",
        "available": _amounts(sandbox, "available"),
        "livemode": False,
        "pending": _amounts(sandbox, "pending"),
    }


def _amounts(sandbox: Sandbox, status: str) -> list[Obj]:
    sums: dict[str, int] = {}
    for each in sandbox.table(BALANCE_TRANSACTION).newest_first():
        sums[each["currency"]] = sums.get(each["currency"], 0) + each["net"] * (each["status"] == status)
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(sums.items() or {"cad": 0}.items())
    ]
