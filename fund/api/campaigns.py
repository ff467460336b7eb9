from decimal import Decimal

from flask import Response
from werkzeug.exceptions import NotFound

from fund.api.answer import answer
from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.campaigns.queries import public_campaign, public_campaigns
from fund.donations.campaign_progress import campaign_progress
from fund.kit.clock import rfc3339
from fund.web.request_scope import read_session
from fund.web.services import services


def list_campaigns() -> Response:
    session = read_session()
    return answer(
        {"data": [_figures(campaign, campaign_progress(session, campaign)) for campaign in public_campaigns(session)]}
    )


def campaign_figures(slug: str) -> Response:
    session = read_session()
    campaign = public_campaign(session, slug)
    if campaign is None:
        raise NotFound
    return answer(_figures(campaign, campaign_progress(session, campaign)))


def _figures(campaign: Campaign, figures: Progress) -> dict[str, object]:
    """Integers in minor units, hours as decimal strings, times in UTC."""
    return {
        "slug": campaign.slug,
        "title": campaign.text(services().settings.default_locale).title,
        "status": campaign.status,
        "currency": campaign.currency,
        "target": figures.target,
        "organiser_share": {"promised": figures.organiser_promised, "paid": figures.organiser_paid},
        "members_part": figures.members_part,
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


def _hours(hours: Decimal) -> str:
    return f"{hours:.2f}"
