"""A campaign as the flat values of its form, and the words in which the form's fields are called."""

from decimal import Decimal

from fund.campaigns.models import Campaign, FeeLine, FeeSchedule, FeeTax, SurplusPolicy
from fund.kit.i18n import LOCALES
from fund.kit.money import plain_amount

TEXTS = ("title", "kicker", "standfirst", "story", "if_we_win", "if_we_lose", "if_we_settle")
SIDES = {"complainant": "complainants", "respondent": "respondents", "third_party": "third_parties"}
BETWEEN_LANGUAGES = " | "
"""Between the English and the French name of one party, where they differ."""


def blank_values(currency: str) -> dict[str, str]:
    return {"currency": currency, "minimum_gift": "5", "policy_kind": "", "version": ""}


def values_of(campaign: Campaign, schedule: FeeSchedule, policy: SurplusPolicy | None) -> dict[str, str]:
    """What the form would have to hold to make this campaign."""
    currency = campaign.currency
    values = {
        "slug": campaign.slug,
        "currency": currency,
        "organiser_share": plain_amount(campaign.organiser_share, currency),
        "minimum_gift": plain_amount(campaign.minimum_gift, currency),
        "audience_size": str(campaign.audience_size or ""),
        "version": campaign.updated_at.isoformat(),
        "policy_kind": policy.kind if policy else "",
    }
    for text in campaign.texts:
        values |= {f"{text.locale}_{name}": getattr(text, name) for name in TEXTS}
    for locale in LOCALES:
        values[f"{locale}_policy"] = policy.text.get(locale, "") if policy else ""
        values[f"{locale}_demands"] = "\n".join(demand.text.get(locale, "") for demand in campaign.demands).strip()
    for side, field in SIDES.items():
        values[field] = "\n".join(_both(party.name) for party in campaign.parties if party.side == side)
    for tax in schedule.taxes:
        values |= _tax_values(tax)
    for line in schedule.lines:
        values |= _line_values(line, currency)
    return values


def _both(names: dict[str, str]) -> str:
    english, french = names.get("en", ""), names.get("fr", "")
    return english if english == french or not french else f"{english}{BETWEEN_LANGUAGES}{french}"


def _tax_values(tax: FeeTax) -> dict[str, str]:
    rate = (Decimal(tax.rate_ppm) / 10_000).normalize()
    return {f"tax_{tax.position}_name": tax.name, f"tax_{tax.position}_rate": f"{rate:f}"}


def _line_values(line: FeeLine, currency: str) -> dict[str, str]:
    at = f"line_{line.position}"
    values = {f"{at}_{locale}": line.label.get(locale, "") for locale in LOCALES}
    if line.rate is not None and line.hours_hundredths is not None:
        hours = (Decimal(line.hours_hundredths) / 100).normalize()
        values |= {f"{at}_hours": f"{hours:f}", f"{at}_rate": plain_amount(line.rate, currency)}
    else:
        values[f"{at}_cost"] = plain_amount(line.amount, currency)
    return values | {f"{at}_tax_{tax.tax_position}": "1" for tax in line.taxes}
