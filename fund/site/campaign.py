from flask import render_template, request

from fund.kit.clock import utc_now
from fund.site.find_campaign import find_campaign
from fund.site.source import source_of_link
from fund.web.campaign_view import campaign_view
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session


def campaign(slug: str) -> str:
    """The page people share. Looks at no cookie, so that caches may keep it."""
    view = campaign_view(read_session(), find_campaign(slug), locale=current_locale(), now=utc_now())
    return render_template("site/campaign.html", view=view, preview=False, ref=source_of_link(request.args.get("ref")))
