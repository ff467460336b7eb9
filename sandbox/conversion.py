"""Settling in another currency, when a test asks for it: which rate is in force, and what an amount becomes."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.objects import Obj
from sandbox.state import Sandbox

NOTES = "settlement"


@dataclass(frozen=True)
class Rate:
    """Minor units of the payment's currency times `rate` are minor units of `into`."""

    into: str
    rate: Decimal

    def of(self, amount: int) -> int:
        """Return the settled amount, rounded half away from zero."""
        return int((amount * self.rate).quantize(Decimal(1), ROUND_HALF_UP))


def set_rate(sandbox: Sandbox, currency: str, rate: Rate | None) -> None:
    """Let later payments in `currency` settle at a rate, or in their own currency again."""
    if rate is None:
        sandbox.notes(NOTES).pop(currency, None)
    else:
        sandbox.notes(NOTES)[currency] = rate


def rate_now(sandbox: Sandbox, currency: str) -> Rate | None:
    """Return the rate in force for a payment in `currency`, or None when it settles as it is."""
    rate: Rate | None = sandbox.notes(NOTES).get(currency)
    return rate


def rate_for(sandbox: Sandbox, charge: Obj) -> Rate | None:
    """Return the rate for money that goes back: today's, but into the currency that the charge was settled in."""
    booked = sandbox.table("balance_transaction").get(charge["balance_transaction"] or "")
    now = rate_now(sandbox, charge["currency"])
    if booked is None:
        return now
    if booked["exchange_rate"] is None:
        return None
    if now is not None and now.into == booked["currency"]:
        return now
    return Rate(booked["currency"], Decimal(str(booked["exchange_rate"])))
