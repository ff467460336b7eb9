from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.addresses import Addresses
from fund.kit.i18n import localised
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.begin_campaign_mailing import begin_campaign_mailing
from fund.updates.mail_of_update import mail_of_update
from fund.updates.models import Correction, Update
from fund.updates.rules import groups_of
from fund.work.queue import Queue


def mail_update(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update: Update,
    campaign: Campaign,
    correction: Correction | None = None,
    actor: str,
    now: datetime,
) -> int | None:
    """Begin the mailing to everyone entitled, that there is an update or that it was corrected; says its id.

    Members before followers before donors: an address that is several of them gets the first one's mail.
    """

    def values(locale: str) -> dict[str, Any]:
        return mail_of_update(
            session,
            signer,
            addresses,
            update=update,
            campaign=campaign,
            locale=locale,
            published_at=update.published_at or now,
            correction=localised(correction.reason, locale) if correction else "",
        )

    mailing = begin_campaign_mailing(
        session,
        queue,
        sender,
        campaign=campaign,
        key=mailing_key(update, correction),
        kind="update",
        groups=groups_of(update.audience, mail_donors=update.mail_donors),
        topic="updates",
        values=values,
        actor=actor,
        now=now,
    )
    return mailing.id if mailing else None


def mailing_key(update: Update, correction: Correction | None = None) -> str:
    return f"correction:{correction.id}" if correction else f"update:{update.id}"
