from flask import Response, request

from fund.files.models import StoredFile

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The style is that of the browser's own viewer."""


def file_answer(stored: StoredFile, *, public: bool) -> Response:
    """The document, shown by the browser. Asked for anew each time: one that was taken back is gone at once."""
    response = Response(stored.content, content_type=stored.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{stored.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "public, no-cache" if public else "no-store"
    response.set_etag(stored.sha256[:32])
    return response.make_conditional(request, accept_ranges=True, complete_length=stored.size)  # type: ignore[return-value]
