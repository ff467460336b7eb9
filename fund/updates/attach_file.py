from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.files.clean_file import CleanFile
from fund.files.keep_pdf import store_file
from fund.kit.errors import Refusal
from fund.updates.models import Attachment, Update
from fund.updates.queries import attachments, draft_to_change
from fund.updates.reviews import standing
from fund.updates.rules import MOST_ATTACHMENTS, check_picture_words


def attach_file(
    session: Session,
    *,
    update_id: int,
    file: CleanFile,
    name: str,
    words: Mapping[str, str],
    actor: str,
    now: datetime,
) -> Attachment:
    """Put a picture or a PDF beside a draft. `words` says in each of its languages what it shows.

    The same file sent twice is one. Raises Refusal: 409 for what is no draft or is with counsel, on `file` for one too
    many, on `<language>_words`.
    """
    draft = draft_to_change(session, update_id)
    if standing(session, draft).with_counsel:
        raise Refusal("This update is with counsel. Call it back before you change it.", status=409)
    said = check_picture_words(words, sorted(text.locale for text in draft.texts))
    there, digest = attachments(session, update_id), sha256(file.content).hexdigest()
    for attachment, same in there:
        if same.sha256 == digest:
            return _describe_anew(session, draft, attachment, said, actor=actor, now=now)
    if len(there) >= MOST_ATTACHMENTS:
        raise Refusal("An update has at most {most} files.", field="file", most=MOST_ATTACHMENTS)
    stored = store_file(session, name=name, **asdict(file), actor=actor, now=now)
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


def _describe_anew(
    session: Session, draft: Update, attachment: Attachment, said: dict[str, str], *, actor: str, now: datetime
) -> Attachment:
    if attachment.words != said:
        record_change(
            session,
            actor=actor,
            action="describe_file",
            subject=f"update:{draft.id}",
            before={"file": attachment.file_id, "words": attachment.words},
            after={"words": said},
            now=now,
        )
        attachment.words, draft.edited_at = said, now
    return attachment
