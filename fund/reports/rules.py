"""What an account of a period is made of. Pure: sums of the ledger in, figures out, minor units."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

HOLDINGS = {
    "assets:stripe:": "available",
    "assets:payout_transit:": "available",
    "assets:bank:": "available",
    "assets:reserve:": "available",
    "liab:refunds_owed": "available",
    "exp:stripe_other": "available",
    "funds_transfer": "available",
    "assets:disputed:": "held",
    "assets:trust:": "in_trust",
}
"""By the beginning of an account's name, where the money stands."""
FLOWS = {
    "funds_organiser:": "organiser_share",
    "exp:processing:": "processing_fees",
    "exp:fee_tax:": "tax_on_fees",
    "exp:dispute_fees:": "dispute_fees",
    "gain:fx:": "conversion",
    "exp:legal:": "bills_paid",
    "liab:bills:": "bills_paid",
    "passed_on:": "passed_on",
}
"""By the beginning of an account's name, what its change is called."""
FUNDS = {
    "gift": "gifts",
    "offline_gift": "offline_gifts",
    "offline_gift_reversed": "offline_gifts",
    "dispute_lost": "disputes_lost",
    "payment_failure": "debits_returned",
}
"""By the kind of entry, what a change of the campaign's funds is called; every other kind is a refund."""
IN = ("gifts", "offline_gifts", "organiser_share", "received")
OUT = (
    "bills_paid",
    "processing_fees",
    "tax_on_fees",
    "dispute_fees",
    "conversion",
    "refunds",
    "disputes_lost",
    "debits_returned",
    "passed_on",
)
"""The order of a report. What came from another campaign is `received`; `conversion` may be a gain, then below zero."""


class SumOfAccount(Protocol):
    """What entries of one kind did to one account; `balance` is debit minus credit."""

    @property
    def account(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def balance(self) -> int: ...


class UnprovedError(Exception):
    """A bug: an account that no line of a report knows, or lines that do not add up. No report is made of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a campaign's money is at one moment."""

    available: int = 0
    held: int = 0
    in_trust: int = 0

    @property
    def total(self) -> int:
        return self.available + self.held + self.in_trust


@dataclass(frozen=True, slots=True)
class Account:
    """Of one currency: opening + what came in - what went out = closing."""

    currency: str
    opening: Standing
    came_in: dict[str, int]
    went_out: dict[str, int]
    closing: Standing


def account_of(currency: str, before: Iterable[SumOfAccount], within: Iterable[SumOfAccount]) -> Account:
    """`before` and `within` are sums over the entries up to the period and in it. Raises UnprovedError."""
    opening, _ = _sorted_out(currency, before)
    change, flows = _sorted_out(currency, within)
    closing = Standing(
        opening.available + change.available, opening.held + change.held, opening.in_trust + change.in_trust
    )
    received = max(0, -flows["passed_on"])
    came_in = {name: -flows[name] for name in IN if name != "received"} | {"received": received}
    went_out = {name: flows[name] for name in OUT} | {"passed_on": flows["passed_on"] + received}
    if opening.total + sum(came_in.values()) - sum(went_out.values()) != closing.total:
        raise UnprovedError(f"{currency}: the lines do not add up")
    return Account(currency, opening, came_in, went_out, closing)


def _sorted_out(currency: str, sums: Iterable[SumOfAccount]) -> tuple[Standing, dict[str, int]]:
    """Where the money stands, and what moved it: debit minus credit by the name of a line."""
    standing: dict[str, int] = defaultdict(int)
    flows: dict[str, int] = defaultdict(int)
    for one in sums:
        if one.currency != currency:
            continue
        place = _of(HOLDINGS, one.account)
        if place:
            standing[place] += one.balance
            continue
        name = FUNDS.get(one.kind, "refunds") if one.account.startswith("funds:") else _of(FLOWS, one.account)
        if name is None:
            raise UnprovedError(f"no line for {one.account}")
        flows[name] += one.balance
    return Standing(**standing), flows


def _of(table: dict[str, str], account: str) -> str | None:
    return next((name for prefix, name in table.items() if account.startswith(prefix)), None)
