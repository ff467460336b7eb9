from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.updates.edit_update import write_texts
from fund.updates.mail_update import mail_update
from fund.updates.models import Correction, Update
from fund.updates.prepare_correction import words_of
from fund.updates.queries import prepared_correction, update_to_change
from fund.updates.read_figures import read_figures
from fund.updates.reviews import check_may_publish
from fund.updates.rules import Words
from fund.work.queue import Queue


def make_correction(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update_id: int,
    seen: datetime,
    tell: bool,
    actor: str,
    now: datetime,
) -> Correction:
    """The prepared words stand on the page from here on; those before stay readable beside the reason.

    Nobody is written to a second time unless `tell`: then everybody entitled is, under a key of its own. Live blocks
    keep the figures of the publication; one that is new gets today's. Raises Refusal: 409 as `publish_update`.
    """
    update = update_to_change(session, update_id)
    correction = _find(session, update, seen)
    check_may_publish(session, update)
    campaign = session.get_one(Campaign, update.campaign_id)
    _write(session, update, correction, now=now)
    if update.figures is None:
        update.figures = read_figures(session, campaign, (text.body for text in update.texts), now=now)
    session.flush()
    mailing = None
    if tell:
        mailing = mail_update(
            session, queue, sender, signer, addresses,
            update=update, campaign=campaign, correction=correction, actor=actor, now=now,
        )  # fmt: skip
    record_change(
        session,
        actor=actor,
        action="make_correction",
        subject=f"update:{update.id}",
        before={"words": correction.before},
        after={"correction": correction.number, "words": correction.words, "mailing": mailing},
        now=now,
    )
    touch_page(session, campaign.id)
    return correction


def _find(session: Session, update: Update, seen: datetime) -> Correction:
    found = prepared_correction(session, update.id, lock=True)
    if found is None or update.state != "published":
        raise Refusal("This correction was made already, or dropped.", status=409)
    if found.edited_at != seen:
        raise Refusal("Somebody else changed this draft meanwhile. Look at their version first.", status=409)
    return found


def _write(session: Session, update: Update, correction: Correction, *, now: datetime) -> None:
    last = session.scalar(select(func.max(Correction.number)).where(Correction.update_id == update.id))
    correction.before = {locale: asdict(words) for locale, words in words_of(update).items()}
    correction.number, correction.made_at = (last or 0) + 1, now
    write_texts(update, {locale: Words(**words) for locale, words in correction.words.items()})
    update.corrected_at = now
