from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, SurplusPolicy
from fund.campaigns.queries import current_policy
from fund.closing.models import Outcome
from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, localised
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.write_to_entitled import Letter, write_to_entitled
from fund.work.queue import Queue


def announce_outcome(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    campaign_id: int,
    now: datetime,
) -> int:
    """Write to everybody how it ended, in the session that recorded it. Returns how many mails.

    As of a revision of terms: who asked for updates may leave, who gave gets it all the same, nobody gets two. What is
    corrected later is told again, and says that it is a correction.
    """
    session.flush()
    campaign, outcome = session.get_one(Campaign, campaign_id), session.get_one(Outcome, campaign_id)
    policy = current_policy(session, campaign_id)
    version = outcome.corrected_at or outcome.recorded_at
    letter = Letter(
        campaign=campaign,
        message="closing",
        values=lambda locale: mail_of_outcome(outcome, campaign, policy, addresses, locale=locale),
        key=f"closing:{campaign.id}:{version:%Y%m%dT%H%M%S}",
    )
    return write_to_entitled(session, queue, sender, signer, addresses, letter=letter, now=now)


def mail_of_outcome(
    outcome: Outcome, campaign: Campaign, policy: SurplusPolicy | None, addresses: Addresses, *, locale: str
) -> dict[str, Any]:
    """What `templates/mail/closing` names."""
    return {
        "kind": outcome.kind,
        "words": localised(outcome.text, locale),
        "ended_on": format_day(outcome.ended_on, locale=locale),
        "correction": outcome.corrected_at is not None,
        "policy": localised(policy.text, locale) if policy else "",
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
    }
