from flask import render_template, request, url_for

from fund.campaigns.launch_campaign import launch_campaign, launch_checklist
from fund.desk.answers import done
from fund.desk.find import find_campaign
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session


@needs("launch_campaigns")
def launch(campaign_id: int) -> Answer:
    """A GET shows what is still missing; the POST opens the campaign or says why not."""
    if request.method == "GET":
        return _page(campaign_id, "")
    try:
        with write_session() as session:
            launch_campaign(session, campaign_id=campaign_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(campaign_id, explain(refusal)), refusal.status
    return done(gettext("The campaign is open: it takes gifts from now on."), url_for("desk.campaigns"))


def _page(campaign_id: int, refused: str) -> str:
    campaign = find_campaign(campaign_id)
    checks = launch_checklist(read_session(), campaign)
    return render_template("desk/launch.html", campaign=campaign, checks=checks, refused=refused)
