from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fund.kit.i18n import translations
from fund.kit.markdown import plain_markdown
from fund.mail.lay_out import lay_out, markdown_for_mail
from fund.mail.rules import clean_text, header_line
from fund.mail.sender import Sender

_TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "mail"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in one language. What differs from one recipient to the next stands as `%%name%%`."""

    subject: str
    text: str
    html: str


def render_message(
    message: str, *, locale: str, sender: Sender, values: Mapping[str, Any], can_leave: bool = False
) -> Rendered:
    """Render `templates/mail/<message>/`. `values` are escaped in the HTML; a missing one raises.

    With `can_leave` the footer has links to `%%unsubscribe_url%%` and `%%preferences_url%%`.
    """
    environment = _environment(locale)
    given = {
        **{name: _clean(value) for name, value in values.items()},
        "site_name": header_line(sender.site_name),
        "site_url": sender.site_url,
        "postal_address": sender.postal_address,
        "locale": locale,
        "can_leave": can_leave,
    }
    subject, text, html = (
        environment.get_template(f"{message}/{part}").render(given) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Rendered(subject=header_line(subject), text=_tidy(text), html=lay_out(html))


def _clean(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


def _tidy(text: str) -> str:
    """No line ends in spaces, never more than one empty line."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"


@cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["markdown"] = markdown_for_mail
    environment.filters["plain_markdown"] = plain_markdown
    return environment
