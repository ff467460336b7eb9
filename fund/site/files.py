from uuid import UUID

from flask import Response, abort

from fund.files.queries import file_to_show
from fund.web.file_answer import file_answer
from fund.web.request_scope import read_session


def file(file_id: UUID, name: str) -> Response:
    """A document that the public may see, under the one name it has."""
    stored = file_to_show(read_session(), str(file_id))
    if stored is None or stored.name != name:
        abort(404)
    return file_answer(stored, public=True)
