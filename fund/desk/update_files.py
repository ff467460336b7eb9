"""Pictures and documents beside an update."""

from uuid import UUID

from flask import request, url_for

from fund.desk.answers import done, errors_of
from fund.desk.update_edit import edit_page
from fund.files.clean_file import clean_file
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.updates.attach_file import attach_file
from fund.updates.detach_file import detach_file
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import write_session
from fund.web.uploads import takes_files


@takes_files
@needs("edit_updates")
def attach(update_id: int) -> Answer:
    sent = request.files.get("file")
    words = {locale: request.form.get(f"{locale}_words", "") for locale in LOCALES}
    try:
        file = clean_file(sent.read() if sent is not None else b"")
        with write_session() as session:
            attach_file(
                session,
                update_id=update_id,
                file=file,
                name=(sent.filename if sent is not None else "") or "",
                words=words,
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        typed = {f"{locale}_words": text for locale, text in words.items()}
        return edit_page(update_id, errors_of(refusal), typed), refusal.status
    return done(gettext("The file is kept, without its metadata. Look at it before you publish."), _back(update_id))


@needs("edit_updates")
def detach(update_id: int, file_id: UUID) -> Answer:
    try:
        with write_session() as session:
            detach_file(session, update_id=update_id, file_id=str(file_id), actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return edit_page(update_id, errors_of(refusal)), refusal.status
    return done(gettext("The file is gone."), _back(update_id))


def _back(update_id: int) -> str:
    return url_for("desk.update", update_id=update_id, _anchor="files")
