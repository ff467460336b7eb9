from flask import request
from werkzeug.exceptions import RequestEntityTooLarge


def read_body(largest: int) -> bytes:
    """All that was posted. Raises RequestEntityTooLarge."""
    request.max_content_length = largest + 1  # of a body without a stated length, all beyond is cut off unread
    body = b"" if (request.content_length or 0) > largest else request.get_data(cache=False)
    if (request.content_length or len(body)) > largest:
        raise RequestEntityTooLarge
    return body
