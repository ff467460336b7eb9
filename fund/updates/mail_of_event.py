from typing import Any

from fund.campaigns.models import Campaign, TimelineEvent
from fund.files.models import StoredFile
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, format_moment_at, localised


def mail_of_event(
    event: TimelineEvent, campaign: Campaign, stored: StoredFile | None, addresses: Addresses, *, locale: str
) -> dict[str, Any]:
    """What `templates/mail/timeline` names: as the page shows it. The document is linked to, not sent."""
    day = format_day(event.happens_on, locale=locale)
    return {
        "kind": event.kind,
        "title": localised(event.title, locale),
        "day": day,
        "when": format_moment_at(event.happens_at, event.zone, locale=locale) if event.happens_at else day,
        "court": localised(event.court, locale),
        "file_number": event.file_number,
        "text": localised(event.text, locale),
        "outcome": localised(event.outcome, locale),
        "languages": {name: _language(getattr(event, name), locale) for name in ("title", "text", "outcome")},
        "document": stored.name if stored else "",
        "document_url": addresses.page(f"/files/{stored.id}/{stored.name}", "en") if stored else "",
        "event_url": f"{addresses.timeline(campaign.slug, locale)}#e{event.id}",
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
    }


def _language(texts: dict[str, str], locale: str) -> str:
    """Of what `localised` shows."""
    return locale if texts.get(locale) else next((one for one, text in texts.items() if text), locale)
