"""The campaign's books for everyone: a page, and the whole as CSV and JSON."""

from collections.abc import Iterator

from flask import Response, render_template, request, url_for

from fund.campaigns.models import Campaign
from fund.donations.campaign_progress import campaign_progress
from fund.kit.clock import rfc3339
from fund.ledger.queries import BookedEntry, balances_by_account, costs_of_the_site, newest_entries
from fund.site.find_campaign import find_campaign
from fund.transparency.public_books import books_as_csv, books_as_json, stream_entries
from fund.web.entry_words import kind_words
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session
from fund.web.services import services

ENTRIES = 50


def books(slug: str) -> str:
    """Balances, then the entries, newest first."""
    campaign, session = find_campaign(slug), read_session()
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None  # noqa: PLR2004
    found = newest_entries(session, campaign_id=campaign.id, before=number, limit=ENTRIES + 1)
    older = url_for("site.books", slug=slug, before=found[ENTRIES - 1].number) if len(found) > ENTRIES else None
    return render_template(
        "site/books.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        progress=campaign_progress(session, campaign),
        balances=balances_by_account(session, campaign.id),
        site_costs=costs_of_the_site(session),
        entries=found[:ENTRIES],
        kind_words=kind_words,
        older=older,
        newer=url_for("site.books", slug=slug) if number else None,
    )


def books_csv(slug: str) -> Response:
    campaign, until = _whole(slug)
    return _stream(books_as_csv(_entries(campaign, until)), campaign, "csv", "text/csv")


def books_json(slug: str) -> Response:
    campaign, until = _whole(slug)
    figures = campaign_progress(read_session(), campaign)
    head = {
        "campaign": campaign.slug,
        "currency": campaign.currency,
        "as_of": {"entry": until, "at": rfc3339(figures.updated_at)},
    }
    return _stream(books_as_json(_entries(campaign, until), head=head), campaign, "json", "application/json")


def _whole(slug: str) -> tuple[Campaign, int]:
    """The campaign, and the last number there is: what is booked while a reader reads comes with the next reading."""
    campaign = find_campaign(slug)
    newest = newest_entries(read_session(), campaign_id=campaign.id, limit=1)
    return campaign, newest[0].number if newest else 0


def _entries(campaign: Campaign, until: int) -> Iterator[BookedEntry]:
    return stream_entries(services().database, campaign.id, until=until)


def _stream(pieces: Iterator[str], campaign: Campaign, ending: str, media_type: str) -> Response:
    response = Response(pieces, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="books-{campaign.slug}.{ending}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "no-cache"
    return response
