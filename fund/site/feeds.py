from flask import Response

from fund.campaigns.models import Campaign
from fund.campaigns.queries import public_campaigns
from fund.kit.clock import utc_now
from fund.kit.markdown import render_markdown
from fund.site.find_campaign import find_campaign
from fund.updates.atom import Feed, FeedEntry, render_feed
from fund.updates.models import Update
from fund.updates.queries import latest_updates, published_updates
from fund.updates.rules import body_is_visible
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session
from fund.web.services import services

ENTRIES = 20


def updates_feed(slug: str) -> Response:
    campaign, locale, addresses = find_campaign(slug), current_locale(), services().addresses
    title = campaign.text(locale).title
    return _answer(
        Feed(
            url=addresses.updates_feed(slug, locale),
            page_url=addresses.updates(slug, locale),
            title=gettext("Updates: %(title)s") % {"title": title},
            author=services().settings.site_name,
            locale=locale,
            since=campaign.opened_at or campaign.created_at,
            entries=[
                _entry(update, campaign)
                for update in published_updates(read_session(), campaign.id, limit=ENTRIES).updates
            ],
        )
    )


def site_feed() -> Response:
    """Updates of every campaign that is public."""
    locale, session = current_locale(), read_session()
    opened = [campaign.opened_at or campaign.created_at for campaign in public_campaigns(session)]
    return _answer(
        Feed(
            url=services().addresses.site_feed(locale),
            page_url=services().addresses.home(locale),
            title=f"{services().settings.site_name}: {gettext('Updates')}",
            author=services().settings.site_name,
            locale=locale,
            since=min(opened, default=utc_now()),
            entries=[
                _entry(update, campaign, source=campaign.text(locale).title)
                for update, campaign in latest_updates(session, limit=ENTRIES)
            ],
        )
    )


def _entry(update: Update, campaign: Campaign, *, source: str = "") -> FeedEntry:
    locale = current_locale()
    words = update.text(locale)
    return FeedEntry(
        url=services().addresses.update(campaign.slug, update.number or 0, locale),
        title=words.title,
        published=update.published_at or update.created_at,
        locale=words.locale,
        html=render_markdown(words.body) if body_is_visible(update.audience, is_member=False) else None,
        source=source,
    )


def _answer(feed: Feed) -> Response:
    return Response(render_feed(feed), content_type="application/atom+xml; charset=utf-8")
