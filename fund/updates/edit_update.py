from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.clock import rfc3339
from fund.kit.errors import Refusal
from fund.updates.models import Update, UpdateText
from fund.updates.queries import draft_to_change
from fund.updates.reviews import standing
from fund.updates.rules import Words, check_audience, check_public_from, check_words


def edit_update(
    session: Session,
    *,
    update_id: int,
    words: Mapping[str, Words],
    audience: str,
    public_from: datetime | None = None,
    zone: str = "UTC",
    mail_donors: bool = False,
    needs_counsel: bool = False,
    seen: datetime | None = None,
    actor: str,
    now: datetime,
) -> Update:
    """Change a draft; what was published is refused (409).

    While counsel has it, it is refused as well (409): counsel would clear words that are no longer there. `seen` is
    the `edited_at` that the form was made from: of two people who edit at once the second is refused (409).
    """
    checked, audience = check_words(words), check_audience(audience)
    draft = draft_to_change(session, update_id, seen=seen)
    if standing(session, draft).with_counsel:
        raise Refusal("This update is with counsel. Call it back before you change it.", status=409)
    before = _described(draft)
    draft.audience, draft.needs_counsel, draft.edited_at = audience, needs_counsel, now
    draft.public_from, draft.zone = check_public_from(audience, public_from, now=now), zone
    draft.mail_donors = mail_donors and audience == "public"
    write_texts(draft, checked)
    session.flush()
    record_change(
        session,
        actor=actor,
        action="edit_update",
        subject=f"update:{draft.id}",
        before=before,
        after=_described(draft),
        now=now,
    )
    return draft


def write_texts(draft: Update, words: Mapping[str, Words]) -> None:
    there = {text.locale: text for text in draft.texts}
    for locale, text in there.items():
        if locale not in words:
            draft.texts.remove(text)
    for locale, one in words.items():
        if locale in there:
            there[locale].title, there[locale].body = one.title, one.body
        else:
            draft.texts.append(UpdateText(locale=locale, title=one.title, body=one.body))


def _described(draft: Update) -> dict[str, object]:
    texts = {text.locale: [text.title, text.body] for text in draft.texts}
    return {
        "audience": draft.audience,
        "public_from": rfc3339(draft.public_from) if draft.public_from else None,
        "mail_donors": draft.mail_donors,
        "needs_counsel": draft.needs_counsel,
        "texts": texts,
    }
