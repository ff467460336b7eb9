from flask import Response, abort, make_response, render_template, request, url_for

from fund.files.queries import image_sizes
from fund.site.find_campaign import find_campaign
from fund.site.gift_page import private
from fund.updates.live_blocks import fill_blocks
from fund.updates.models import Correction, Said, Update
from fund.updates.queries import attachments, corrections, published_update, published_updates
from fund.web.i18n import current_locale
from fund.web.news_reader import is_readable, reader_of
from fund.web.request_scope import read_session

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


def update(slug: str, number: int) -> Response:
    """One update. The title of members' or donors' news is public, the text is for them. 410 once withdrawn."""
    campaign = find_campaign(slug)
    found = published_update(read_session(), campaign.id, number) if number < LARGEST_NUMBER else None
    if found is None:
        abort(404)
    text = campaign.text(current_locale())
    if found.state == "withdrawn":
        page = render_template("site/withdrawn.html", campaign=campaign, text=text, number=number)
        return make_response(page, 410)
    readable, session = is_readable(found, reader_of(found)), read_session()
    attached = attachments(session, found.id) if readable else []
    page = render_template(
        "site/update.html",
        campaign=campaign,
        text=text,
        update=found,
        words=found.said(current_locale()),
        readable=readable,
        key=request.args.get("key", ""),
        attachments=attached,
        sizes=image_sizes(session, [stored.id for _, stored in attached]),
        corrections=_corrections(found) if readable and found.corrected_at else [],
    )
    return private(make_response(page)) if "key" in request.args else make_response(page)


def _corrections(update: Update) -> list[tuple[Correction, Said]]:
    """Each with what stood there before it, the newest first."""
    return [(one, _before(one, update, current_locale())) for one in corrections(read_session(), update.id)]


def _before(correction: Correction, update: Update, locale: str) -> Said:
    stood = correction.before or {}
    at = locale if locale in stood else next(iter(stood))
    return Said(at, stood[at]["title"], fill_blocks(stood[at]["body"], update.figures, at))
