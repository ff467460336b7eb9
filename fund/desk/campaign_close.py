from flask import render_template, request, url_for

from fund.campaigns.close_campaign import close_campaign
from fund.desk.answers import done
from fund.desk.find import find_campaign
from fund.donations.campaign_progress import campaign_progress
from fund.donations.queries_of_returns import count_stoppable
from fund.donations.stop_gifts import stop_gifts
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
            pages, monthly = count_stoppable(session, campaign_id)
            close_campaign(session, campaign_id=campaign_id, actor=the_member().actor, now=utc_now())
            stop_gifts(session, services().queue, campaign_id=campaign_id)
    except Refusal as refusal:
        return _page(campaign_id, explain(refusal)), refusal.status
    said = [gettext("The campaign is closed: it takes no more gifts.")]
    if pages:
        said.append(gettext("Pages being closed at Stripe: {count}.", count=pages))
    if monthly:
        said.append(gettext("Monthly gifts being ended: {count}.", count=monthly))
    return done(" ".join(said), url_for("desk.campaigns"))


def _page(campaign_id: int, refused: str) -> str:
    campaign = find_campaign(campaign_id)
    pages, monthly = count_stoppable(read_session(), campaign_id)
    return render_template(
        "desk/close.html",
        campaign=campaign,
        progress=campaign_progress(read_session(), campaign),
        pages=pages,
        monthly=monthly,
        refused=refused,
    )
