from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign, Counsel
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.i18n import format_day
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.updates.models import Review, Update
from fund.updates.queries import prepared_correction, update_to_change
from fund.updates.reviews import review_token, standing, text_digest
from fund.updates.rules import REVIEW_WITHIN
from fund.work.queue import Queue


def send_to_counsel(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update_id: int,
    counsel_id: int,
    locale: str,
    seen: datetime | None = None,
    actor: str,
    now: datetime,
) -> Review:
    """Ask counsel, by a signed link, to clear a draft or a prepared correction. From here on it needs that.

    Raises Refusal: 409 published, changed since `seen` or with counsel already, 422 on `counsel` for somebody who is
    not counsel of this campaign now, or whose address is not known.
    """
    draft, digest = _find_words(session, update_id, seen)
    counsel = _find_counsel(session, draft, counsel_id, now)
    if standing(session, draft).with_counsel:
        raise Refusal("This update is with counsel. Wait for the answer, or call it back first.", status=409)
    draft.needs_counsel = True
    review = Review(update_id=draft.id, counsel_id=counsel.id, digest=digest, asked_at=now, asked_by=actor)
    session.add(review)
    session.flush()
    _write(session, queue, sender, addresses.review(review_token(signer, review.id), locale), draft, review, locale)
    record_change(
        session,
        actor=actor,
        action="send_to_counsel",
        subject=f"update:{draft.id}",
        after={"review": review.id, "counsel": counsel.key},
        now=now,
    )
    return review


def _write(  # noqa: PLR0917  one private step of one use case
    session: Session, queue: Queue, sender: Sender, url: str, draft: Update, review: Review, locale: str
) -> None:
    counsel = session.get_one(Counsel, review.counsel_id)
    queue_delivery(
        session,
        queue,
        sender,
        key=f"review_request:{review.id}",
        message="review_request",
        address=counsel.email or "",
        locale=locale,
        values={
            "campaign_title": session.get_one(Campaign, draft.campaign_id).text(locale).title,
            "title": draft.text(locale).title,
            "review_url": url,
            "until": format_day(review.asked_at + REVIEW_WITHIN, locale=locale),
        },
        now=review.asked_at,
    )


def _find_words(session: Session, update_id: int, seen: datetime | None) -> tuple[Update, str]:
    """The draft, or the published update whose correction is prepared, and the digest of what is to be cleared."""
    found = update_to_change(session, update_id, seen=seen)
    prepared = prepared_correction(session, update_id, lock=True) if found.state == "published" else None
    if prepared is not None and seen is not None and prepared.edited_at != seen:
        raise Refusal("Somebody else changed this draft meanwhile. Look at their version first.", status=409)
    digest = text_digest(session, found)
    if digest is None:
        raise Refusal("This update was published already. Its text is frozen.", status=409)
    return found, digest


def _find_counsel(session: Session, draft: Update, counsel_id: int, now: datetime) -> Counsel:
    counsel = session.get(Counsel, counsel_id)
    if counsel is None or counsel.campaign_id != draft.campaign_id or _has_left(counsel, now):
        raise Refusal("Choose one of this campaign’s counsel.", field="counsel")
    if not counsel.email:
        raise Refusal("No address is kept for {name}.", field="counsel", name=counsel.name)
    return counsel


def _has_left(counsel: Counsel, now: datetime) -> bool:
    return counsel.until_on is not None and counsel.until_on < now.date()
