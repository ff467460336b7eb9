"""What a campaign's form may say. Each check raises Refusal with the field it belongs to."""

import re

from fund.campaigns.form_costs import costs_of
from fund.campaigns.forms import CampaignForm, LineForm, PolicyForm, TaxForm, TextForm
from fund.campaigns.rules import LONGEST_LINE, PPM
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.money import SMALLEST_AT_STRIPE, Money, smallest_step

CURRENCIES = ("CAD", "SEK", "JPY", "KWD", "USD", "EUR", "GBP", "CHF", "NOK", "DKK", "AUD", "NZD")
POLICIES = ("refund", "charity", "next_stage", "other_matter")
SIDES = ("complainant", "respondent", "third_party")
LARGEST_AMOUNT = 10**11
MOST_LINES = 60
MOST_TAXES = 6
LONGEST = {
    "title": 140, "kicker": 140, "standfirst": 600, "story": 40_000,
    "if_we_win": 2_000, "if_we_lose": 2_000, "if_we_settle": 2_000,
}  # fmt: skip
LONGEST_LABEL = 300
LONGEST_POLICY = 2_000
RESERVED_SLUGS = frozenset({"new", "donate", "updates"})
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def check_campaign_form(form: CampaignForm) -> None:
    """Enough to keep a draft; what a launch needs besides is in `launch_checklist`."""
    if not _SLUG.fullmatch(form.slug) or form.slug in RESERVED_SLUGS:
        raise Refusal("An address is made of small letters, digits and hyphens, such as four-labels.", field="slug")
    if form.currency not in CURRENCIES:
        raise Refusal("Choose one of the listed currencies.", field="currency")
    _check_amount(form.organiser_share, "organiser_share")
    _check_minimum_gift(form)
    if form.audience_size is not None and not 0 < form.audience_size < 10**9:
        raise Refusal("Write how many members there are, or leave it empty.", field="audience_size")
    _check_texts(form.texts)
    _check_lists(form)
    _check_schedule(form.lines, form.taxes)
    if form.lines and form.organiser_share > costs_of(form).target:
        raise Refusal("The organiser’s share cannot be more than the whole target.", field="organiser_share")
    if form.policy is not None:
        _check_policy(form.policy)


def _check_minimum_gift(form: CampaignForm) -> None:
    _check_amount(form.minimum_gift, "minimum_gift")
    if form.minimum_gift < max(1, SMALLEST_AT_STRIPE.get(form.currency, 1)):
        least = Money(max(smallest_step(form.currency), SMALLEST_AT_STRIPE.get(form.currency, 1)), form.currency)
        raise Refusal("Stripe accepts no gift below {least}.", field="minimum_gift", least=least)
    if form.minimum_gift % smallest_step(form.currency):
        raise Refusal("{currency} has no amounts that fine.", field="minimum_gift", currency=form.currency)


def _check_amount(amount: int, field: str) -> None:
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise Refusal("This amount is out of range.", field=field)


def _check_texts(texts: dict[str, TextForm]) -> None:
    if not any(not text.empty for text in texts.values()):
        raise Refusal("Write the texts in one language at least.", field=f"{LOCALES[0]}_title")
    for locale, text in texts.items():
        if text.empty:
            continue
        if not text.title:
            raise Refusal("A campaign needs a title.", field=f"{locale}_title")
        for name, longest in LONGEST.items():
            _check_length(getattr(text, name), longest, f"{locale}_{name}")


def _check_length(text: str, longest: int, field: str) -> None:
    if len(text) > longest:
        raise Refusal("At most {longest} characters, please.", field=field, longest=longest)
    if "\x00" in text:
        raise Refusal("This text holds a character that cannot be kept.", field=field)


def _check_lists(form: CampaignForm) -> None:
    for field, rows in (("parties", form.parties), ("demands", form.demands)):
        if len(rows) > MOST_LINES:
            raise Refusal("At most {most} lines, please.", field=field, most=MOST_LINES)
    for party in form.parties:
        if party.side not in SIDES:
            raise Refusal("Choose what part this party has.", field="parties")
        _check_labels(party.name, party.side)
    for demand in form.demands:
        _check_labels(demand, "demands", in_each_language=True)


def _check_labels(labels: dict[str, str], field: str, *, in_each_language: bool = False) -> None:
    if not any(labels.values()):
        raise Refusal("Each line needs a text.", field=field)
    for locale, label in labels.items():
        _check_length(label, LONGEST_LABEL, f"{locale}_{field}" if in_each_language else field)


def _check_schedule(lines: tuple[LineForm, ...], taxes: tuple[TaxForm, ...]) -> None:
    for field, rows, most in (("lines", lines, MOST_LINES), ("taxes", taxes, MOST_TAXES)):
        if len(rows) > most:
            raise Refusal("At most {most} lines, please.", field=field, most=most)
    for tax in taxes:
        if not tax.name or not 0 < tax.rate_ppm <= PPM:
            raise Refusal("A tax needs a name and a rate between 0 and 100 %.", field="taxes")
        _check_length(tax.name, 40, "taxes")
    for line in lines:
        _check_line(line, len(taxes))


def _check_line(line: LineForm, taxes: int) -> None:
    _check_labels(line.label, "lines")
    hourly = line.rate is not None and line.hours_hundredths is not None and line.amount is None
    fixed = line.amount is not None and line.rate is None and line.hours_hundredths is None
    if not hourly and not fixed:
        raise Refusal("A line is either hours at a rate or a fixed cost.", field="lines")
    for amount in (line.rate, line.amount):
        if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
            raise Refusal("This amount is out of range.", field="lines")
    if line.hours_hundredths is not None and not 0 < line.hours_hundredths < LONGEST_LINE:
        raise Refusal("Hours are above 0 and below 10,000.", field="lines")
    if any(not 0 <= position < taxes for position in line.taxes):
        raise Refusal("A line names a tax that is not in the list.", field="lines")


def _check_policy(policy: PolicyForm) -> None:
    if policy.kind not in POLICIES:
        raise Refusal("Choose what happens to a surplus.", field="policy_kind")
    if not any(policy.text.values()):
        raise Refusal("Say in words what happens to a surplus: donors read this before they give.", field="policy_text")
    for locale, text in policy.text.items():
        _check_length(text, LONGEST_POLICY, f"{locale}_policy")
