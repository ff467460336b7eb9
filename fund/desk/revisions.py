from flask import render_template

from fund.campaigns.campaign_to_revise import REVISABLE
from fund.campaigns.queries_of_history import revisions as made
from fund.campaigns.revision_words import changes_of, revision_title
from fund.desk.find import find_campaign
from fund.desk.revise_kinds import KINDS
from fund.members.queries import names_of_members
from fund.web.guards import needs
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session


@needs("edit_terms")
def revisions(campaign_id: int) -> str:
    """What was revised so far, by whom and why, and the ways to revise."""
    campaign, session, locale = find_campaign(campaign_id), read_session(), current_locale()
    rows = made(session, campaign.id)
    ids = {int(row.made_by[7:]) for row in rows if row.made_by.startswith("member:")}
    return render_template(
        "desk/revisions.html",
        campaign=campaign,
        kinds=KINDS if campaign.status in REVISABLE else (),
        names={f"member:{id_}": name for id_, name in names_of_members(session, ids).items()},
        rows=[
            (
                row,
                revision_title(row.kind, locale=locale),
                changes_of(row.kind, row.before, row.after, currency=campaign.currency, locale=locale),
            )
            for row in rows
        ],
    )
