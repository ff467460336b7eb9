from flask import render_template

from fund.desk.find import campaigns_by_id
from fund.updates.queries import CLEARABLE, campaign_updates, follower_counts
from fund.updates.reviews import standings
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("edit_updates")
def updates() -> str:
    """Of each campaign, drafts first."""
    session = read_session()
    rows = [
        (campaign, campaign_updates(session, campaign.id), follower_counts(session, campaign.id))
        for campaign in campaigns_by_id().values()
    ]
    drafts = [update for _, updates, _ in rows for update in updates if update.state in CLEARABLE]
    return render_template("desk/updates.html", rows=rows, standings=standings(session, drafts))
