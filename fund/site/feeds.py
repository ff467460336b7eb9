from flask import Response, render_template

from fund.campaigns.models import Campaign, Revision
from fund.campaigns.queries import public_campaigns
from fund.campaigns.queries_of_history import latest_revisions, revisions
from fund.campaigns.revision_words import changes_of, revision_title
from fund.closing.queries import outcomes_by_campaign
from fund.files.models import StoredFile
from fund.kit.clock import utc_now
from fund.kit.i18n import localised
from fund.kit.markdown import render_markdown
from fund.site.find_campaign import find_campaign
from fund.updates.atom import Enclosure, Feed, FeedEntry, render_feed
from fund.updates.models import Attachment, Update
from fund.updates.queries import attachments_of_several, latest_updates, published_updates
from fund.web.ending import outcome_heading
from fund.web.i18n import current_locale, gettext
from fund.web.news_reader import is_readable
from fund.web.request_scope import read_session
from fund.web.services import services

ENTRIES = 20


def updates_feed(slug: str) -> Response:
    campaign, locale, addresses = find_campaign(slug), current_locale(), services().addresses
    title, updates = campaign.text(locale).title, published_updates(read_session(), campaign.id, limit=ENTRIES).updates
    files = _files(updates)
    return _answer(
        Feed(
            url=addresses.updates_feed(slug, locale),
            page_url=addresses.updates(slug, locale),
            title=gettext("Updates: %(title)s") % {"title": title},
            author=services().settings.site_name,
            locale=locale,
            since=campaign.opened_at or campaign.created_at,
            entries=_newest(
                [_entry(update, campaign, files.get(update.id, [])) for update in updates],
                [_revision(one, campaign) for one in revisions(read_session(), campaign.id, limit=ENTRIES)],
                _outcomes(campaign),
            ),
        )
    )


def site_feed() -> Response:
    """Updates of every campaign that is public, and revisions of their terms."""
    locale, session = current_locale(), read_session()
    opened = [campaign.opened_at or campaign.created_at for campaign in public_campaigns(session)]
    updates = latest_updates(session, limit=ENTRIES)
    files = _files([update for update, _ in updates])
    return _answer(
        Feed(
            url=services().addresses.site_feed(locale),
            page_url=services().addresses.home(locale),
            title=f"{services().settings.site_name}: {gettext('Updates')}",
            author=services().settings.site_name,
            locale=locale,
            since=min(opened, default=utc_now()),
            entries=_newest(
                [
                    _entry(update, campaign, files.get(update.id, []), source=campaign.text(locale).title)
                    for update, campaign in updates
                ],
                [
                    _revision(one, campaign, source=campaign.text(locale).title)
                    for one, campaign in latest_revisions(session, limit=ENTRIES)
                ],
                _outcomes(*public_campaigns(session), with_source=True),
            ),
        )
    )


def _files(updates: list[Update]) -> dict[int, list[tuple[Attachment, StoredFile]]]:
    """Of those whose text everybody may read: the others' files are for their readers, as the text is."""
    return attachments_of_several(read_session(), [update.id for update in updates if is_readable(update)])


def _entry(
    update: Update, campaign: Campaign, files: list[tuple[Attachment, StoredFile]], *, source: str = ""
) -> FeedEntry:
    locale = current_locale()
    words, readable = update.said(locale), is_readable(update)
    changes = [update.corrected_at, update.public_from if readable and update.audience != "public" else None]
    return FeedEntry(
        url=services().addresses.update(campaign.slug, update.number or 0, locale),
        title=words.title,
        published=update.published_at or update.created_at,
        locale=words.locale,
        html=render_markdown(words.body) if readable else None,
        source=source,
        updated=max([update.published_at or update.created_at, *filter(None, changes)]),
        files=[_enclosure(attachment, stored) for attachment, stored in files],
    )


def _enclosure(attachment: Attachment, stored: StoredFile) -> Enclosure:
    return Enclosure(
        url=services().addresses.page(f"/files/{stored.id}/{stored.name}", "en"),
        media_type=stored.media_type,
        size=stored.size,
        title=localised(attachment.words, current_locale()),
    )


def _revision(revision: Revision, campaign: Campaign, *, source: str = "") -> FeedEntry:
    """Its address is its place in the history, where it stays."""
    locale = current_locale()
    history = services().addresses.history(campaign.slug, locale)
    changes = changes_of(revision.kind, revision.before, revision.after, currency=campaign.currency, locale=locale)
    return FeedEntry(
        url=f"{history}#revision-{revision.number}",
        title=revision_title(revision.kind, locale=locale),
        published=revision.made_at,
        locale=locale,
        html=render_template("site/revision_entry.html", reason=localised(revision.reason, locale), changes=changes),
        source=source,
    )


def _outcomes(*campaigns: Campaign, with_source: bool = False) -> list[FeedEntry]:
    """How they ended, for those that did. What is corrected keeps its id and is new again."""
    locale, found = current_locale(), outcomes_by_campaign(read_session())
    return [
        FeedEntry(
            url=f"{services().addresses.campaign(campaign.slug, locale)}#outcome",
            title=outcome_heading(outcome.kind),
            published=outcome.corrected_at or outcome.recorded_at,
            locale=locale,
            html=render_markdown(localised(outcome.text, locale)),
            source=campaign.text(locale).title if with_source else "",
        )
        for campaign in campaigns
        if (outcome := found.get(campaign.id)) is not None
    ]


def _newest(*found: list[FeedEntry]) -> list[FeedEntry]:
    entries = [entry for several in found for entry in several]
    return sorted(entries, key=lambda entry: entry.published, reverse=True)[:ENTRIES]


def _answer(feed: Feed) -> Response:
    return Response(render_feed(feed), content_type="application/atom+xml; charset=utf-8")
