from flask import Response
from werkzeug.exceptions import NotFound

from fund.api.answer import answer
from fund.campaigns.models import Campaign, TimelineEvent
from fund.campaigns.queries import public_campaign
from fund.campaigns.queries_of_case import published_events
from fund.files.models import StoredFile
from fund.files.queries import files_by_id
from fund.kit.clock import rfc3339
from fund.web.request_scope import read_session
from fund.web.services import services


def campaign_timeline(slug: str) -> Response:
    """What happened in the case and what is to come, oldest first; texts by language."""
    session = read_session()
    campaign = public_campaign(session, slug)
    if campaign is None:
        raise NotFound
    events = published_events(session, campaign.id)
    files = files_by_id(session, [event.file_id for event in events if event.file_id])
    return answer({"data": [_event(event, campaign, files.get(event.file_id or "")) for event in events]})


def _event(event: TimelineEvent, campaign: Campaign, stored: StoredFile | None) -> dict[str, object]:
    addresses, locale = services().addresses, services().settings.default_locale
    return {
        "id": event.id,
        "kind": event.kind,
        "date": event.happens_on.isoformat(),
        "at": rfc3339(event.happens_at) if event.happens_at else None,
        "time_zone": event.zone if event.happens_at else None,
        "title": event.title,
        "text": event.text,
        "court": event.court,
        "file_number": event.file_number,
        "outcome": event.outcome,
        "document": None
        if stored is None
        else {
            "url": addresses.page(f"/files/{stored.id}/{stored.name}", "en"),
            "name": stored.name,
            "media_type": stored.media_type,
            "size": stored.size,
            "sha256": stored.sha256,
        },
        "url": f"{addresses.timeline(campaign.slug, locale)}#e{event.id}",
        "published_at": rfc3339(event.published_at or event.created_at),
        "updated_at": rfc3339(event.edited_at),
    }
