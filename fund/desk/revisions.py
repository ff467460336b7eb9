from flask import render_template

from fund.campaigns.campaign_to_revise import REVISABLE
from fund.campaigns.queries_of_history import revisions as made
from fund.campaigns.revision_words import changes_of, revision_title
from fund.desk.actor_names import actor_names
from fund.desk.find import find_campaign
from fund.desk.revise_kinds import KINDS
from fund.web.guards import needs
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session


@needs("edit_terms")
def revisions(campaign_id: int) -> str:
    """What was revised so far, by whom and why, and the ways to revise."""
    campaign, session, locale = find_campaign(campaign_id), read_session(), current_locale()
    rows = made(session, campaign.id)
    return render_template(
        "desk/revisions.html",
        campaign=campaign,
        kinds=KINDS if campaign.status in REVISABLE else (),
        names=actor_names(row.made_by for row in rows),
        rows=[
            (
                row,
                revision_title(row.kind, locale=locale),
                changes_of(row.kind, row.before, row.after, currency=campaign.currency, locale=locale),
            )
            for row in rows
        ],
    )
