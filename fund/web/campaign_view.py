"""Everything a campaign's page shows, read in one snapshot. The desk's preview shows a draft through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from fund.billing.public_bills import PublicBill, public_bills
from fund.campaigns.gifts_taken import GiftsTaken, gifts_taken
from fund.campaigns.models import Campaign, CampaignText, FeeLine, FeeSchedule, SurplusPolicy
from fund.campaigns.progress import Progress
from fund.campaigns.queries import as_rules, current_policy, current_schedule
from fund.campaigns.rules import (
    Breakdown,
    Schedule,
    Suggestion,
    breakdown,
    first_rate,
    high_target,
    hours_bought,
    price_with_taxes,
    stage_sums,
    suggested_amounts,
)
from fund.campaigns.stages import StageNow, next_stage, stages_now
from fund.donations.campaign_progress import campaign_progress
from fund.donations.queries import ShownDonors, shown_donors
from fund.kit.money import smallest_step
from fund.kit.svg import Cost, HoursBar, hours_bar
from fund.updates.queries import UpdatePage, published_updates
from fund.web.case_view import CaseView, case_view
from fund.web.i18n import gettext

DONORS_SHOWN = 60
UPDATES_SHOWN = 3
PREFERRED_SUGGESTION = 1
"""The second amount, a quarter of an hour, is the one chosen beforehand."""

Figure = tuple[str, int]


@dataclass(frozen=True, slots=True)
class CampaignView:
    """What the template gets; `now` is when the figures were read."""

    campaign: Campaign
    text: CampaignText
    schedule: FeeSchedule
    costs: Breakdown
    target_high: int
    """What the target would be if every high estimate came true; the target where there is none."""
    stages: Sequence[StageNow]
    takes: GiftsTaken
    policy: SurplusPolicy | None
    progress: Progress
    bar: HoursBar
    hours_promised: Decimal
    """What the unpaid part of the organiser's share will buy on top of what is funded."""
    rate: int | None
    suggestions: Sequence[Suggestion]
    donors: ShownDonors
    updates: UpdatePage
    bills: Sequence[PublicBill]
    case: CaseView
    now: datetime

    @property
    def takes_gifts(self) -> bool:
        return self.takes.now

    @property
    def next_stage(self) -> StageNow | None:
        return next_stage(self.stages)

    @property
    def initial_lines(self) -> list[FeeLine]:
        """Of the schedule, what the target is made of."""
        stretch = {one.sums.position for one in self.stages if one.stage.stretch}
        return [line for line in self.schedule.lines if line.stage not in stretch]

    @property
    def chosen(self) -> int | None:
        """The amount that is chosen beforehand, in minor units."""
        if not self.suggestions:
            return None
        return self.suggestions[min(PREFERRED_SUGGESTION, len(self.suggestions) - 1)].amount

    @property
    def each(self) -> int | None:
        """The members' part divided by the stated number of members, rounded up; minor units."""
        size = self.campaign.audience_size
        return -(-self.progress.members_part // size) if size else None

    @property
    def money_in(self) -> list[Figure]:
        """What came, and what of it went back or was kept on the way; adds up to the same as `money_now`."""
        figures = self.progress
        line = [(gettext("Raised"), figures.raised_gross), (gettext("Organiser’s share"), figures.organiser_paid)]
        if figures.refunded:
            line.append((gettext("Given back"), -figures.refunded))
        return [*line, (gettext("Fees"), -figures.fees)]

    @property
    def money_now(self) -> list[Figure]:
        """Where it is. Only what may be zero for ever is left out while it is."""
        figures = self.progress
        line = [(gettext("Available"), figures.available)]
        if figures.held:
            line.append((gettext("Held in disputes"), figures.held))
        line += [(gettext("In trust"), figures.in_trust), (gettext("Bills paid"), figures.paid)]
        if figures.passed_on:
            line.append((gettext("Passed on"), figures.passed_on))
        return line

    @property
    def money_sum(self) -> int:
        return sum(amount for _, amount in self.money_now)


def campaign_view(session: Session, campaign: Campaign, *, locale: str, now: datetime) -> CampaignView:
    """Reads only; a draft is shown as it would be when launched."""
    schedule = current_schedule(session, campaign.id)
    rules = as_rules(schedule)
    figures = campaign_progress(session, campaign, schedule)
    takes = gifts_taken(campaign, figures, now=now)
    return CampaignView(
        campaign=campaign,
        text=campaign.text(locale),
        schedule=schedule,
        costs=breakdown(rules),
        target_high=high_target(rules),
        stages=stages_now(schedule, figures.in_hand),
        takes=takes,
        policy=current_policy(session, campaign.id),
        progress=figures,
        bar=progress_bar(rules, figures),
        hours_promised=_hours_promised(rules, figures),
        rate=first_rate(rules),
        suggestions=[one for one in suggestions(rules, campaign) if not takes.largest or one.amount <= takes.largest],
        donors=shown_donors(session, campaign.id, limit=DONORS_SHOWN),
        updates=published_updates(session, campaign.id, limit=UPDATES_SHOWN),
        bills=public_bills(session, campaign.id) if figures.billed else (),
        case=case_view(session, campaign, now=now),
        now=now,
    )


def suggestions(rules: Schedule, campaign: Campaign) -> list[Suggestion]:
    """Amounts that stand for round times of counsel, in steps that Stripe takes."""
    step = smallest_step(campaign.currency)
    return suggested_amounts(first_rate(rules), minimum=campaign.minimum_gift, step=step)


def progress_bar(rules: Schedule, figures: Progress) -> HoursBar:
    """Organiser's share first, paid and promised apart, then gifts, then what the processor kept of them."""
    promised = max(0, figures.organiser_promised - figures.organiser_paid)
    gifts, fees = ("gifts", figures.raised_net), ("fees", max(0, figures.fees))
    given = figures.organiser_paid + promised + figures.raised_net + fees[1]
    ordered = (gifts, fees) if given <= figures.target else (fees, gifts)
    return hours_bar(_costs(rules, given), [("own", figures.organiser_paid), ("promised", promised), *ordered])


def _hours_promised(rules: Schedule, figures: Progress) -> Decimal:
    in_hand = figures.raised_net + figures.organiser_paid
    promised = max(0, figures.organiser_promised - figures.organiser_paid)
    return hours_bought(rules, in_hand + promised) - figures.hours_funded


def _costs(rules: Schedule, money: int) -> list[Cost]:
    """Of the stages that make the target, and of the stretch ones that `money` has come to."""
    shown = {one.position for one in stage_sums(rules) if not one.stretch or money > one.cumulative - one.amount}
    return [
        Cost(price_with_taxes(rules, line), line.hours_hundredths, line.stage)
        for line in rules.lines
        if line.stage in shown
    ]
