"""A campaign as the flat values of its form, and the words in which the form's fields are called."""

from fund.campaigns.models import Campaign, FeeSchedule, SurplusPolicy
from fund.desk.schedule_values import schedule_values
from fund.desk.typed_days import ONE_DAY, day_value
from fund.kit.i18n import LOCALES
from fund.kit.money import plain_amount

TEXTS = ("title", "kicker", "standfirst", "story", "if_we_win", "if_we_lose", "if_we_settle", "terms")
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
        "file_number": campaign.file_number,
    }
    for text in campaign.texts:
        values |= {f"{text.locale}_{name}": getattr(text, name) for name in TEXTS}
    for locale in LOCALES:
        values[f"{locale}_court"] = campaign.court.get(locale, "")
        values[f"{locale}_policy"] = policy.text.get(locale, "") if policy else ""
        values[f"{locale}_demands"] = "\n".join(demand.text.get(locale, "") for demand in campaign.demands).strip()
    for side, field in SIDES.items():
        values[field] = "\n".join(_both(party.name) for party in campaign.parties if party.side == side)
    return values | limit_values(campaign) | schedule_values(schedule, currency)


def limit_values(campaign: Campaign) -> dict[str, str]:
    """The cap and the first and last day of gifts."""
    cap, until = campaign.hard_cap, campaign.gifts_until
    return {
        "hard_cap": plain_amount(cap, campaign.currency) if cap is not None else "",
        "gifts_from": day_value(campaign.gifts_from) if campaign.gifts_from else "",
        "gifts_until": day_value(until - ONE_DAY) if until else "",
    }


def _both(names: dict[str, str]) -> str:
    english, french = names.get("en", ""), names.get("fr", "")
    return english if english == french or not french else f"{english}{BETWEEN_LANGUAGES}{french}"
