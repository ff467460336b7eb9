"""What a donor may change on the gift's own page. The link proves who asks; forms of other sites are refused."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from fund.donations.change_visibility import change_visibility
from fund.donations.gift_link import donation_of_link
from fund.donations.resend_receipt import resend_receipt
from fund.donations.withdraw_message import withdraw_message
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.site.gift import gift_answer
from fund.site.gift_page import private
from fund.web.origin import anonymous_form
from fund.web.request_scope import write_session
from fund.web.services import services

TOO_MANY = 429


@anonymous_form
def gift_visibility(token: str) -> AnyResponse:
    typed = {name: request.form.get(name, "") for name in ("visibility", "display_name")}
    try:
        with write_session() as session:
            donation = donation_of_link(session, services().signer, token)
            change_visibility(session, donation_id=donation.id, **typed, now=utc_now())
    except Refusal as refusal:
        return _not_done(token, refusal, typed)
    return done(token, "visibility")


@anonymous_form
def gift_message(token: str) -> AnyResponse:
    """Takes the message back; doing so twice is harmless."""
    with write_session() as session:
        donation = donation_of_link(session, services().signer, token)
        withdraw_message(session, donation_id=donation.id, now=utc_now())
    return done(token, "message")


@anonymous_form
def gift_receipt_again(token: str) -> AnyResponse:
    here = services()
    try:
        with write_session() as session:
            donation = donation_of_link(session, here.signer, token)
            resend_receipt(
                session, here.queue, here.sender, here.addresses, here.signer, donation_id=donation.id, now=utc_now()
            )
    except Refusal as refusal:
        answer = _not_done(token, refusal)
        if refusal.status == TOO_MANY:
            answer.headers["Retry-After"] = "600"
        return answer
    return done(token, "receipt")


def done(token: str, what: str) -> AnyResponse:
    """Back to the page, which says what was done."""
    return private(redirect(url_for("site.gift", token=token, done=what), 303))  # type: ignore[arg-type]


def _not_done(token: str, refusal: Refusal, typed: dict[str, str] | None = None) -> AnyResponse:
    """A link that is none has no page to show the sentence on."""
    if refusal.status == 404:  # noqa: PLR2004
        raise refusal
    return gift_answer(token, refusal=refusal, values=typed)
