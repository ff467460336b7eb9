from uuid import UUID

from flask import Response, abort

from fund.files.models import StoredFile
from fund.files.queries import file_with_content
from fund.updates.queries import update_of_file
from fund.web.file_answer import file_answer
from fund.web.news_reader import is_readable, reader_of
from fund.web.request_scope import read_session


def file(file_id: UUID, name: str) -> Response:
    """A document that the public, or this reader of members' or donors' news, may see, under the one name it has."""
    stored = file_with_content(read_session(), str(file_id))
    if stored is None or stored.name != name or not (stored.is_public or _is_for_reader(stored)):
        abort(404)
    return file_answer(stored, public=stored.is_public)


def _is_for_reader(stored: StoredFile) -> bool:
    update = update_of_file(read_session(), stored.id)
    return update is not None and update.state == "published" and is_readable(update, reader_of(update))
