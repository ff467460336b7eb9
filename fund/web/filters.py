"""How amounts, days and hours read in the page's language."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup

from fund.kit.clock import rfc3339
from fund.kit.i18n import format_day, format_hours, format_moment, format_moment_at, format_number, localised
from fund.kit.markdown import render_markdown
from fund.kit.money import format_amount, format_money, plain_amount
from fund.web.event_kind import event_kind
from fund.web.i18n import current_locale


def money(minor: int, currency: str) -> str:
    return format_money(minor, currency, locale=current_locale())


def amount(minor: int, currency: str) -> str:
    return format_amount(minor, currency, locale=current_locale())


def day(moment: date) -> str:
    return format_day(moment, locale=current_locale())


def moment(value: datetime) -> str:
    return format_moment(value, locale=current_locale())


def moment_at(value: datetime, zone: str) -> str:
    return format_moment_at(value, zone, locale=current_locale())


def hours(value: Decimal) -> str:
    return format_hours(value, locale=current_locale())


def number(value: int) -> str:
    return format_number(value, locale=current_locale())


def markdown(text: str) -> Markup:
    """Already cleaned: see kit/markdown."""
    return Markup(render_markdown(text))  # noqa: S704


def in_locale(texts: dict[str, str]) -> str:
    return localised(texts, current_locale())


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        money=money,
        amount=amount,
        plain_amount=plain_amount,
        day=day,
        moment=moment,
        moment_at=moment_at,
        event_kind=event_kind,
        rfc3339=rfc3339,
        hours=hours,
        number=number,
        markdown=markdown,
        in_locale=in_locale,
    )
