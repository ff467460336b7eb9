"""What may be entered, and what a bill comes to: numbers worked by hand."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.billing.rules import (
    BillFigures,
    WorkForm,
    check_agreed,
    check_agrees_with_stripe,
    check_bill,
    check_disbursement,
    check_figures,
    check_in_bank,
    check_in_trust,
    check_paid,
    check_reason,
    check_time,
    in_bank,
    proposed_tax,
    worth,
)
from fund.campaigns.rules import Schedule, ScheduleLine, Tax
from fund.kit.errors import Refusal
from tests.factories.billing import TODAY, bill_form, work_form

TOMORROW = TODAY + timedelta(days=1)
QUEBEC = (Tax("GST", 50_000), Tax("QST", 99_750))
HOURLY = ScheduleLine(price=200_000, rate=25_000, hours_hundredths=800, taxes=(0, 1))
COURT_FEES = ScheduleLine(price=30_000, rate=None, hours_hundredths=None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TOMORROW}, "day"),
        ({"hours_hundredths": 0}, "hours"),
        ({"hours_hundredths": -100}, "hours"),
        ({"hours_hundredths": 2401}, "hours"),
        ({"hours_hundredths": 1_000_000}, "hours"),
        ({"rate": -1}, "rate"),
        ({"rate": 10**11 + 1}, "rate"),
        ({"narrative": ""}, "narrative"),
        ({"narrative": "x" * 2001}, "narrative"),
    ],
)
def test_time_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    form = work_form(1)
    check_time(form, today=TODAY)
    with pytest.raises(Refusal) as refused:
        check_time(replace(form, **wrong), today=TODAY)
    assert refused.value.field == field


def test_work_for_nothing_and_a_day_of_24_hours_can_be() -> None:
    check_time(work_form(1, rate=0, hours_hundredths=2400), today=TODAY)


@pytest.mark.parametrize(("wrong", "field"), [({"amount": 0}, "amount"), ({"day": TOMORROW}, "day")])
def test_disbursements_that_cannot_be_are_refused(wrong: dict[str, Any], field: str) -> None:
    form = WorkForm(counsel_id=1, day=TODAY, narrative="Bailiff", amount=9_500)
    check_disbursement(form, today=TODAY)
    with pytest.raises(Refusal) as refused:
        check_disbursement(replace(form, **wrong), today=TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "9" * 41}, "number"),
        ({"issued_on": TOMORROW}, "issued_on"),
        ({"period_until": TOMORROW}, "period_until"),
        ({"period_until": date(2026, 9, 30)}, "period_until"),
    ],
)
def test_bills_that_cannot_be_are_refused(wrong: dict[str, Any], field: str) -> None:
    check_bill(bill_form(1), today=TODAY)
    with pytest.raises(Refusal) as refused:
        check_bill(bill_form(1, **wrong), today=TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        (BillFigures(-1, 100, 0, 0), "hours"),
        (BillFigures(1_000_001, 100, 0, 0), "hours"),
        (BillFigures(100, -100, 0, 0), "fees"),
        (BillFigures(100, 100, -1, 0), "disbursements"),
        (BillFigures(100, 100, 0, -1), "tax"),
        (BillFigures(100, 100, 50, 151), "tax"),
        (BillFigures(100, 0, 0, 0), "fees"),
        (BillFigures(100, 10**11 + 1, 0, 0), "fees"),
    ],
)
def test_figures_that_cannot_be_are_refused(figures: BillFigures, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_figures(figures)
    assert refused.value.field == field


def test_a_tax_of_a_hundred_per_cent_and_a_bill_of_costs_alone_can_be() -> None:
    check_figures(BillFigures(0, 0, 5_000, 5_000))


@pytest.mark.parametrize(("hours", "rate", "price"), [(800, 25_000, 200_000), (25, 25_000, 6_250), (1, 25_050, 251)])
def test_time_is_worth_its_rate_rounded_half_up(hours: int, rate: int, price: int) -> None:
    assert worth(hours, rate) == price


def test_the_proposed_tax_is_the_schedules() -> None:
    schedule = Schedule(lines=(HOURLY, COURT_FEES), taxes=QUEBEC)
    assert proposed_tax(schedule, fees=200_000, disbursements=0) == 29_950
    assert proposed_tax(schedule, fees=200_000, disbursements=30_000) == 29_950
    taxed = replace(schedule, lines=(HOURLY, replace(COURT_FEES, taxes=(0,))))
    assert proposed_tax(taxed, fees=200_000, disbursements=30_000) == 29_950 + 1_500
    assert proposed_tax(Schedule(lines=(COURT_FEES,), taxes=QUEBEC), fees=200_000, disbursements=0) == 0
    only_later = Schedule((COURT_FEES, replace(HOURLY, stage=1, tax_included=True)), QUEBEC, (False, True))
    assert proposed_tax(only_later, fees=200_000, disbursements=0) == 29_950, "a stretch stage is taxed alike"


def test_a_payment_is_at_most_what_the_bill_lacks() -> None:
    check_paid(500, lacks=500, currency="CAD")
    for amount, lacks in ((501, 500), (0, 500), (-1, 500), (1, 0)):
        with pytest.raises(Refusal):
            check_paid(amount, lacks=lacks, currency="CAD")


@given(available=st.integers(-(10**9), 10**9), bank=st.integers(-(10**9), 10**9), amount=st.integers(1, 10**9))
def test_no_more_leaves_the_bank_than_is_there_and_the_campaigns(available: int, bank: int, amount: int) -> None:
    there = in_bank(available=available, bank=bank)
    if amount <= available and amount <= bank:
        check_in_bank(amount, there=there, currency="CAD")
    else:
        with pytest.raises(Refusal):
            check_in_bank(amount, there=there, currency="CAD")


def test_no_more_leaves_trust_than_it_holds() -> None:
    check_in_trust(500, there=500, currency="CAD")
    with pytest.raises(Refusal, match=r"only 5.00 CAD"):
        check_in_trust(501, there=500, currency="CAD")


def test_a_difference_from_stripe_stops_payments() -> None:
    check_agrees_with_stripe(0)
    with pytest.raises(Refusal):
        check_agrees_with_stripe(1)


@pytest.mark.parametrize(
    ("name", "day", "field"),
    [("", TODAY, "agreed_by"), ("x" * 141, TODAY, "agreed_by"), ("Me Lavoie", None, "agreed_on"),
     ("Me Lavoie", TOMORROW, "agreed_on")],
)  # fmt: skip
def test_consent_has_a_name_and_a_day(name: str, day: date | None, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_agreed(name, day, today=TODAY)
    assert refused.value.field == field


def test_a_reason_is_short_and_not_empty() -> None:
    check_reason("Entered twice")
    for reason in ("", "x" * 301):
        with pytest.raises(Refusal):
            check_reason(reason)
