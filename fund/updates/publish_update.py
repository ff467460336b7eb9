from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.db.touch_page import touch_page
from fund.files.show_file import show_file
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.mail_update import mail_update
from fund.updates.models import Update
from fund.updates.queries import attachments, draft_to_change, last_number
from fund.updates.read_figures import read_figures
from fund.updates.reviews import check_may_publish
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
    """Freeze the text, number it, and begin the mailing to everyone entitled, all in this session.

    Publishing again is refused (409) and sends nothing; so is what counsel has, or was to clear and did not. A
    scheduled one may be published before its time. `seen` as in edit_update: what is published is what was looked at.
    """
    update = draft_to_change(session, update_id, seen=seen, scheduled=True)
    check_may_publish(session, update)
    before = update.state
    campaign = _freeze(session, update, now=now)
    mailing = mail_update(
        session, queue, sender, signer, addresses, update=update, campaign=campaign, actor=actor, now=now
    )
    record_change(
        session,
        actor=actor,
        action="publish_update",
        subject=f"update:{update.id}",
        before={"state": before},
        after={"state": "published", "number": update.number, "audience": update.audience, "mailing": mailing},
        now=now,
    )
    touch_page(session, campaign.id)
    return update


def _freeze(session: Session, update: Update, *, now: datetime) -> Campaign:
    """Number the update. The campaign is locked: two updates published at once must not get the same number."""
    campaign = session.get_one(Campaign, update.campaign_id, with_for_update=True)
    if campaign.status not in PUBLIC:
        raise Refusal("Launch the campaign first: nobody can read it yet.", status=409)
    update.figures = read_figures(session, campaign, (text.body for text in update.texts), now=now)
    update.number, update.state, update.published_at = last_number(session, campaign.id) + 1, "published", now
    if update.audience == "public":
        for attachment, _ in attachments(session, update.id):
            show_file(session, file_id=attachment.file_id, shown=True)
    session.flush()
    return campaign
