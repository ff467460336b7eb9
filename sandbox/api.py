"""The door of the Stripe API: key, version, parameters, idempotency, faults, expand, log, in Stripe's order."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request

from sandbox import operations, parameters
from sandbox.errors import StripeError, invalid
from sandbox.expand import expanded
from sandbox.ids import new_id
from sandbox.objects import API_VERSION, Obj
from sandbox.operations import Call
from sandbox.server import cut_connection
from sandbox.state import Sandbox
from sandbox.wire import Params, decode_form

blueprint = Blueprint("api", __name__)

LOGGED_HEADERS = ("Stripe-Version", "Idempotency-Key", "Content-Type", "User-Agent")
CLI_AGENT = "Stripe/v1 stripe-cli/"


@dataclass
class Exchange:
    """One request as it came, and what becomes of it."""

    method: str
    path: str
    query: str
    form: str
    id: str = field(default_factory=lambda: new_id("req_", 14))
    key: str | None = None
    status: int = 200
    body: Obj = field(default_factory=dict)
    replayed: bool = False


@blueprint.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE", "PUT", "PATCH"])
def serve(rest: str) -> Response:
    """Answer one API request."""
    sandbox: Sandbox = current_app.extensions["sandbox"]
    form = request.get_data(cache=False).decode("utf-8", "replace")
    exchange = Exchange(request.method, f"/v1/{rest}", request.query_string.decode("latin-1"), form)
    exchange.key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    with sandbox.lock:
        fault = sandbox.faults.pick(exchange.method, exchange.path)
        if fault != "reset":
            _answer(sandbox, exchange, fault)
        _write_log(sandbox, exchange, cut=fault in {"reset", "commit_then_reset"})
    if fault in {"reset", "commit_then_reset"}:
        cut_connection(request.environ)
    if fault == "timeout":
        _hang(sandbox, exchange)
    return _response(exchange)


def _answer(sandbox: Sandbox, exchange: Exchange, fault: str | None) -> None:
    """Fill in status and body; what a key answered before is answered again."""
    started = False
    try:
        _check_caller()
        call, handler = _understand(exchange)
        if exchange.key:
            known = sandbox.idempotency.begin(exchange.key, _fingerprint(exchange), sandbox.now())
            if known is not None:
                exchange.status, exchange.body = known.status or 200, known.body or {}
                exchange.replayed = True
                return
            started = True
        _fail_on_demand(fault)
        sandbox.cause = {"id": exchange.id, "idempotency_key": exchange.key}
        expand = call.params.pop("expand", [])
        exchange.body = expanded(sandbox, handler(sandbox, call), expand)
    except StripeError as error:
        exchange.status, exchange.body = error.status, error.body()
    except Exception:  # a mistake of the sandbox itself: shown on the terminal, answered as Stripe answers its own
        current_app.logger.exception("%s %s", exchange.method, exchange.path)
        exchange.status, exchange.body = HTTPStatus.INTERNAL_SERVER_ERROR, _unknown_error().body()
    finally:
        sandbox.cause = {"id": None, "idempotency_key": None}
    if started and exchange.key and fault != "timeout":
        sandbox.idempotency.finish(exchange.key, exchange.status, exchange.body)


def _unknown_error() -> StripeError:
    return StripeError(HTTPStatus.INTERNAL_SERVER_ERROR, "api_error", "An unknown error occurred")


def _fail_on_demand(fault: str | None) -> None:
    if fault == "500":
        raise _unknown_error()
    if fault == "429":
        message = "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits."
        raise StripeError(HTTPStatus.TOO_MANY_REQUESTS, "invalid_request_error", message, code="rate_limit")


def _hang(sandbox: Sandbox, exchange: Exchange) -> None:
    """Keep a finished answer back; until then its key is in use."""
    sandbox.faults.hang()
    if exchange.key and not exchange.replayed:
        with sandbox.lock:
            sandbox.idempotency.finish(exchange.key, exchange.status, exchange.body)


def _understand(exchange: Exchange) -> tuple[Call, operations.Handler]:
    agent = request.headers.get("User-Agent", "")
    found = operations.find(exchange.method, exchange.path)
    if found is None or not (found[0].published or agent.startswith(CLI_AGENT)):
        message = (
            f"Unrecognized request URL ({exchange.method}: {exchange.path}). Please see https://stripe.com/docs or"
            " we can help at https://support.stripe.com/."
        )
        raise StripeError(HTTPStatus.NOT_FOUND, "invalid_request_error", message)
    operation, path = found
    given = decode_form(exchange.query if exchange.method == "GET" else exchange.form)
    if exchange.method != "GET" and exchange.query:
        given = {**decode_form(exchange.query), **given}
    if not operation.published:
        return Call(given, path, exchange.path, agent), operation.handler
    _tolerate(given, agent)
    params = parameters.check(exchange.method, operation.template, given)
    return Call(params, path, exchange.path, agent), operation.handler


def _tolerate(given: Params, agent: str) -> None:
    """Stripe's own command line still sends what endive removed; nobody else may."""
    if agent.startswith(CLI_AGENT):
        given.pop("payment_method_types", None)


def _check_caller() -> None:
    header = request.headers.get("Authorization", "")
    key = _key(header)
    if not key:
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization header, using"
            " Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
        raise StripeError(HTTPStatus.UNAUTHORIZED, "invalid_request_error", message)
    if not key.startswith("sk_test_"):
        message = "Invalid API Key provided: this is a sandbox, it takes only keys that begin with sk_test_."
        if "_live_" in key[:9]:
            message = "This is a sandbox: it never takes a live key. Use one that begins with sk_test_."
        raise StripeError(HTTPStatus.UNAUTHORIZED, "invalid_request_error", message)
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise invalid(f"Invalid Stripe API version: {version[:40]}. This sandbox speaks {API_VERSION}.")


def _key(header: str) -> str:
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode("utf-8", "replace").partition(":")[0]
        except binascii.Error:
            return ""
    return ""


def _fingerprint(exchange: Exchange) -> str:
    return json.dumps([exchange.method, exchange.path, decode_form(exchange.form)], sort_keys=True)


def _write_log(sandbox: Sandbox, exchange: Exchange, *, cut: bool) -> None:
    if request.headers.get("User-Agent", "").startswith(CLI_AGENT):
        return  # it still sends what the published document has taken out
    headers = {name: request.headers[name] for name in LOGGED_HEADERS if name in request.headers}
    record: Obj = {
        "method": exchange.method,
        "path": exchange.path,
        "query": exchange.query,
        "form_body": exchange.form,
        "headers": headers,
        "status": exchange.status,
    }
    if not cut:
        record["response_json"] = exchange.body
    sandbox.log.append(record)


def _response(exchange: Exchange) -> Response:
    answer = Response(json.dumps(exchange.body), exchange.status, content_type="application/json")
    answer.headers["Request-Id"] = exchange.id
    answer.headers["Stripe-Version"] = API_VERSION
    if exchange.key:
        answer.headers["Idempotency-Key"] = exchange.key
    if exchange.replayed:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer
