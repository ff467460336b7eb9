from flask import render_template

from fund.desk.find import find_campaign
from fund.kit.clock import utc_now
from fund.web.campaign_view import campaign_view
from fund.web.ending import find_ending
from fund.web.guards import needs
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session


@needs("edit_campaigns")
def preview(campaign_id: int) -> str:
    """The public page as it would be, drawn by the public page's own template."""
    session, campaign = read_session(), find_campaign(campaign_id)
    view = campaign_view(session, campaign, locale=current_locale(), now=utc_now())
    return render_template("site/campaign.html", view=view, ending=find_ending(session, campaign), preview=True, ref="")
