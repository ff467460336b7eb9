"""A campaign's terms as plain public values: what a revision keeps of before and after, and the log of an edit."""

from typing import Any

from fund.campaigns.models import Campaign, FeeSchedule, SurplusPolicy
from fund.campaigns.queries import as_rules
from fund.campaigns.rules import breakdown, high_target, members_part, whole_breakdown
from fund.kit.clock import rfc3339


def schedule_terms(campaign: Campaign, schedule: FeeSchedule) -> dict[str, Any]:
    """What it comes to; amounts in minor units, hours with two decimals."""
    rules = as_rules(schedule)
    sums, high = breakdown(rules), high_target(rules)
    return {
        "version": schedule.version,
        "target": sums.target,
        "target_high": high if high > sums.target else None,
        "with_stretch": whole_breakdown(rules).target if any(rules.stretch) else None,
        "members_part": members_part(sums.target, campaign.organiser_share),
        "hours": f"{sums.hours:.2f}",
        "rates": sorted({line.rate for line in schedule.lines if line.rate}),
        "stages": [dict(stage.title) for stage in schedule.stages],
    }


def policy_terms(policy: SurplusPolicy | None) -> dict[str, Any]:
    return {"version": policy.version, "kind": policy.kind, "text": dict(policy.text)} if policy else {}


def share_terms(campaign: Campaign, schedule: FeeSchedule) -> dict[str, Any]:
    return {
        "organiser_share": campaign.organiser_share,
        "members_part": members_part(schedule.target, campaign.organiser_share),
    }


def limits_of(campaign: Campaign) -> dict[str, Any]:
    return {
        "hard_cap": campaign.hard_cap,
        "gifts_from": rfc3339(campaign.gifts_from) if campaign.gifts_from else None,
        "gifts_until": rfc3339(campaign.gifts_until) if campaign.gifts_until else None,
    }
