"""What is left of a campaign, what stands in its way, and the plan by which it goes back to those who gave."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from fund.campaigns.models import Campaign
from fund.closing.confirm_plan import confirm_plan, needs_second
from fund.closing.continue_run import continue_run
from fund.closing.find_cover import find_cover
from fund.closing.find_surplus import find_split, find_surplus
from fund.closing.give_up_plan import give_up_plan
from fund.closing.models import SurplusPlan
from fund.closing.pause_run import pause_run
from fund.closing.plan_surplus import plan_surplus
from fund.closing.queries import can_be_asked_again, counts_of, live_plan, passed_on_by, plans_of
from fund.closing.rules import CHARITY, MATTER
from fund.closing.second_plan import second_plan
from fund.closing.try_failed_again import try_failed_again
from fund.desk.actor_names import actor_names
from fund.desk.answers import done, errors_of
from fund.desk.find import campaigns_by_id, find_campaign
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.ledger.queries import balances_of
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

ACTS = ("confirm", "pause", "continue", "again", "give-up")


@dataclass(frozen=True, slots=True)
class Division:
    """What would go where, were it planned now; minor units."""

    goes_back: int
    gifts: int
    to_charity: int
    to_matter: int
    leftover: int
    base: int


@needs("plan_surplus")
def surplus(campaign_id: int) -> str:
    return _page(campaign_id, {})


@needs("plan_surplus")
def plan(campaign_id: int) -> Answer:
    find_campaign(campaign_id)
    try:
        with write_session() as session:
            plan_surplus(session, campaign_id=campaign_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(campaign_id, errors_of(refusal)), refusal.status
    return _done(gettext("The plan is made. Nothing moves before it is confirmed."), campaign_id)


@needs("plan_surplus")
def decide(campaign_id: int, act: str) -> Answer:
    """Confirm, pause, continue, give up, or try again what Stripe refused."""
    find_campaign(campaign_id)
    if act not in ACTS:
        raise NotFound
    plan_id, digest = request.form.get("plan", ""), request.form.get("digest", "")
    by = {"plan_id": plan_id, "actor": the_member().actor}
    queue = services().queue
    try:
        with write_session() as session:
            if act == "confirm":
                confirm_plan(session, queue, digest=digest, now=utc_now(), **by)
            elif act == "pause":
                pause_run(session, now=utc_now(), **by)
            elif act == "continue":
                continue_run(session, queue, now=utc_now(), **by)
            elif act == "again":
                try_failed_again(session, queue, now=utc_now(), **by)
            else:
                give_up_plan(session, now=utc_now(), **by)
    except Refusal as refusal:
        return _page(campaign_id, errors_of(refusal)), refusal.status
    said = {
        "confirm": gettext("The plan is confirmed."),
        "pause": gettext("The run is paused: nothing more is sent."),
        "continue": gettext("The run goes on."),
        "again": gettext("What Stripe refused is asked for again."),
        "give-up": gettext("The plan is given up."),
    }
    return _done(said[act], campaign_id)


@needs("second_surplus")
def second(campaign_id: int) -> Answer:
    """The second person agrees."""
    find_campaign(campaign_id)
    try:
        with write_session() as session:
            second_plan(
                session,
                services().queue,
                plan_id=request.form.get("plan", ""),
                digest=request.form.get("digest", ""),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(campaign_id, errors_of(refusal)), refusal.status
    return _done(gettext("Both have agreed: the refunds are being sent."), campaign_id)


def _done(sentence: str, campaign_id: int) -> Answer:
    return done(sentence, url_for("desk.surplus", campaign_id=campaign_id))


def _page(campaign_id: int, errors: dict[str, str]) -> str:
    session, campaign = read_session(), find_campaign(campaign_id)
    found = find_surplus(session, campaign)
    plans = plans_of(session, campaign_id)
    shown = live_plan(session, campaign_id) or next((one for one in plans if one.state == "finished"), None)
    counts_by_plan = {one.id: counts_of(session, one.id) for one in plans}
    counts = counts_by_plan[shown.id] if shown else {}
    at_stripe = balances_of(session, f"assets:stripe:{campaign.currency.lower()}").get(campaign.currency, 0)
    return render_template(
        "desk/surplus.html",
        campaign=campaign,
        found=found,
        division=_division(campaign, found.free) if found.can_be_divided else None,
        plan=shown,
        plans=plans,
        counts=counts,
        counts_by_plan=counts_by_plan,
        whole=sum(one.amount for one in counts.values()),
        names=_names(plans),
        takes_two=shown is not None and needs_second(session, shown),
        can_ask_again=shown is not None and can_be_asked_again(session, shown.id),
        me=the_member().actor,
        at_stripe=at_stripe,
        cover=find_cover(session, campaign_id),
        passed_on=passed_on_by(session, campaign_id),
        campaigns=campaigns_by_id(),
        errors=errors,
    )


def _division(campaign: Campaign, free: int) -> Division:
    split, _ = find_split(read_session(), campaign, free)
    return Division(
        goes_back=sum(split.shares.values()),
        gifts=len(split.shares),
        to_charity=split.to_pass_on[CHARITY],
        to_matter=split.to_pass_on[MATTER],
        leftover=split.leftover,
        base=split.base,
    )


def _names(plans: list[SurplusPlan]) -> dict[str, str]:
    """Who made, confirmed and seconded them."""
    return actor_names(actor for one in plans for actor in (one.made_by, one.confirmed_by, one.seconded_by))
