"""A bill from chosen work or by its figures alone: a debt at once, once, under counsel's own number."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.billing.enter_disbursement import enter_disbursement
from fund.billing.issue_bill import issue_bill
from fund.billing.models import Bill, TimeEntry
from fund.billing.queries import unbilled_disbursements, unbilled_time
from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal
from fund.ledger.queries import balances
from tests.factories.billing import (
    NOW,
    SECRET,
    TODAY,
    add_bill,
    add_counsel,
    add_time,
    bill_form,
    figures,
    nonce,
    work_form,
)
from tests.factories.campaigns import ALICE, EIGHT_HOURS, GST, QST, make_campaign, make_draft
from tests.fund.billing.conftest import Matter


def issue(matter: Matter, form: Any, key: str | None = None) -> Bill:
    with matter.database.write() as session:
        return issue_bill(session, campaign_id=matter.campaign, form=form, nonce=key or nonce(), actor=ALICE, now=NOW)


def test_a_bill_is_a_debt_also_when_it_is_more_than_there_is(matter: Matter) -> None:
    bill = issue(matter, bill_form(matter.counsel, fees=500_000))
    found = figures(matter.database, matter.campaign)
    assert (found.billed, found.paid, found.available) == (500_000, 0, 300_000)
    assert (found.hours_billed, found.hours_remaining) == (Decimal("8.00"), Decimal("0.00"))
    with matter.database.read() as session:
        assert balances(session)["liab:bills:four-labels"] == {"CAD": -500_000}
        assert balances(session)["exp:legal:four-labels"] == {"CAD": 500_000}
        audit = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"bill:{bill.id}")).one()
    assert (audit.action, audit.actor, audit.after["amount"]) == ("issue_bill", ALICE, 500_000)


def test_a_bill_of_chosen_work_comes_to_its_sum_and_the_schedules_taxes(matter: Matter) -> None:
    database = matter.database
    taxed = make_campaign(database, slug="taxed", lines=(replace(EIGHT_HOURS, taxes=(0, 1)),), taxes=(GST, QST))
    counsel = add_counsel(database, taxed)
    chosen = [add_time(database, taxed, counsel), add_time(database, taxed, counsel, hours_hundredths=600)]
    left = add_time(database, taxed, counsel)
    with database.write() as session:
        cost = enter_disbursement(
            session, campaign_id=taxed, form=work_form(counsel, amount=4_500), nonce=nonce(), actor=ALICE, now=NOW
        )
    form = bill_form(
        counsel, time_ids=tuple(chosen), disbursement_ids=(cost.id,), hours_hundredths=None, fees=None, tax=None
    )
    with database.write() as session:
        bill = issue_bill(session, campaign_id=taxed, form=form, nonce=nonce(), actor=ALICE, now=NOW)
    assert (bill.hours_hundredths, bill.fees, bill.disbursements, bill.tax) == (800, 200_000, 4_500, 29_950)
    assert bill.amount == 234_450
    with database.read() as session:
        assert [entry.id for entry in unbilled_time(session, taxed)] == [left]
        assert unbilled_disbursements(session, taxed) == []


def test_what_counsel_wrote_stands_before_what_is_worked_out(matter: Matter) -> None:
    entry = add_time(matter.database, matter.campaign, matter.counsel)
    bill = issue(matter, bill_form(matter.counsel, time_ids=(entry,), fees=45_000, hours_hundredths=None, tax=10))
    assert (bill.hours_hundredths, bill.fees, bill.amount) == (200, 45_000, 45_010)


def test_the_same_form_sent_twice_is_one_bill(matter: Matter) -> None:
    form, key = bill_form(matter.counsel), nonce()
    assert issue(matter, form, key).id == issue(matter, form, key).id
    assert figures(matter.database, matter.campaign).billed == 200_000
    other = make_campaign(matter.database, slug="other")
    with pytest.raises(Refusal, match="not complete"), matter.database.write() as session:
        issue_bill(session, campaign_id=other, form=form, nonce=key, actor=ALICE, now=NOW)


def test_counsels_number_stands_once(matter: Matter) -> None:
    issue(matter, bill_form(matter.counsel, number="F-12a"))
    with pytest.raises(Refusal, match="F-12A is entered already") as refused:
        issue(matter, bill_form(matter.counsel, number="F-12A"))
    assert refused.value.field == "number"
    successor = add_counsel(matter.database, matter.campaign, key="roy")
    issue(matter, bill_form(successor, number="F-12a"))
    assert figures(matter.database, matter.campaign).billed == 400_000


def test_what_is_anothers_billed_or_gone_cannot_be_billed(matter: Matter) -> None:
    database = matter.database
    other = make_campaign(database, slug="other")
    billed = add_time(database, matter.campaign, matter.counsel)
    issue(matter, bill_form(matter.counsel, time_ids=(billed,)))
    successor = add_counsel(database, matter.campaign, key="roy")
    elsewhere = add_time(database, other, add_counsel(database, other))
    for wrong in (billed, elsewhere, add_time(database, matter.campaign, successor), "no-such-id", "\x00"):
        with pytest.raises(Refusal, match="cannot be billed here"):
            issue(matter, bill_form(matter.counsel, number="2", time_ids=(wrong,)))
    with database.read() as session:
        assert len(session.scalars(select(Bill)).all()) == 1
        assert session.get_one(TimeEntry, elsewhere).bill_id is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"issued_on": TODAY + timedelta(days=1)}, "issued_on"),
        ({"tax": 200_001}, "tax"),
        ({"hours_hundredths": 1_000_001}, "hours"),
        ({"fees": 0}, "fees"),
    ],
)
def test_a_bill_that_cannot_be_leaves_nothing(matter: Matter, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        issue(matter, bill_form(matter.counsel, **wrong))
    assert refused.value.field == field
    assert figures(matter.database, matter.campaign).billed == 0


def test_counsel_of_another_campaign_and_a_draft_have_no_bills_here(matter: Matter) -> None:
    other = make_campaign(matter.database, slug="other")
    with pytest.raises(Refusal, match="this campaign’s counsel"):
        issue(matter, bill_form(add_counsel(matter.database, other)))
    with pytest.raises(Refusal, match="no such campaign"):
        add_bill(matter.database, make_draft(matter.database, slug="draft"), matter.counsel)
    with pytest.raises(Refusal, match="no such campaign"):
        add_bill(matter.database, 999, matter.counsel)


def test_the_audit_log_never_holds_what_counsel_did(matter: Matter) -> None:
    add_time(matter.database, matter.campaign, matter.counsel)
    with matter.database.read() as session:
        assert all(SECRET not in repr((row.before, row.after)) for row in session.scalars(select(AuditEntry)))
        [entry] = unbilled_time(session, matter.campaign)
        assert entry.narrative == SECRET
        assert session.get_one(Campaign, matter.campaign).hours_billed_hundredths == 0


def test_a_number_of_letters_that_grow_when_compared_stands_once(matter: Matter) -> None:
    add_bill(matter.database, matter.campaign, matter.counsel, number="ΐ" * 40)
    with pytest.raises(Refusal, match="is entered already"):
        add_bill(matter.database, matter.campaign, matter.counsel, number="ΐ" * 40)
