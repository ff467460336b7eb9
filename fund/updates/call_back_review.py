from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.updates.models import Review
from fund.updates.queries import update_to_change
from fund.updates.reviews import standing


def call_back_review(session: Session, *, update_id: int, actor: str, now: datetime) -> Review:
    """Take a draft back from counsel: the link stops working. It still needs a clearing before it is published."""
    draft = update_to_change(session, update_id)
    review = standing(session, draft).review
    if review is None or review.state != "asked":
        raise Refusal("This update is not with counsel.", status=409)
    review.state, review.answered_at = "withdrawn", now
    record_change(
        session,
        actor=actor,
        action="call_back_review",
        subject=f"update:{draft.id}",
        before={"review": review.id, "state": "asked"},
        after={"review": review.id, "state": "withdrawn"},
        now=now,
    )
    return review
