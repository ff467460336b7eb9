"""Reads of counsel's reviews: where an update stands with counsel."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Counsel
from fund.kit.clock import rfc3339
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.updates.models import Review, Update
from fund.updates.queries import CLEARABLE, attachments, prepared_correction
from fund.updates.rules import REVIEW_WITHIN, Words, digest_of

PURPOSE = "review"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one update: its last review that was not called back, and who was asked."""

    review: Review | None
    counsel: str
    of_these_words: bool
    """Whether that review is of the text as it is now."""

    @property
    def with_counsel(self) -> bool:
        return self.review is not None and self.review.state == "asked"

    @property
    def cleared(self) -> bool:
        return self.review is not None and self.review.state == "cleared" and self.of_these_words


def words_to_clear(session: Session, update: Update) -> dict[str, Words] | None:
    """What would be made public: a draft's words, or those of the correction that is prepared; None: nothing."""
    if update.state in CLEARABLE:
        return {text.locale: Words(text.title, text.body) for text in update.texts}
    prepared = prepared_correction(session, update.id) if update.state == "published" else None
    return None if prepared is None else {locale: Words(**words) for locale, words in prepared.words.items()}


def text_digest(session: Session, update: Update) -> str | None:
    """Of what counsel is to clear; None where there is nothing of the kind."""
    words = words_to_clear(session, update)
    if words is None:
        return None
    if update.state == "published":
        return digest_of(f"correction of {update.audience}", words)
    files = [[one.file_id, sorted(one.words.items())] for one, _ in attachments(session, update.id)]
    later = f", everybody from {rfc3339(update.public_from)}" if update.public_from else ""
    return digest_of(update.audience + later, words, files)


def standing(session: Session, update: Update) -> Standing:
    return standings(session, [update])[update.id]


def standings(session: Session, updates: Collection[Update]) -> dict[int, Standing]:
    """By update's id. Only those that counsel has or had cost more than the one question."""
    query = (
        select(Review, Counsel.name)
        .join(Counsel, Counsel.id == Review.counsel_id)
        .where(Review.update_id.in_([update.id for update in updates]), Review.state != "withdrawn")
        .order_by(Review.id)
    )
    last = {review.update_id: (review, name) for review, name in session.execute(query)}
    found = {}
    for update in updates:
        review, name = last.get(update.id, (None, ""))
        current = review is not None and review.digest == text_digest(session, update)
        found[update.id] = Standing(review, name, current)
    return found


def counsel_with_address(session: Session, campaign_id: int, *, on: date) -> list[Counsel]:
    """Who can be asked: counsel of the campaign on that day whose address is kept."""
    query = (
        select(Counsel)
        .where(Counsel.campaign_id == campaign_id, Counsel.email.is_not(None))
        .where(or_(Counsel.until_on.is_(None), Counsel.until_on >= on))
        .order_by(Counsel.from_on.desc(), Counsel.id.desc())
    )
    return list(session.scalars(query))


def check_may_publish(session: Session, update: Update) -> None:
    """Raises Refusal (409) while counsel has the text, or has not cleared these words though that was asked for."""
    at = standing(session, update)
    if at.with_counsel:
        raise Refusal("This update is with counsel. Wait for the answer, or call it back first.", status=409)
    if update.needs_counsel and not at.cleared:
        raise Refusal("Counsel has not cleared these words. Send them to counsel first.", status=409)


def review_token(signer: Signer, review_id: int) -> str:
    """For the link in the mail to counsel; dated."""
    return signer.sign_dated(PURPOSE, review_id)


def find_review(session: Session, signer: Signer, *, token: str, lock: bool = False) -> tuple[Review, Update]:
    """What a link asks counsel about; changes nothing.

    Raises Refusal: 404 not ours, 410 too old, called back, or of an update that was deleted.
    """
    review_id = signer.read_dated(PURPOSE, token, lifetime=REVIEW_WITHIN)
    review = session.get(Review, review_id, with_for_update=lock) if isinstance(review_id, int) else None
    if review is None or review.state == "withdrawn":
        raise Refusal("This text was called back. If it is to be read again, a new link will come.", status=410)
    return review, session.get_one(Update, review.update_id)
