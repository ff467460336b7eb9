from dataclasses import dataclass

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from fund.campaigns.models import Campaign, CampaignText
from fund.campaigns.progress import Progress
from fund.campaigns.queries import as_rules, current_schedule, public_campaigns
from fund.closing.models import Outcome
from fund.closing.queries import outcomes_by_campaign
from fund.donations.campaign_progress import campaign_progress
from fund.kit.svg import HoursBar
from fund.web.campaign_view import progress_bar
from fund.web.i18n import BARE_KEY, current_locale
from fund.web.request_scope import read_session
from fund.web.services import services


@dataclass(frozen=True, slots=True)
class Listed:
    """One campaign in the list, with what its bar needs."""

    campaign: Campaign
    text: CampaignText
    progress: Progress
    bar: HoursBar
    outcome: Outcome | None


def home() -> str | Response:
    """Campaigns that take gifts, then those that no longer do."""
    if request.environ.get(BARE_KEY):
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"/fr/?{query}" if query else "/fr/", 308)
    if current_locale() == "en" and services().settings.default_locale == "fr" and request.args.get("lang") != "en":
        return redirect("/fr/", 302)
    outcomes = outcomes_by_campaign(read_session())
    listed = [_listed(campaign, outcomes.get(campaign.id)) for campaign in public_campaigns(read_session())]
    return render_template(
        "site/home.html",
        running=[one for one in listed if one.campaign.status == "open"],
        ended=[one for one in listed if one.campaign.status != "open"],
    )


def home_path(locale: str | None = None) -> str:
    """The start page in `locale`, else in the page's language; past the redirect for those whose default differs."""
    if (locale or current_locale()) == "fr":
        return "/fr/"
    return "/?lang=en" if services().settings.default_locale == "fr" else "/"


def _listed(campaign: Campaign, outcome: Outcome | None) -> Listed:
    session = read_session()
    schedule = current_schedule(session, campaign.id)
    figures, rules = campaign_progress(session, campaign, schedule), as_rules(schedule)
    return Listed(campaign, campaign.text(current_locale()), figures, progress_bar(rules, figures), outcome)
