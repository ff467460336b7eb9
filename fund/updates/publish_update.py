from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.db.touch_page import touch_page
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.mail_of_update import mail_of_update
from fund.updates.models import Update
from fund.updates.queries import draft_to_change
from fund.updates.recipients import FOLLOWER, MEMBER
from fund.updates.reviews import check_may_publish
from fund.updates.write_to_entitled import Letter, write_to_entitled
from fund.work.queue import Queue


def publish_update(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update_id: int,
    seen: datetime | None = None,
    actor: str,
    now: datetime,
) -> Update:
    """Freeze the text, number it, and queue one mail for everyone entitled, all in this session.

    Publishing again is refused (409) and sends nothing; so is what counsel has, or was to clear and did not. Nobody
    gets two: members come first, and a follower whose address was written to already is passed over. `seen` as in
    edit_update: what is published is what was looked at.
    """
    update = draft_to_change(session, update_id, seen=seen)
    check_may_publish(session, update)
    campaign = _freeze(session, update, now=now)
    letter = Letter(
        campaign=campaign,
        message="update",
        values=lambda locale: mail_of_update(update, campaign, addresses, locale=locale, published_at=now),
        key=f"update:{update.id}",
        kinds=(MEMBER, FOLLOWER) if update.audience == "public" else (MEMBER,),
    )
    queued = write_to_entitled(session, queue, sender, signer, addresses, letter=letter, now=now)
    record_change(
        session,
        actor=actor,
        action="publish_update",
        subject=f"update:{update.id}",
        before={"state": "draft"},
        after={"state": "published", "number": update.number, "audience": update.audience, "mails": queued},
        now=now,
    )
    touch_page(session, campaign.id)
    return update


def _freeze(session: Session, update: Update, *, now: datetime) -> Campaign:
    """Number the update. The campaign is locked: two updates published at once must not get the same number."""
    campaign = session.get_one(Campaign, update.campaign_id, with_for_update=True)
    if campaign.status not in PUBLIC:
        raise Refusal("Launch the campaign first: nobody can read it yet.", status=409)
    last = session.scalar(select(func.max(Update.number)).where(Update.campaign_id == campaign.id))
    update.number, update.state, update.published_at = (last or 0) + 1, "published", now
    session.flush()
    return campaign
