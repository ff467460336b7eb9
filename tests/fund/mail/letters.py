"""Every mail as one person has it: each kind, in each of its variants, in both languages."""

from functools import cache

from fund.kit.i18n import LOCALES
from fund.mail.long_words import fill_html
from fund.mail.render_message import Rendered, render_message
from fund.mail.rules import fill_places
from fund.mail.samples import can_leave_sample, sample_messages, sample_personal, sample_values, sample_variants
from fund.mail.sender import Sender

SITE = "https://fund.carrefour.example"
SENDER = Sender("Le Carrefour", "fund@carrefour.example", "1200, rue Sainte-Élisabeth\nMontréal", SITE)
KINDS = [(message, variant) for message in sample_messages() for variant in sample_variants(message)]


@cache
def letter(message: str, variant: str, locale: str) -> Rendered:
    values = sample_values(message, locale=locale, site_url=SITE, variant=variant)
    can_leave = can_leave_sample(message, variant)
    found = render_message(message, locale=locale, sender=SENDER, values=values, can_leave=can_leave)
    personal = dict(sample_personal(message, locale=locale, site_url=SITE, variant=variant))
    return Rendered(found.subject, fill_places(found.text, personal), fill_html(found.html, personal))


def both(message: str, variant: str) -> list[Rendered]:
    return [letter(message, variant, locale) for locale in LOCALES]


def every_html() -> list[str]:
    return [mail.html for message, variant in KINDS for mail in both(message, variant)]
