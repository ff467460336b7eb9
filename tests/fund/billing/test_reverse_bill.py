"""A bill is undone by an entry of its own, only while nothing of it is paid."""

import pytest

from fund.billing.models import Bill
from fund.billing.queries import standing_bills, unbilled_time, unpaid_bills
from fund.billing.reverse_bill import reverse_bill
from fund.billing.reverse_transfer import reverse_transfer
from fund.kit.errors import Refusal
from tests.factories.billing import NOW, add_bill, add_time, figures, pay
from tests.factories.campaigns import ALICE
from tests.fund.billing.conftest import Matter


def reverse(matter: Matter, bill_id: str, reason: str = "Wrong client") -> Bill:
    with matter.database.write() as session:
        return reverse_bill(session, bill_id=bill_id, reason=reason, actor=ALICE, now=NOW)


def test_a_reversed_bill_counts_no_more_and_its_work_waits_again(matter: Matter) -> None:
    entry = add_time(matter.database, matter.campaign, matter.counsel)
    bill = add_bill(matter.database, matter.campaign, matter.counsel, time_ids=(entry,))
    assert reverse(matter, bill).reversal_reason == "Wrong client"
    found = figures(matter.database, matter.campaign)
    assert (found.billed, found.paid, float(found.hours_billed)) == (0, 0, 0)
    with matter.database.read() as session:
        assert [row.id for row in unbilled_time(session, matter.campaign)] == [entry]
        assert standing_bills(session, matter.campaign) == []
        assert unpaid_bills(session) == []
    with pytest.raises(Refusal, match="reversed already"):
        reverse(matter, bill)
    with pytest.raises(Refusal, match="nothing to pay"):
        pay(matter.database, bill, 100)
    add_bill(matter.database, matter.campaign, matter.counsel)
    assert figures(matter.database, matter.campaign).billed == 200_000


def test_a_paid_bill_stays_until_its_payment_is_reversed(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel)
    payment = pay(matter.database, bill, 1)
    with pytest.raises(Refusal, match="Reverse its payments first"):
        reverse(matter, bill)
    with matter.database.write() as session:
        reverse_transfer(session, transfer_id=payment.id, reason="Not made", actor=ALICE, now=NOW)
    reverse(matter, bill)
    found = figures(matter.database, matter.campaign)
    assert (found.billed, found.paid, found.available) == (0, 0, 300_000)


def test_a_reversal_says_why_and_of_which_bill(matter: Matter) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel)
    with pytest.raises(Refusal, match="Say why"):
        reverse(matter, bill, "")
    with pytest.raises(Refusal, match="no such bill"):
        reverse(matter, "00000000-0000-4000-8000-000000000000")
    assert figures(matter.database, matter.campaign).billed == 200_000
