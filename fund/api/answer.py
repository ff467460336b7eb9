"""JSON that other sites' scripts may read, with an ETag."""

from flask import Response, jsonify, request


def answer(body: dict[str, object]) -> Response:
    response = jsonify(body)
    response.add_etag()
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]
