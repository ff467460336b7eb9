"""The door of the controls: the body of a call, what is wrong with it, and who answers for it."""

from http import HTTPStatus

from flask import Blueprint, current_app, request
from werkzeug.exceptions import HTTPException

from sandbox.errors import NotPossible, StripeError, missing
from sandbox.objects import Obj
from sandbox.state import Sandbox

blueprint = Blueprint("control", __name__, url_prefix="/_sandbox")


class Unusable(Exception):  # noqa: N818  the caller's mistake, told to the caller
    """The body of a control call says something that means nothing."""


def the_sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox


def read_body() -> Obj:
    body = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise Unusable("The body must be a JSON object.")
    return body


def number(body: Obj, name: str, least: int, default: int | None = None) -> int | None:
    value = body.get(name, default)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise Unusable(f"`{name}` must be a whole number from {least}.")
    return value


def choice(body: Obj, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
    value = body.get(name, default)
    if value not in choices:
        raise Unusable(f"`{name}` must be one of: {', '.join(choices)}.")
    return str(value)


def find(sandbox: Sandbox, kind: str, body: Obj, name: str) -> Obj:
    """Return the object that a field of the body names; raises the 404 of one that does not exist."""
    identifier = str(body.get(name))
    found = sandbox.table(kind).get(identifier)
    if found is None:
        raise missing(kind, identifier, name)
    return found


def told(row: Obj, *names: str) -> Obj:
    """Return the id of an object, under its kind, and some of its fields."""
    return {row["object"]: row["id"], **{name: row[name] for name in names}}


@blueprint.errorhandler(Unusable)
def _unusable(error: Unusable) -> tuple[Obj, int]:
    return {"error": str(error)}, HTTPStatus.BAD_REQUEST


@blueprint.errorhandler(NotPossible)
def _not_possible(error: NotPossible) -> tuple[Obj, int]:
    return {"error": str(error)}, HTTPStatus.CONFLICT


@blueprint.errorhandler(StripeError)
def _stripe_error(error: StripeError) -> tuple[Obj, int]:
    return {"error": error.message, "code": error.fields.get("code")}, error.status


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> tuple[Obj, int]:
    return {"error": error.description}, error.code or HTTPStatus.BAD_REQUEST
