from uuid import UUID

from flask import abort

from fund.files.queries import file_with_content
from fund.web.file_answer import file_answer
from fund.web.guards import Answer, needs
from fund.web.request_scope import read_session


@needs("see_desk")
def file(file_id: UUID) -> Answer:
    """A document as the public sees it, or would."""
    stored = file_with_content(read_session(), str(file_id))
    if stored is None:
        abort(404)
    return file_answer(stored, public=False)
