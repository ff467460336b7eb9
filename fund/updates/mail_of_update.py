from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, localised
from fund.kit.signing import Signer
from fund.updates.models import Update
from fund.updates.queries import attachments
from fund.updates.read_figures import read_figures
from fund.updates.reading_key import with_key


def mail_of_update(
    session: Session,
    signer: Signer,
    addresses: Addresses,
    *,
    update: Update,
    campaign: Campaign,
    locale: str,
    published_at: datetime,
    number: int | None = None,
    correction: str = "",
) -> dict[str, Any]:
    """What `templates/mail/update` names, for publishing and for the desk's preview alike.

    `number`: of a draft, which has none yet. `correction`: why it is written about again.
    """
    figures = update.figures or read_figures(session, campaign, (text.body for text in update.texts), now=published_at)
    said = update.said(locale, figures)
    number = update.number or number
    return {
        "title": said.title,
        "body": said.body,
        "text_locale": said.locale,
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
        "update_url": with_key(signer, update, addresses.update(campaign.slug, number or 0, locale)),
        "number": number,
        "date": format_day(published_at, locale=locale),
        "members_only": update.audience == "members",
        "donors_only": update.audience == "donors",
        "correction": correction,
        "attachments": [localised(one.words, locale) for one, _ in attachments(session, update.id)],
    }
