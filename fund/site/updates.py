from flask import abort, render_template, request, url_for

from fund.site.find_campaign import find_campaign
from fund.updates.queries import published_update, published_updates
from fund.updates.rules import body_is_visible
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session
from fund.web.sign_in import current_member

LARGEST_NUMBER = 10**9


def updates(slug: str) -> str:
    """All of a campaign's updates, newest first, a page at a time."""
    campaign = find_campaign(slug)
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None  # noqa: PLR2004
    page = published_updates(read_session(), campaign.id, before=number)
    older = url_for("site.updates", slug=slug, before=page.before) if page.before else None
    return render_template(
        "site/updates.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        updates=page.updates,
        older=older,
        newer=url_for("site.updates", slug=slug) if number else None,
    )


def update(slug: str, number: int) -> str:
    """One update. The title of a members-only one is public, its text is for who has signed in."""
    campaign = find_campaign(slug)
    found = published_update(read_session(), campaign.id, number) if number < LARGEST_NUMBER else None
    if found is None:
        abort(404)
    return render_template(
        "site/update.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        update=found,
        words=found.text(current_locale()),
        readable=body_is_visible(found.audience, is_member=current_member() is not None),
    )
