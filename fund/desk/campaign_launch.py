"""What a launch needs, step by step, and the launch itself."""

from flask import abort, render_template, request, url_for

from fund.campaigns.launch_campaign import launch_campaign
from fund.campaigns.launch_checklist import STEPS, launch_checklist
from fund.campaigns.models import Campaign
from fund.campaigns.settle_launch_step import settle_launch_step
from fund.desk.answers import done
from fund.desk.find import find_campaign
from fund.desk.launch_facts import launch_facts, settles_in
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

ACTIONS = {"done": "done", "waive": "waived", "reopen": "open"}


@needs("launch_campaigns")
def launch(campaign_id: int) -> Answer:
    """A GET shows what is still missing; the POST opens the campaign or says why not."""
    if request.method == "GET":
        return _page(campaign_id)
    try:
        with write_session() as session:
            launch_campaign(session, campaign_id=campaign_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(campaign_id, refused=explain(refusal)), refusal.status
    return done(gettext("The campaign is open: it takes gifts from now on."), url_for("desk.campaigns"))


@needs("edit_launch_steps")
def settle(campaign_id: int, step: str) -> Answer:
    """One step: done, not needed and why, or open again."""
    state = ACTIONS.get(request.form.get("action", ""))
    if step not in STEPS or state is None:
        abort(404)
    reason = request.form.get("reason", "")
    campaign = find_campaign(campaign_id)
    try:
        _check_currency(campaign, step, state)
        with write_session() as session:
            settle_launch_step(
                session,
                campaign_id=campaign_id,
                name=step,
                state=state,
                reason=reason,
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        typed = {step: reason}
        return _page(campaign_id, errors={step: explain(refusal)}, typed=typed), refusal.status
    return done(gettext("The list is kept."), url_for("desk.campaign_launch", campaign_id=campaign_id) + f"#{step}")


def _check_currency(campaign: Campaign, step: str, state: str) -> None:
    """Stripe is asked, and its word counts: where it shows no such balance, this can only be waived."""
    if step == "settlement_currency" and state == "done" and settles_in(campaign.currency) is False:
        raise Refusal(
            "Stripe shows no balance in {currency}. If gifts are to be converted, waive this and say why.",
            currency=campaign.currency,
        )


def _page(
    campaign_id: int, *, refused: str = "", errors: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> str:
    campaign = find_campaign(campaign_id)
    return render_template(
        "desk/launch.html",
        campaign=campaign,
        checks=launch_checklist(read_session(), campaign),
        facts=launch_facts(campaign),
        refused=refused,
        errors=errors or {},
        typed=typed or {},
    )
