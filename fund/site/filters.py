"""How the public pages write what only they show."""

import re
from decimal import Decimal

from babel.numbers import format_decimal
from flask import Blueprint
from markupsafe import Markup

from fund.kit.i18n import format_hours
from fund.kit.markdown import render_markdown
from fund.site.home import home_path
from fund.updates.models import Update
from fund.web.i18n import current_locale
from fund.web.news_reader import is_readable

TEASER = 180
_HEADING = re.compile(r"<h([2-4])>.*?</h\1>", re.DOTALL)


def teaser(text: str) -> str:
    """The beginning of a Markdown text, in plain words and whole ones; without its headings, if there is more."""
    html = render_markdown(text)
    plain = _words(_HEADING.sub("", html)) or _words(html)
    if len(plain) <= TEASER:
        return plain
    return plain[:TEASER].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _words(html: str) -> str:
    return str(Markup(html).striptags())  # noqa: S704  cleaned; and only its text is kept


def is_open(update: Update) -> bool:
    """Whether everybody may read its text now."""
    return is_readable(update)


def hundredths(value: int) -> str:
    """Hours that are kept in hundredths: `6.5` or `6,5`."""
    return format_hours(Decimal(value) / 100, locale=current_locale())


def percent(ppm: int) -> str:
    """A rate in millionths: `9.975 %` or `9,975 %`."""
    return format_decimal(Decimal(ppm) / 10_000, "0.####", locale=current_locale()) + "\u00a0%"


def register(site: Blueprint) -> None:
    for rule in (teaser, is_open, hundredths, percent):
        site.add_app_template_filter(rule)
    site.add_app_template_global(home_path)
