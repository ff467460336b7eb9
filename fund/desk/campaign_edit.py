"""The campaign's one long form: new, edited as a draft, edited after launch (then without the terms)."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from fund.campaigns.check_form import CURRENCIES, POLICIES
from fund.campaigns.edit_campaign import edit_campaign
from fund.campaigns.form_costs import form_rules
from fund.campaigns.forms import CampaignForm, ScheduleForm
from fund.campaigns.models import Campaign
from fund.campaigns.open_campaign import open_campaign
from fund.campaigns.queries import campaign_by_slug, current_policy, current_schedule
from fund.campaigns.rules import Breakdown, StageSum, breakdown, high_target, members_part, stage_sums
from fund.desk.answers import done, errors_of
from fund.desk.campaign_form import PAGE_NAMES, read_campaign_form
from fund.desk.campaign_values import blank_values, values_of
from fund.desk.find import find_campaign
from fund.desk.schedule_form import schedule_rows
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

TERMS = frozenset(
    {"slug", "currency", "organiser_share", "policy_kind", "en_policy", "fr_policy"}
    | {"hard_cap", "gifts_from", "gifts_until"}
    | {"complainants", "respondents", "third_parties", "en_demands", "fr_demands"}
)
TERM_ROWS = ("tax_", "line_", "stage_")


@dataclass(frozen=True, slots=True)
class Sums:
    """What the typed schedule comes to; minor units."""

    costs: Breakdown
    share: int
    members_part: int
    currency: str
    stages: list[StageSum]
    titles: list[dict[str, str]]
    high: int
    """What the target would be if every high estimate came true."""


@needs("edit_campaigns")
def new() -> Answer:
    if request.method == "GET":
        return _page(None, blank_values(CURRENCIES[0]), {})
    values = _typed(request.form)
    form, errors = read_campaign_form(values)
    if errors or _wants_more():
        return _again(None, values, errors)
    try:
        with write_session() as session:
            same = campaign_by_slug(session, form.slug)
            if same is None or not _is_same(same, values):
                same = open_campaign(session, form=form, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(None, values, errors_of(refusal, PAGE_NAMES)), refusal.status
    return done(
        gettext("The draft is kept. Nobody outside the desk sees it."), url_for("desk.campaign", campaign_id=same.id)
    )


@needs("edit_campaigns")
def edit(campaign_id: int) -> Answer:
    campaign = find_campaign(campaign_id)
    kept = _values(campaign)
    if request.method == "GET":
        return _page(campaign, kept, {})
    values = _typed(request.form)
    if campaign.status != "draft":
        values = {name: value for name, value in values.items() if not _is_term(name)}
        values |= {name: value for name, value in kept.items() if _is_term(name)}
    form, errors = read_campaign_form(values)
    if errors or _wants_more():
        return _again(campaign, values, errors)
    try:
        _save(campaign_id, form, seen=values.get("version", ""))
    except Refusal as refusal:
        return _page(campaign, values, errors_of(refusal, PAGE_NAMES)), refusal.status
    return done(gettext("The campaign is saved."), url_for("desk.campaign", campaign_id=campaign_id))


def _save(campaign_id: int, form: CampaignForm, *, seen: str) -> None:
    with write_session() as session:
        campaign = session.get(Campaign, campaign_id, with_for_update=True)
        if campaign is not None and campaign.updated_at.isoformat() != seen:
            raise Refusal(
                "Somebody else changed this campaign meanwhile. Open it in another window, compare, and send again.",
                status=409,
            )
        edit_campaign(session, campaign_id=campaign_id, form=form, actor=the_member().actor, now=utc_now())


def _again(campaign: Campaign | None, values: dict[str, str], errors: dict[str, str]) -> Answer:
    return _page(campaign, values, errors), 422 if errors else 200


def _page(campaign: Campaign | None, values: dict[str, str], errors: dict[str, str]) -> str:
    is_draft = campaign is None or campaign.status == "draft"
    return render_template(
        "desk/campaign.html",
        campaign=campaign,
        values=values,
        errors=errors,
        is_draft=is_draft,
        currencies=CURRENCIES,
        policies=POLICIES,
        rows=schedule_rows(values, more=_wants_more(), another_stage=request.form.get("action") == "stage"),
        sums=_sums(values),
        unsaved=_wants_more(),
    )


def _sums(values: dict[str, str]) -> Sums | None:
    """From the form as it stands, saved or not; None while one of these numbers cannot be read."""
    form, errors = read_campaign_form(values)
    unreadable = any(name == "organiser_share" or name.startswith(TERM_ROWS) for name in errors)
    if unreadable or not form.lines or form.currency not in CURRENCIES:
        return None
    return sums_of(form.schedule, form.organiser_share, form.currency)


def sums_of(schedule: ScheduleForm, share: int, currency: str) -> Sums:
    rules = form_rules(schedule)
    costs = breakdown(rules)
    return Sums(
        costs=costs,
        share=share,
        members_part=members_part(costs.target, share),
        currency=currency,
        stages=stage_sums(rules) if schedule.stages else [],
        titles=[stage.title for stage in schedule.stages],
        high=high_target(rules),
    )


def _values(campaign: Campaign) -> dict[str, str]:
    session = read_session()
    return values_of(campaign, current_schedule(session, campaign.id), current_policy(session, campaign.id))


def _is_same(campaign: Campaign, values: dict[str, str]) -> bool:
    """Whether this draft was made by this very form: a double click, not somebody else's address."""
    kept, _ = read_campaign_form(_values(campaign))
    typed, _ = read_campaign_form(values)
    return campaign.status == "draft" and kept == typed


def _typed(form: MultiDict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.to_dict().items() if name != "csrf_token"}


def _is_term(name: str) -> bool:
    return name in TERMS or name.startswith(TERM_ROWS)


def _wants_more() -> bool:
    """The buttons that add rows and work out the target, and save nothing."""
    return request.form.get("action") in ("more", "stage")
