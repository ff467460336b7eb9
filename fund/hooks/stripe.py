from collections.abc import Sequence
from functools import partial

import structlog
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import NotFound

from fund.hooks.body import read_body
from fund.hooks.express import LARGEST_EVENT
from fund.hooks.intake import Intake
from fund.kit.clock import utc_now
from fund.payments.gateway import Envelope, NotAuthenticError
from fund.payments.receive_events import receive_events
from fund.web.origin import machine_post
from fund.web.services import Services, services

EXTENSION = "stripe_intake"

log = structlog.get_logger()


@machine_post
def receive_stripe_event() -> Response:
    """Verify, store once, answer. 5xx only if it was not stored, so that Stripe repeats it."""
    gateway = services().gateway
    if not gateway.can_receive_events:
        raise NotFound
    body = read_body(LARGEST_EVENT)
    try:
        envelope = gateway.verify_event(body, request.headers.get("Stripe-Signature", ""), now=utc_now())
    except NotAuthenticError as problem:
        log.warning("webhook_refused", reason=str(problem), size=len(body))
        return _answer("not authentic", 400)
    intake: Intake[Envelope] = current_app.extensions[EXTENSION]
    intake.keep(envelope)
    return _answer("stored", 200)


def init_app(app: Flask) -> None:
    """One line to stand in for the view and for `express`."""
    made: Services = app.extensions["services"]
    app.extensions[EXTENSION] = Intake(partial(_store, made))


def _store(made: Services, envelopes: Sequence[Envelope]) -> None:
    """By whichever of the waiting requests has the turn."""
    with made.database.write() as session:
        receive_events(session, made.queue, envelopes=envelopes, livemode=made.gateway.livemode, now=utc_now())


def _answer(word: str, status: int) -> Response:
    return Response(word + "\n", status, mimetype="text/plain")
