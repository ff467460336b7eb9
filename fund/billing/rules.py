"""What may be entered as work, as a bill and as a transfer. Pure; each check raises Refusal with its field."""

from dataclasses import dataclass, replace
from datetime import date

from fund.campaigns.rules import Schedule, line_price, whole_breakdown
from fund.kit.errors import Refusal
from fund.kit.money import Money

LARGEST_AMOUNT = 10**11
LONGEST_DAY = 2400
"""Hours of one time entry, in hundredths: it is the work of one day."""
MOST_HOURS = 1_000_000
"""Hours of one bill, in hundredths: 10,000."""
LONGEST_NARRATIVE = 2000
LONGEST_NUMBER = 40
LONGEST_REASON = 300
LONGEST_NAME = 140
BILL_KINDS = {"bank": "bill_from_bank", "trust": "bill_from_trust", "organiser": "bill_by_organiser"}
"""From where a bill is paid, and what that transfer is called."""


@dataclass(frozen=True, slots=True)
class WorkForm:
    """A day's work or a cost: `hours_hundredths` and `rate` of time, `amount` of a disbursement."""

    counsel_id: int
    day: date
    narrative: str
    hours_hundredths: int = 0
    rate: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class BillForm:
    """A bill as it is typed. A figure that is None is worked out from the chosen work, the tax from the schedule."""

    counsel_id: int
    number: str
    issued_on: date
    period_from: date
    period_until: date
    time_ids: tuple[str, ...] = ()
    disbursement_ids: tuple[str, ...] = ()
    hours_hundredths: int | None = None
    fees: int | None = None
    disbursements: int | None = None
    tax: int | None = None


@dataclass(frozen=True, slots=True)
class BillFigures:
    """What a bill comes to, in minor units."""

    hours_hundredths: int
    fees: int
    disbursements: int
    tax: int

    @property
    def amount(self) -> int:
        return self.fees + self.disbursements + self.tax


def worth(hours_hundredths: int, rate: int) -> int:
    """What a time entry charges before tax, rounded half up."""
    return line_price(rate, hours_hundredths)


def check_time(form: WorkForm, *, today: date) -> None:
    _check_work(form, today)
    if form.hours_hundredths <= 0:
        raise Refusal("Write how many hours it took.", field="hours")
    if form.hours_hundredths > LONGEST_DAY:
        raise Refusal("One entry is the work of one day: at most 24 hours.", field="hours")
    check_amount(form.rate, "rate", least=0)


def check_disbursement(form: WorkForm, *, today: date) -> None:
    _check_work(form, today)
    check_amount(form.amount, "amount")


def check_bill(form: BillForm, *, today: date) -> None:
    """Of what is typed; what it comes to is checked by `check_figures`."""
    if not form.number:
        raise Refusal("Write the number that counsel gave this bill.", field="number")
    if len(form.number) > LONGEST_NUMBER:
        raise Refusal("At most {longest} characters, please.", field="number", longest=LONGEST_NUMBER)
    check_day(form.issued_on, "issued_on", today=today)
    check_day(form.period_until, "period_until", today=today)
    if form.period_until < form.period_from:
        raise Refusal("The period ends before it begins.", field="period_until")


def check_figures(figures: BillFigures) -> None:
    if not 0 <= figures.hours_hundredths <= MOST_HOURS:
        raise Refusal("A bill has at most 10,000 hours.", field="hours")
    for field in ("fees", "disbursements", "tax"):
        check_amount(getattr(figures, field), field, least=0)
    if figures.tax > figures.fees + figures.disbursements:
        raise Refusal("The tax is more than what it is on.", field="tax")
    if figures.amount == 0:
        raise Refusal("A bill of nothing is no bill: choose work, or write what counsel charges.", field="fees")


def proposed_tax(schedule: Schedule, *, fees: int, disbursements: int) -> int:
    """As the fee schedule taxes the first hourly line, for fees, and the first fixed cost, for disbursements."""
    hourly = next((line for line in schedule.lines if line.rate is not None), None)
    fixed = next((line for line in schedule.lines if line.rate is None), None)
    priced = [
        replace(line, price=price, tax_included=False)
        for line, price in ((hourly, fees), (fixed, disbursements))
        if line
    ]
    return sum(tax.amount for tax in whole_breakdown(replace(schedule, lines=tuple(priced))).taxes)


def check_paid(amount: int, *, lacks: int, currency: str) -> None:
    """A payment of a bill; `lacks` is what of it is not paid yet."""
    check_amount(amount, "amount")
    if lacks == 0:
        raise Refusal("This bill is paid.", status=409)
    if amount > lacks:
        raise Refusal("Only {lacks} of this bill is unpaid.", field="amount", lacks=Money(lacks, currency))


def in_bank(*, available: int, bank: int) -> int:
    """What may leave the bank for a campaign: not more than it has anywhere, nor than is in the bank at all.

    Payouts bring Stripe's whole balance, so that no part of a bank account is one campaign's; what is still at Stripe
    is not there.
    """
    return max(0, min(available, bank))


def check_in_bank(amount: int, *, there: int, currency: str) -> None:
    if amount > there:
        raise Refusal(
            "Only {there} of this campaign’s money is in our bank.", field="amount", there=Money(there, currency)
        )


def check_in_trust(amount: int, *, there: int, currency: str) -> None:
    if amount > there:
        raise Refusal("Counsel holds only {there} in trust.", field="amount", there=Money(there, currency))


def check_agrees_with_stripe(differences: int) -> None:
    """As long as the books differ from Stripe's nobody knows what there is, and no money goes to counsel."""
    if differences:
        raise Refusal(
            "The books differ from Stripe’s account. Nothing is paid to counsel before that is settled.", status=409
        )


def check_amount(amount: int, field: str, *, least: int = 1) -> None:
    if not least <= amount <= LARGEST_AMOUNT:
        raise Refusal("This amount is out of range.", field=field)


def check_day(day: date, field: str, *, today: date) -> None:
    if day > today:
        raise Refusal("This day has not come yet.", field=field)


def check_reason(reason: str) -> None:
    if not reason:
        raise Refusal("Say why: the reason stays in the audit log.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refusal("At most {longest} characters, please.", field="reason", longest=LONGEST_REASON)


def check_agreed(agreed_by: str, agreed_on: date | None, *, today: date) -> date:
    """That somebody of counsel agreed to show a document, and on which day."""
    if not agreed_by:
        raise Refusal("Write who of counsel agreed that it is shown.", field="agreed_by")
    if len(agreed_by) > LONGEST_NAME:
        raise Refusal("At most {longest} characters, please.", field="agreed_by", longest=LONGEST_NAME)
    if agreed_on is None:
        raise Refusal("Write on which day counsel agreed.", field="agreed_on")
    check_day(agreed_on, "agreed_on", today=today)
    return agreed_on


def _check_work(form: WorkForm, today: date) -> None:
    check_day(form.day, "day", today=today)
    if not form.narrative:
        raise Refusal("Say in a few words what it was.", field="narrative")
    if len(form.narrative) > LONGEST_NARRATIVE:
        raise Refusal("At most {longest} characters, please.", field="narrative", longest=LONGEST_NARRATIVE)
