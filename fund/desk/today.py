"""What needs a hand today, what the money does, what came in last."""

from datetime import datetime, timedelta

from flask import render_template
from sqlalchemy.orm import Session

from fund.billing.queries import unpaid_bills
from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.campaigns.queries import all_campaigns
from fund.closing.queries import live_plan, plans_to_see_to
from fund.desk.disputes import dispute_rows
from fund.desk.gift_rows import gift_rows
from fund.donations.campaign_progress import campaign_progress
from fund.donations.queries import held_messages, list_donations
from fund.donations.queries_of_declines import open_slowdowns
from fund.donations.queries_of_returns import (
    count_refunds_to_mend,
    count_unanswered_refunds,
    gifts_to_review,
    open_disputes,
)
from fund.kit.clock import utc_now
from fund.mail.queries import count_trouble
from fund.mail.queries_of_mailings import paused_mailings
from fund.payments.queries import count_by_state, open_alerts
from fund.reconciliation.queries import last_runs
from fund.reports.queries import closed_without_final_report
from fund.updates.models import Update
from fund.updates.queries import drafts, scheduled_updates
from fund.updates.reviews import Standing, standings
from fund.web.guards import needs
from fund.web.request_scope import read_session

LATEST = 8
JUST_NOW = timedelta(minutes=3)
"""A worker publishes within that time what nothing stands in the way of."""
MANY = 50
"""Counts of what waits stop here: "50 or more" needs no exact figure."""


@needs("see_desk")
def today() -> str:
    session, now = read_session(), utc_now()
    campaigns = all_campaigns(session)
    mail, events, money = count_trouble(session), count_by_state(session), _money(session, campaigns)
    waiting = drafts(session, limit=5)
    return render_template(
        "desk/today.html",
        now=now,
        messages=len(held_messages(session, limit=MANY)),
        reviews=len(gifts_to_review(session, limit=MANY)),
        disputes=dispute_rows(open_disputes(session, limit=MANY), now),
        refunds=count_refunds_to_mend(session, now=now),
        bills=unpaid_bills(session)[:MANY],
        unanswered=count_unanswered_refunds(session, now=now),
        slowdowns=open_slowdowns(session, now=now),
        alerts=len(open_alerts(session, limit=MANY)),
        comparison=next(iter(last_runs(session, limit=1)), None),
        mail=mail,
        paused_mailings=paused_mailings(session)[:MANY],
        stuck_events=sum(events.get(state, 0) for state in ("failed", "rejected", "quarantined")),
        plans=plans_to_see_to(session)[:MANY],
        unreported=closed_without_final_report(session)[:MANY],
        update_drafts=waiting,
        standings=standings(session, waiting),
        late_updates=_late_updates(session, now),
        campaign_drafts=[campaign for campaign in campaigns if campaign.status == "draft"],
        money=money,
        left_over=_left_over(session, money),
        gifts=gift_rows(session, list_donations(session, limit=LATEST)),
        campaigns={campaign.id: campaign for campaign in campaigns},
    )


def _late_updates(session: Session, now: datetime) -> list[tuple[Update, Standing]]:
    """Scheduled, and their moment is past: they wait for counsel."""
    late = scheduled_updates(session, due=now - JUST_NOW, limit=MANY)
    found = standings(session, late)
    return [(update, found[update.id]) for update in late]


def _money(session: Session, campaigns: list[Campaign]) -> list[tuple[Campaign, Progress]]:
    """Of campaigns that take gifts, and of others as long as there is money to care for."""
    launched = [
        (campaign, campaign_progress(session, campaign)) for campaign in campaigns if campaign.status != "draft"
    ]
    return [
        (campaign, figures)
        for campaign, figures in launched
        if campaign.status == "open" or figures.available or figures.held
    ]


def _left_over(session: Session, money: list[tuple[Campaign, Progress]]) -> dict[int, int]:
    """What is left of closed campaigns while nobody has decided about it; minor units."""
    left = {campaign.id: figures.available for campaign, figures in money if campaign.status == "closed"}
    plans = {campaign_id: live_plan(session, campaign_id) for campaign_id, minor in left.items() if minor > 0}
    return {id_: left[id_] for id_, plan in plans.items() if plan is None or plan.state == "draft"}
