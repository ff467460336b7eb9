"""What a campaign's form may say. Each check raises Refusal with the field it belongs to."""

import re

from fund.campaigns.check_schedule import (
    LARGEST_AMOUNT,
    MOST_LINES,
    check_labels,
    check_length,
    check_limits,
    check_schedule,
)
from fund.campaigns.form_costs import form_rules
from fund.campaigns.forms import CampaignForm, PolicyForm, TextForm
from fund.campaigns.rules import breakdown
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.money import SMALLEST_AT_STRIPE, Money, smallest_step

CURRENCIES = ("CAD", "SEK", "JPY", "KWD", "USD", "EUR", "GBP", "CHF", "NOK", "DKK", "AUD", "NZD")
POLICIES = ("refund", "charity", "next_stage", "other_matter")
SIDES = ("complainant", "respondent", "third_party")
LONGEST = {
    "title": 140, "kicker": 140, "standfirst": 600, "story": 40_000,
    "if_we_win": 2_000, "if_we_lose": 2_000, "if_we_settle": 2_000, "terms": 5_000,
}  # fmt: skip
LONGEST_POLICY = 2_000
LONGEST_COURT = 140
LONGEST_FILE_NUMBER = 80
RESERVED_SLUGS = frozenset({"new", "donate", "updates"})
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def check_campaign_form(form: CampaignForm) -> None:
    """Enough to keep a draft; what a launch needs besides is in `launch_checklist`."""
    if not _SLUG.fullmatch(form.slug) or form.slug in RESERVED_SLUGS:
        raise Refusal("An address is made of small letters, digits and hyphens, such as four-labels.", field="slug")
    if form.currency not in CURRENCIES:
        raise Refusal("Choose one of the listed currencies.", field="currency")
    _check_minimum_gift(form)
    if form.audience_size is not None and not 0 < form.audience_size < 10**9:
        raise Refusal("Write how many members there are, or leave it empty.", field="audience_size")
    _check_texts(form.texts)
    _check_lists(form)
    check_schedule(form.schedule)
    check_share(form.organiser_share, breakdown(form_rules(form.schedule)).target if form.lines else None)
    check_limits(form.limits, currency=form.currency, minimum_gift=form.minimum_gift)
    for locale, court in form.court.items():
        check_length(court, LONGEST_COURT, f"{locale}_court")
    check_length(form.file_number, LONGEST_FILE_NUMBER, "file_number")
    if form.policy is not None:
        check_policy(form.policy)


def check_share(share: int, target: int | None) -> None:
    """`target` is None while there is no schedule."""
    _check_amount(share, "organiser_share")
    if target is not None and share > target:
        raise Refusal("The organiser’s share cannot be more than the whole target.", field="organiser_share")


def check_policy(policy: PolicyForm) -> None:
    if policy.kind not in POLICIES:
        raise Refusal("Choose what happens to a surplus.", field="policy_kind")
    if not any(policy.text.values()):
        raise Refusal("Say in words what happens to a surplus: donors read this before they give.", field="policy_text")
    for locale, text in policy.text.items():
        check_length(text, LONGEST_POLICY, f"{locale}_policy")


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
            check_length(getattr(text, name), longest, f"{locale}_{name}")


def _check_lists(form: CampaignForm) -> None:
    for field, rows in (("parties", form.parties), ("demands", form.demands)):
        if len(rows) > MOST_LINES:
            raise Refusal("At most {most} lines, please.", field=field, most=MOST_LINES)
    for party in form.parties:
        if party.side not in SIDES:
            raise Refusal("Choose what part this party has.", field="parties")
        check_labels(party.name, party.side)
    for demand in form.demands:
        check_labels(demand, "demands", in_each_language=True)
