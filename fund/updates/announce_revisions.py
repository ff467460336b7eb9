from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, Revision
from fund.campaigns.revision_words import changes_of, revision_title
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, localised
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.write_to_entitled import Letter, write_to_entitled
from fund.work.queue import Queue


def announce_revisions(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    campaign_id: int,
    now: datetime,
) -> int:
    """Write to everybody about what was revised at `now`, in the session that revised it. Returns how many mails.

    Who asked for updates gets it and may leave; who gave gets it all the same, because the gift was given under those
    terms. Nobody gets two of one revision. Where nothing was revised (a form sent twice) nothing is sent.
    """
    session.flush()
    campaign = session.get_one(Campaign, campaign_id)
    made = select(Revision).where(Revision.campaign_id == campaign_id, Revision.made_at == now)
    letters = [_letter(revision, campaign, addresses) for revision in session.scalars(made.order_by(Revision.number))]
    return sum(
        write_to_entitled(session, queue, sender, signer, addresses, letter=letter, now=now) for letter in letters
    )


def _letter(revision: Revision, campaign: Campaign, addresses: Addresses) -> Letter:
    return Letter(
        campaign=campaign,
        message="revision",
        values=lambda locale: mail_of_revision(revision, campaign, addresses, locale=locale),
        key=f"revision:{revision.id}",
    )


def mail_of_revision(revision: Revision, campaign: Campaign, addresses: Addresses, *, locale: str) -> dict[str, Any]:
    """What `templates/mail/revision` names."""
    return {
        "title": revision_title(revision.kind, locale=locale),
        "kind": revision.kind,
        "reason": localised(revision.reason, locale),
        "changes": [
            (change.what, change.before, change.after)
            for change in changes_of(
                revision.kind, revision.before, revision.after, currency=campaign.currency, locale=locale
            )
        ],
        "date": format_day(revision.made_at, locale=locale),
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
        "history_url": f"{addresses.history(campaign.slug, locale)}#revision-{revision.number}",
    }
