"""A report's figures in words and money, the same for its page and its PDF."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fund.campaigns.models import Campaign
from fund.kit.i18n import format_day, format_hours, format_moment, format_number, translate
from fund.kit.money import format_money
from fund.reports.rules import IN, OUT

N_ = str

LINES = {
    "gifts": N_("Gifts through Stripe"),
    "offline_gifts": N_("Gifts in cash, by cheque or transfer"),
    "organiser_share": N_("Organiser’s share"),
    "received": N_("Passed on to us by another campaign"),
    "bills_paid": N_("Counsel’s bills, paid"),
    "processing_fees": N_("Processing fees"),
    "tax_on_fees": N_("Tax on fees"),
    "dispute_fees": N_("Fees of payment disputes"),
    "conversion": N_("Difference of conversion"),
    "refunds": N_("Given back to donors"),
    "disputes_lost": N_("Gifts lost in payment disputes"),
    "debits_returned": N_("Bank debits that came back"),
    "passed_on": N_("Passed on"),
}
ALWAYS = ("gifts", "bills_paid", "processing_fees")
"""Lines that stand even when they are nought: their absence would raise a question."""
PLACES = {
    "available": N_("of it available"),
    "held": N_("of it held in payment disputes"),
    "in_trust": N_("of it with counsel in trust"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Under one heading, lines of a name and a value; the last is the sum where `total` says so."""

    title: str
    lines: list[tuple[str, str]]
    total: bool = False


@dataclass(frozen=True, slots=True)
class ReportWords:
    """All that a page or a sheet says of a report, written out in one language."""

    locale: str
    currency: str
    title: str
    campaign: str
    period: str
    closing: str
    """The closing balance: the one figure that everybody asks for."""
    parts: list[Part]
    people: list[tuple[str, str]]
    """(name, as what they sign); nobody in a preview."""
    basis: str
    """On what books it stands, and when it was written."""
    outcome: tuple[str, str] | None
    """How the matter ended and what was said of it; of a final report."""
    written_at: datetime


def words_of(
    campaign: Campaign,
    figures: dict[str, Any],
    period: tuple[date, date],
    *,
    locale: str,
    kind: str = "periodic",
    number: int | None = None,
    people: list[dict[str, str]] | None = None,
    outcome: tuple[str, str] | None = None,
) -> ReportWords:
    """Without a number it is a preview, which nobody has signed."""
    written_at = datetime.fromisoformat(figures["written_at"])
    basis = translate("By the books up to entry {entry}, as they stood on {moment}. Amounts in {currency}.", locale)
    return ReportWords(
        locale=locale,
        currency=campaign.currency,
        title=report_title(kind, number, locale=locale),
        campaign=campaign.text(locale).title,
        period=period_words(*period, locale=locale),
        closing=format_money(figures["accounts"][0]["closing"]["total"], campaign.currency, locale=locale),
        parts=report_parts(figures, locale=locale),
        people=[(person["name"], person["capacity"]) for person in people or []],
        basis=basis.format(
            entry=figures["last_entry"],
            moment=format_moment(written_at, locale=locale),
            currency=", ".join(account["currency"] for account in figures["accounts"]),
        ),
        outcome=outcome,
        written_at=written_at,
    )


def report_title(kind: str, number: int | None, *, locale: str) -> str:
    """Without a number: a preview."""
    if kind == "final":
        return translate("Final report", locale)
    return translate("Report {number}", locale).format(number=number) if number else translate("Report", locale)


def period_words(period_from: date, period_until: date, *, locale: str) -> str:
    days = {"first": format_day(period_from, locale=locale), "last": format_day(period_until, locale=locale)}
    return translate("From {first} to {last}, both days included, in UTC", locale).format(**days)


def report_parts(figures: dict[str, Any], *, locale: str) -> list[Part]:
    parts = [part for account in figures["accounts"] for part in _money_parts(account, figures["previous"], locale)]
    return [*parts, _counsel(figures, figures["accounts"][0]["currency"], locale)]


def _money_parts(account: dict[str, Any], previous: dict[str, Any] | None, locale: str) -> list[Part]:
    currency = account["currency"]

    def money(amount: int) -> str:
        return format_money(amount, currency, locale=locale)

    def say(sentence: str, **values: object) -> str:
        return translate(sentence, locale).format(**values)

    opening = [(say("At the beginning"), money(account["opening"]["total"]))]
    if previous and previous["booked_since"]:
        opening.insert(0, (say("As report {number} closed", number=previous["number"]), money(previous["closing"])))
        opening.insert(1, (say("Booked since for days before"), money(previous["booked_since"])))
    came = [(say(LINES[name]), money(account["came_in"][name])) for name in IN if _stands(account["came_in"], name)]
    came.append((say("In all"), money(sum(account["came_in"].values()))))
    went = [(say(LINES[name]), money(account["went_out"][name])) for name in OUT if _stands(account["went_out"], name)]
    went.append((say("In all"), money(sum(account["went_out"].values()))))
    closing = [(say(words), money(account["closing"][place])) for place, words in PLACES.items()]
    closing.append((say("At the end"), money(account["closing"]["total"])))
    return [
        Part(say("Opening balance, {currency}", currency=currency), opening),
        Part(say("What came in"), came, total=True),
        Part(say("What went out"), went, total=True),
        Part(say("Closing balance, {currency}", currency=currency), closing, total=True),
    ]


def _stands(amounts: dict[str, int], name: str) -> bool:
    return bool(amounts[name]) or name in ALWAYS


def _counsel(figures: dict[str, Any], currency: str, locale: str) -> Part:
    hours, bills = figures["hours"], figures["bills"]

    def time(text: str) -> str:
        return format_hours(Decimal(text), locale=locale)

    rows = [
        (translate("Gifts that settled", locale), format_number(figures["gifts"], locale=locale)),
        (translate("Bills issued in this time", locale), format_money(bills["issued"], currency, locale=locale)),
        (translate("Bills unpaid at the end", locale), format_money(bills["unpaid"], currency, locale=locale)),
        (translate("Hours billed in this time", locale), time(hours["billed"])),
        (translate("Hours billed so far", locale), time(hours["billed_so_far"])),
        (translate("Hours funded at the end", locale), time(hours["funded"])),
    ]
    return Part(translate("Gifts, bills and hours", locale), rows)
