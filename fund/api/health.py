from flask import Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fund.db.migrate import is_current
from fund.web.request_scope import read_session
from fund.web.services import services


def alive() -> Response:
    """The process answers; says nothing of the database."""
    return jsonify(status="ok")


def ready() -> tuple[Response, int]:
    """Whether gifts can be taken: the database answers, its schema is this code's, work can be queued."""
    checks = {"database": False, "migrations": False, "queue": False}
    try:
        session = read_session()
        session.execute(text("SELECT 1"))
        checks["database"] = True
        checks["migrations"] = is_current(services().database.engine)
        checks["queue"] = services().queue.ready(session)
    except SQLAlchemyError:
        pass
    return jsonify(status="ok" if all(checks.values()) else "not ready", checks=checks), (
        200 if all(checks.values()) else 503
    )
