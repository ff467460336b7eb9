from datetime import datetime
from typing import Any

from fund.campaigns.models import Campaign
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day
from fund.updates.models import Update


def mail_of_update(
    update: Update, campaign: Campaign, addresses: Addresses, *, locale: str, published_at: datetime
) -> dict[str, Any]:
    """What `templates/mail/update` names, for publishing and for the desk's preview alike."""
    text = update.text(locale)
    return {
        "title": text.title,
        "body": text.body,
        "text_locale": text.locale,
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
        "update_url": addresses.update(campaign.slug, update.number or 0, locale),
        "number": update.number,
        "date": format_day(published_at, locale=locale),
        "members_only": update.audience == "members",
    }
