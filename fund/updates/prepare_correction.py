from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.updates.models import Correction, Update
from fund.updates.queries import prepared_correction, update_to_change
from fund.updates.reviews import standing
from fund.updates.rules import Words, check_reason, check_words


def prepare_correction(
    session: Session,
    *,
    update_id: int,
    words: Mapping[str, Words],
    reason: Mapping[str, str],
    seen: datetime | None = None,
    actor: str,
    now: datetime,
) -> Correction:
    """Keep other words for a published update; nobody outside the desk sees them before they are made.

    `seen`: when the one that is prepared already was last edited; None where there was none. Raises Refusal: 409 for
    what is not published, is with counsel, or was changed meanwhile; 422 as for a draft, on `<language>_reason`, and
    where nothing is different.
    """
    update = update_to_change(session, update_id)
    if update.state != "published":
        raise Refusal("Only what is published is corrected.", status=409)
    checked = check_words(words)
    said = check_reason(reason, list(checked))
    there = prepared_correction(session, update_id, lock=True)
    if (there.edited_at if there else None) != seen:
        raise Refusal("Somebody else changed this draft meanwhile. Look at their version first.", status=409)
    if standing(session, update).with_counsel:
        raise Refusal("This update is with counsel. Call it back before you change it.", status=409)
    if checked == words_of(update):
        raise Refusal("These are the words that stand there.", field=f"{next(iter(checked))}_body")
    correction = there or Correction(update_id=update.id)
    correction.words = {locale: asdict(one) for locale, one in checked.items()}
    correction.reason, correction.edited_at, correction.made_by = said, now, actor
    session.add(correction)
    session.flush()
    record_change(
        session,
        actor=actor,
        action="prepare_correction",
        subject=f"update:{update.id}",
        after={"correction": correction.id, "reason": said, "words": correction.words},
        now=now,
    )
    return correction


def words_of(update: Update) -> dict[str, Words]:
    return {text.locale: Words(text.title, text.body) for text in update.texts}
