from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fund.billing.queries import standing_bills
from fund.campaigns.models import Campaign
from fund.campaigns.queries import as_rules, current_schedule
from fund.campaigns.rules import HUNDREDTHS, hours_bought
from fund.kit.clock import rfc3339
from fund.kit.errors import Refusal
from fund.ledger.queries import Sum, last_number, sums_between
from fund.reports.queries import report_before
from fund.reports.rules import Account, Standing, account_of

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class PeriodAccount:
    """What a report says, as plain values that can be kept as JSON. Both days are in the period, in UTC."""

    period_from: date
    period_until: date
    figures: dict[str, Any]


def account_of_period(
    session: Session, campaign: Campaign, *, period_from: date, period_until: date, now: datetime
) -> PeriodAccount:
    """The campaign's account of any period, from the ledger.

    An entry belongs to the day it *occurred*, for that is when the money moved; what was recorded too late for an
    earlier report stands in this one as `booked_since`, so that no closing balance is followed by another opening one
    without a word. Raises Refusal on `period_from` or `period_until`, UnprovedError if the lines do not add up.
    """
    _check_days(period_from, period_until, now.date())
    since, until = _midnight(period_from), _midnight(period_until + timedelta(days=1))
    last = last_number(session, campaign.id)
    before = sums_between(session, campaign.id, since=None, until=since, last_number=last)
    within = sums_between(session, campaign.id, since=since, until=until, last_number=last)
    others = sorted({one.currency for one in [*before, *within]} - {campaign.currency})
    accounts = [account_of(currency, before, within) for currency in (campaign.currency, *others)]
    gifts = {one.kind: one.entries for one in within if one.account.startswith("funds:")}
    return PeriodAccount(
        period_from,
        period_until,
        {
            "last_entry": last,
            "written_at": rfc3339(now),
            "accounts": [_plain(account) for account in accounts],
            "gifts": gifts.get("gift", 0) + gifts.get("offline_gift", 0) - gifts.get("offline_gift_reversed", 0),
            "bills": _bills(session, campaign, period_from, period_until),
            "hours": _hours(session, campaign, [*before, *within], period_from, period_until),
            "previous": _previous(session, campaign, period_from, accounts[0]),
        },
    )


def _check_days(period_from: date, period_until: date, today: date) -> None:
    if period_from < EARLIEST:
        raise Refusal("This day is too long ago.", field="period_from")
    if period_until > today:
        raise Refusal("This day has not come yet.", field="period_until")
    if period_until < period_from:
        raise Refusal("The last day comes before the first.", field="period_until")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _plain(account: Account) -> dict[str, Any]:
    return {
        "currency": account.currency,
        "opening": asdict(account.opening) | {"total": account.opening.total},
        "came_in": account.came_in,
        "went_out": account.went_out,
        "closing": asdict(account.closing) | {"total": account.closing.total},
    }


def _bills(session: Session, campaign: Campaign, period_from: date, period_until: date) -> dict[str, int]:
    """Issued within the period, and what of all that was issued up to its end is unpaid at that time."""
    known = [state for state in standing_bills(session, campaign.id) if state.bill.issued_on <= period_until]
    paid = sum(payment.amount for state in known for payment in state.payments if payment.made_on <= period_until)
    issued = [state.bill.amount for state in known if state.bill.issued_on >= period_from]
    return {"count": len(issued), "issued": sum(issued), "unpaid": sum(state.bill.amount for state in known) - paid}


def _hours(
    session: Session, campaign: Campaign, sums: list[Sum], period_from: date, period_until: date
) -> dict[str, str]:
    """Billed within the period and up to its end; funded at its end by the schedule of today."""
    bills = [state.bill for state in standing_bills(session, campaign.id) if state.bill.issued_on <= period_until]
    total = sum(bill.hours_hundredths for bill in bills)
    period = sum(bill.hours_hundredths for bill in bills if bill.issued_on >= period_from)
    whole = account_of(campaign.currency, [], sums)
    kept = sum(whole.went_out[name] for name in whole.went_out if name not in ("bills_paid", "passed_on"))
    in_hand = sum(whole.came_in.values()) - whole.came_in["received"] - kept
    funded = hours_bought(as_rules(current_schedule(session, campaign.id)), in_hand)
    return {
        "billed": f"{period / HUNDREDTHS:.2f}",
        "billed_so_far": f"{total / HUNDREDTHS:.2f}",
        "funded": f"{funded:.2f}",
    }


def _previous(session: Session, campaign: Campaign, period_from: date, account: Account) -> dict[str, Any] | None:
    """The report that ended the day before, and what was booked for its time after it was published."""
    report = report_before(session, campaign.id, period_from)
    if report is None:
        return None
    closing = Standing(**{name: report.figures["accounts"][0]["closing"][name] for name in Standing.__slots__})
    return {
        "number": report.number,
        "closing": closing.total,
        "booked_since": account.opening.total - closing.total,
    }
