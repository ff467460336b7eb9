import structlog
from flask import Response, make_response, request
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from fund.kit.clock import utc_now
from fund.payments.gateway import NotAuthenticError
from fund.payments.receive_event import receive_event
from fund.web.origin import machine_post
from fund.web.request_scope import write_session
from fund.web.services import services

LARGEST_EVENT = 1024 * 1024

log = structlog.get_logger()


@machine_post
def receive_stripe_event() -> Response:
    """Verify, store once, answer. 5xx only if it was not stored, so that Stripe repeats it."""
    gateway = services().gateway
    if not gateway.can_receive_events:
        raise NotFound
    request.max_content_length = LARGEST_EVENT
    if (request.content_length or 0) > LARGEST_EVENT:
        raise RequestEntityTooLarge
    body = request.get_data(cache=False)
    now = utc_now()
    try:
        envelope = gateway.verify_event(body, request.headers.get("Stripe-Signature", ""), now=now)
    except NotAuthenticError as problem:
        log.warning("webhook_refused", reason=str(problem), size=len(body))
        return _answer("not authentic", 400)
    with write_session() as session:
        stored = receive_event(session, services().queue, envelope=envelope, livemode=gateway.livemode, now=now)
    return _answer("stored" if stored else "known", 200)


def _answer(word: str, status: int) -> Response:
    response = make_response(word + "\n", status)
    response.mimetype = "text/plain"
    return response
