from urllib.parse import urlsplit

from flask import Response, render_template, request

from fund.campaigns.models import Campaign, TimelineEvent
from fund.campaigns.queries_of_case import published_events
from fund.campaigns.timeline_calendar import CalendarEvent, TimelineCalendar, render_calendar
from fund.files.models import StoredFile
from fund.files.queries import files_by_id
from fund.kit.clock import utc_now
from fund.kit.i18n import format_day, localised
from fund.kit.markdown import render_markdown
from fund.site.find_campaign import find_campaign
from fund.updates.atom import Feed, FeedEntry, render_feed
from fund.web.case_view import is_coming
from fund.web.event_kind import event_kind
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session
from fund.web.services import services

ENTRIES = 50


def timeline(slug: str) -> str:
    """Everything that happened in the case, and what is to come."""
    campaign, session = find_campaign(slug), read_session()
    events, now = published_events(session, campaign.id), utc_now()
    return render_template(
        "site/timeline.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        past=[event for event in reversed(events) if not is_coming(event, now)],
        coming=[event for event in events if is_coming(event, now)],
        files=_files(events),
    )


def timeline_calendar(slug: str) -> Response:
    campaign, locale = find_campaign(slug), current_locale()
    events = published_events(read_session(), campaign.id)
    files = _files(events)
    calendar = TimelineCalendar(
        title=campaign.text(locale).title,
        locale=locale,
        url=services().addresses.timeline_calendar(slug, locale),
        events=[_in_calendar(event, campaign, files) for event in events],
    )
    response = Response(render_calendar(calendar), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{campaign.slug}.ics"'
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def timeline_feed(slug: str) -> Response:
    campaign, locale, addresses = find_campaign(slug), current_locale(), services().addresses
    newest = sorted(
        published_events(read_session(), campaign.id),
        key=lambda event: (event.published_at or event.created_at, event.id),
        reverse=True,
    )
    feed = Feed(
        url=addresses.timeline_feed(slug, locale),
        page_url=addresses.timeline(slug, locale),
        title=gettext("Timeline: %(title)s") % {"title": campaign.text(locale).title},
        author=services().settings.site_name,
        locale=locale,
        since=campaign.opened_at or campaign.created_at,
        entries=[_in_feed(event, campaign) for event in newest[:ENTRIES]],
    )
    return Response(render_feed(feed), content_type="application/atom+xml; charset=utf-8")


def _files(events: list[TimelineEvent]) -> dict[str, StoredFile]:
    return files_by_id(read_session(), [event.file_id for event in events if event.file_id])


def _in_calendar(event: TimelineEvent, campaign: Campaign, files: dict[str, StoredFile]) -> CalendarEvent:
    locale, addresses = current_locale(), services().addresses
    stored = files.get(event.file_id or "")
    place = [localised(event.court, locale), event.file_number]
    said = [localised(event.text, locale), localised(event.outcome, locale)]
    return CalendarEvent(
        uid=f"timeline-{event.id}@{urlsplit(services().settings.site_url).hostname}",
        url=f"{addresses.timeline(campaign.slug, locale)}#e{event.id}",
        day=event.happens_on,
        at=event.happens_at,
        title=localised(event.title, locale),
        text="\n\n".join(filter(None, said)),
        place=", ".join(filter(None, place)),
        kind=event_kind(event.kind),
        document_url=addresses.page(f"/files/{stored.id}/{stored.name}", "en") if stored else "",
        created=event.created_at,
        edited=event.edited_at,
    )


def _in_feed(event: TimelineEvent, campaign: Campaign) -> FeedEntry:
    locale = current_locale()
    happened = localised(event.outcome, locale)
    return FeedEntry(
        url=f"{services().addresses.timeline(campaign.slug, locale)}#e{event.id}",
        title=gettext(
            "{day}, {kind}: {title}",
            day=format_day(event.happens_on, locale=locale),
            kind=event_kind(event.kind),
            title=localised(event.title, locale),
        ),
        published=event.published_at or event.created_at,
        updated=event.edited_at,
        locale=locale,
        html=render_markdown("\n\n".join(filter(None, [localised(event.text, locale), happened]))),
    )
