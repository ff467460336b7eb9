from flask import Response, request
from werkzeug.exceptions import NotFound

from fund.api.answer import answer
from fund.campaigns.models import Campaign
from fund.campaigns.queries import public_campaign
from fund.kit.clock import rfc3339
from fund.updates.models import Update
from fund.updates.queries import published_updates
from fund.web.news_reader import is_readable
from fund.web.request_scope import read_session
from fund.web.services import services

AT_ONCE = 50


def campaign_updates(slug: str) -> Response:
    """Newest first, fifty at once; `?before=<number>` goes on from there. Texts by language, in Markdown."""
    session = read_session()
    campaign = public_campaign(session, slug)
    if campaign is None:
        raise NotFound
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None  # noqa: PLR2004
    page = published_updates(session, campaign.id, limit=AT_ONCE, before=before)
    return answer({"data": [_update(update, campaign) for update in page.updates]})


def _update(update: Update, campaign: Campaign) -> dict[str, object]:
    """The text of members' and donors' news stays out while it is theirs alone."""
    visible = is_readable(update)
    number, locale = update.number or 0, services().settings.default_locale
    return {
        "number": number,
        "audience": update.audience,
        "title": {text.locale: text.title for text in update.texts},
        "body": {text.locale: update.said(text.locale).body for text in update.texts} if visible else None,
        "url": services().addresses.update(campaign.slug, number, locale),
        "published_at": rfc3339(update.published_at or update.created_at),
        "corrected_at": rfc3339(update.corrected_at) if update.corrected_at else None,
        "public_from": rfc3339(update.public_from) if update.public_from else None,
    }
