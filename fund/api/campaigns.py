from decimal import Decimal

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from fund.api.answer import answer
from fund.campaigns.models import Campaign
from fund.campaigns.queries import current_schedule, public_campaign, public_campaigns
from fund.campaigns.stages import StageNow, stages_now
from fund.closing.models import Outcome
from fund.closing.queries import outcome_of
from fund.donations.campaign_progress import campaign_progress
from fund.kit.clock import rfc3339
from fund.kit.i18n import localised
from fund.web.request_scope import read_session
from fund.web.services import services


def list_campaigns() -> Response:
    session = read_session()
    return answer({"data": [_figures(session, campaign) for campaign in public_campaigns(session)]})


def campaign_figures(slug: str) -> Response:
    session = read_session()
    campaign = public_campaign(session, slug)
    if campaign is None:
        raise NotFound
    return answer(_figures(session, campaign))


def _figures(session: Session, campaign: Campaign) -> dict[str, object]:
    """Integers in minor units, hours as decimal strings, times in UTC."""
    schedule = current_schedule(session, campaign.id)
    figures = campaign_progress(session, campaign, schedule)
    return {
        "slug": campaign.slug,
        "title": campaign.text(services().settings.default_locale).title,
        "status": campaign.status,
        "outcome": _outcome(outcome_of(session, campaign.id)),
        "currency": campaign.currency,
        "target": figures.target,
        "organiser_share": {"promised": figures.organiser_promised, "paid": figures.organiser_paid},
        "members_part": figures.members_part,
        "stages": [_stage(one) for one in stages_now(schedule, figures.in_hand)],
        "raised_gross": figures.raised_gross,
        "refunded": figures.refunded,
        "fees": figures.fees,
        "raised_net": figures.raised_net,
        "held": figures.held,
        "available": figures.available,
        "in_trust": figures.in_trust,
        "billed": figures.billed,
        "paid": figures.paid,
        "passed_on": figures.passed_on,
        "hours": {
            "funded": _hours(figures.hours_funded),
            "billed": _hours(figures.hours_billed),
            "remaining": _hours(figures.hours_remaining),
        },
        "donations_count": figures.donations_count,
        "updated_at": rfc3339(figures.updated_at),
    }


def _outcome(outcome: Outcome | None) -> dict[str, object] | None:
    """None while the campaign goes on."""
    if outcome is None:
        return None
    return {
        "kind": outcome.kind,
        "text": outcome.text,
        "ended_on": outcome.ended_on.isoformat(),
        "recorded_at": rfc3339(outcome.recorded_at),
        "corrected_at": rfc3339(outcome.corrected_at) if outcome.corrected_at else None,
    }


def _stage(one: StageNow) -> dict[str, object]:
    """`cumulative`: what it takes to have paid for it and all before it."""
    return {
        "title": localised(one.stage.title, services().settings.default_locale),
        "stretch": one.stage.stretch,
        "amount": one.sums.amount,
        "cumulative": one.sums.cumulative,
        "hours": _hours(one.sums.hours),
        "funded": one.is_funded,
    }


def _hours(hours: Decimal) -> str:
    return f"{hours:.2f}"
