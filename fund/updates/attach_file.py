from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.files.keep_image import keep_image
from fund.files.keep_pdf import keep_pdf
from fund.files.models import StoredFile
from fund.kit.errors import Refusal
from fund.updates.models import Attachment
from fund.updates.queries import attachments, draft_to_change
from fund.updates.reviews import standing
from fund.updates.rules import MOST_ATTACHMENTS, check_picture_words


def attach_file(
    session: Session,
    *,
    update_id: int,
    content: bytes,
    name: str,
    words: Mapping[str, str],
    actor: str,
    now: datetime,
) -> Attachment:
    """Put a picture or a PDF beside a draft, cleaned. `words` says in each of its languages what it shows.

    The same file sent twice is one. Raises Refusal: 409 for what is no draft or is with counsel, as keep_image and
    keep_pdf on `file`, on `<language>_words`.
    """
    draft = draft_to_change(session, update_id)
    if standing(session, draft).with_counsel:
        raise Refusal("This update is with counsel. Call it back before you change it.", status=409)
    said = check_picture_words(words, sorted(text.locale for text in draft.texts))
    there = attachments(session, update_id)
    stored = _keep(session, content=content, name=name, actor=actor, now=now)
    for attachment, same in there:
        if same.sha256 == stored.sha256:
            session.delete(stored)
            if attachment.words != said:
                attachment.words, draft.edited_at = said, now
            return attachment
    if len(there) >= MOST_ATTACHMENTS:
        raise Refusal("An update has at most {most} files.", field="file", most=MOST_ATTACHMENTS)
    position = max((one.position for one, _ in there), default=0) + 1
    attachment = Attachment(update_id=draft.id, file_id=stored.id, position=position, words=said)
    session.add(attachment)
    draft.edited_at = now
    record_change(
        session,
        actor=actor,
        action="attach_file",
        subject=f"update:{draft.id}",
        after={"file": stored.id, "name": stored.name, "size": stored.size, "sha256": stored.sha256, "words": said},
        now=now,
    )
    return attachment


def _keep(session: Session, *, content: bytes, name: str, actor: str, now: datetime) -> StoredFile:
    """By what the file is, not by what it is called."""
    keep = keep_pdf if b"%PDF-" in content[:1024] else keep_image
    return keep(session, content=content, name=name, actor=actor, now=now)
