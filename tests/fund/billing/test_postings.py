"""Each occurrence's debit and credit, as the table of the ledger has them."""

import pytest

from fund.billing.postings import ENTRY_KINDS, SIDES, bill_issued, money_moved
from fund.ledger.rules import Line, check_balanced

TRUST, NEW_TRUST = "assets:trust:four-labels:lavoie", "assets:trust:four-labels:roy"
BANK, BILLS, OWN = "assets:bank:cad", "liab:bills:four-labels", "funds_organiser:four-labels"


def shown(postings: list[Line]) -> dict[str, int]:
    check_balanced(postings)
    return {line.account: line.amount if line.side == "debit" else -line.amount for line in postings}


def test_a_bill_is_a_cost_and_a_debt() -> None:
    issued = {"exp:legal:four-labels": 229_950, BILLS: -229_950}
    assert shown(bill_issued(229_950, "CAD", slug="four-labels")) == issued
    assert shown(bill_issued(-229_950, "CAD", slug="four-labels")) == {name: -sum_ for name, sum_ in issued.items()}


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        ("advance", TRUST, BANK),
        ("bill_from_bank", BILLS, BANK),
        ("bill_from_trust", BILLS, TRUST),
        ("bill_by_organiser", BILLS, OWN),
        ("trust_returned", BANK, TRUST),
        ("trust_succeeded", NEW_TRUST, TRUST),
    ],
)
def test_a_transfer_moves_from_one_account_to_another(kind: str, debit: str, credit: str) -> None:
    names = {"slug": "four-labels", "counsel": "lavoie", "successor": "roy"}
    assert shown(money_moved(kind, 500, "CAD", **names)) == {debit: 500, credit: -500}
    assert shown(money_moved(kind, -500, "CAD", **names)) == {debit: -500, credit: 500}


def test_every_kind_of_transfer_has_sides_and_a_kind_of_entry() -> None:
    assert set(SIDES) == set(ENTRY_KINDS)
