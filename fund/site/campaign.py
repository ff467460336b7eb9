from flask import render_template, request

from fund.kit.clock import utc_now
from fund.site.find_campaign import find_campaign
from fund.site.source import source_of_link
from fund.web.campaign_view import campaign_view
from fund.web.ending import find_ending
from fund.web.i18n import current_locale
from fund.web.page_cache import changes_at
from fund.web.request_scope import read_session


def campaign(slug: str) -> str:
    """The page people share. Looks at no cookie, so that caches may keep it."""
    found, now = find_campaign(slug), utc_now()
    view = campaign_view(read_session(), found, locale=current_locale(), now=now)
    for moment in (found.gifts_from, found.gifts_until):
        if moment is not None and moment > now:
            changes_at(moment)
    return render_template(
        "site/campaign.html",
        view=view,
        ending=find_ending(read_session(), found),
        preview=False,
        ref=source_of_link(request.args.get("ref")),
    )
