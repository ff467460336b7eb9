from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.queries import members_with_role
from fund.updates.models import Review, Update
from fund.updates.reviews import find_review, text_digest
from fund.updates.rules import LONGEST_COMMENT
from fund.work.queue import Queue

OWNER = "owner"
ANSWERS = ("cleared", "changes")


def answer_review(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    token: str,
    answer: str,
    comment: str,
    now: datetime,
) -> Review:
    """Counsel clears the text (`cleared`) or asks for a change (`changes`, then with a comment); owners are told.

    The same answer sent twice is one. Raises Refusal: as `find_review`; 409 answered otherwise before, or the text is
    no longer the one that was sent; 422 on `comment` or `answer`.
    """
    review, update = find_review(session, signer, token=token, lock=True)
    comment = comment.replace("\x00", "").replace("\r\n", "\n").strip()
    if review.state == answer and review.comment == comment:
        return review
    if review.state != "asked":
        raise Refusal("This was answered already. The desk has to send the text again for another answer.", status=409)
    if answer not in ANSWERS:
        raise Refusal("Choose one of the two answers.", field="answer")
    if len(comment) > LONGEST_COMMENT:
        raise Refusal("At most {longest} characters, please.", field="comment", longest=LONGEST_COMMENT)
    if answer == "changes" and not comment:
        raise Refusal("Say what should change.", field="comment")
    if review.digest != text_digest(session, update):
        raise Refusal("The text has changed since it was sent. A new link will come for the new one.", status=409)
    review.state, review.comment, review.answered_at = answer, comment, now
    _tell_owners(session, queue, sender, addresses, review=review, update=update, now=now)
    record_change(
        session,
        actor=f"counsel:{review.counsel_id}",
        action="answer_review",
        subject=f"update:{update.id}",
        before={"review": review.id, "state": "asked"},
        after={"review": review.id, "state": answer},
        now=now,
    )
    return review


def _tell_owners(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    *,
    review: Review,
    update: Update,
    now: datetime,
) -> None:
    """That there is an answer, and which; the comment is privileged and stays at the desk."""
    campaign = session.get_one(Campaign, update.campaign_id)
    for owner in members_with_role(session, OWNER):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"review_answer:{review.id}:{owner.id}",
            message="review_answer",
            address=owner.address,
            locale=owner.locale,
            values={
                "campaign_title": campaign.text(owner.locale).title,
                "title": update.text(owner.locale).title,
                "cleared": review.state == "cleared",
                "has_comment": bool(review.comment),
                "desk_url": addresses.page(f"/desk/updates/{update.id}", owner.locale),
            },
            now=now,
        )
