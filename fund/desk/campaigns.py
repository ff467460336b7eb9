from flask import render_template

from fund.campaigns.queries import all_campaigns, current_schedule
from fund.campaigns.rules import members_part
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_desk")
def campaigns() -> str:
    session = read_session()
    rows = [
        (
            campaign,
            target := current_schedule(session, campaign.id).target,
            members_part(target, campaign.organiser_share),
        )
        for campaign in all_campaigns(session)
    ]
    return render_template("desk/campaigns.html", rows=rows)
