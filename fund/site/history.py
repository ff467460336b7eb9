from dataclasses import dataclass

from flask import render_template

from fund.campaigns.models import FeeSchedule, Revision
from fund.campaigns.queries import as_rules
from fund.campaigns.queries_of_history import policy_versions, revisions, schedule_versions
from fund.campaigns.revision_words import Change, changes_of, revision_title
from fund.campaigns.rules import Breakdown, StageSum, breakdown, stage_sums
from fund.site.find_campaign import find_campaign
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session


@dataclass(frozen=True, slots=True)
class RevisionShown:
    revision: Revision
    title: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """One version; `stages` is empty where it has none."""

    schedule: FeeSchedule
    costs: Breakdown
    stages: list[StageSum]


def history(slug: str) -> str:
    """How the terms came to be what they are: every revision with its reason, every version to read."""
    campaign, session, locale = find_campaign(slug), read_session(), current_locale()
    return render_template(
        "site/history.html",
        campaign=campaign,
        text=campaign.text(locale),
        revisions=[
            RevisionShown(
                revision=one,
                title=revision_title(one.kind, locale=locale),
                changes=changes_of(one.kind, one.before, one.after, currency=campaign.currency, locale=locale),
            )
            for one in revisions(session, campaign.id)
        ],
        schedules=[_shown(schedule) for schedule in schedule_versions(session, campaign.id)],
        policies=policy_versions(session, campaign.id),
    )


def _shown(schedule: FeeSchedule) -> ScheduleShown:
    rules = as_rules(schedule)
    return ScheduleShown(schedule, breakdown(rules), stage_sums(rules) if schedule.stages else [])
