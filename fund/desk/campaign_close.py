from flask import render_template, request, url_for

from fund.campaigns.close_campaign import close_campaign
from fund.campaigns.progress import progress
from fund.desk.answers import done
from fund.desk.find import find_campaign
from fund.donations.close_checkouts import close_checkouts
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs("close_campaigns")
def close(campaign_id: int) -> Answer:
    """A GET asks, the POST closes."""
    if request.method == "GET":
        return _page(campaign_id, "")
    try:
        with write_session() as session:
            close_campaign(session, campaign_id=campaign_id, actor=the_member().actor, now=utc_now())
            close_checkouts(session, services().queue, campaign_id=campaign_id)
    except Refusal as refusal:
        return _page(campaign_id, explain(refusal)), refusal.status
    return done(gettext("The campaign is closed: it takes no more gifts."), url_for("desk.campaigns"))


def _page(campaign_id: int, refused: str) -> str:
    campaign = find_campaign(campaign_id)
    return render_template(
        "desk/close.html", campaign=campaign, progress=progress(read_session(), campaign), refused=refused
    )
