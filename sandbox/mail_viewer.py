"""The mail viewer: /mail, newest first; HTML parts in a frame that may load and run nothing."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Blueprint, Response, abort, current_app, render_template
from markupsafe import Markup, escape

from sandbox.mailbox import Caught
from sandbox.state import Sandbox

blueprint = Blueprint("mail_viewer", __name__)

SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@blueprint.get("/mail")
def index() -> Response:
    """List what was caught, newest first."""
    rows = [(number, _parsed(each), each.recipients) for number, each in enumerate(_messages(), 1)]
    messages = [(number, _header(mail, "Subject"), _header(mail, "Date"), to) for number, mail, to in reversed(rows)]
    return _page(render_template("sandbox/mail.html", messages=messages))


@blueprint.get("/mail/<int:number>")
def show(number: int) -> Response:
    """Show one message; numbers count from 1 in the order of arrival."""
    caught = _get(number)
    parsed = _parsed(caught)
    headers = [(name, value) for name in SHOWN_HEADERS if (value := _header(parsed, name))]
    text, html = _part(parsed, "plain"), _part(parsed, "html")
    return _page(
        render_template(
            "sandbox/message.html",
            number=number,
            headers=headers,
            subject=_header(parsed, "Subject"),
            recipients=caught.recipients,
            text=_clickable(text) if text is not None else None,
            html=html is not None,
        )
    )


@blueprint.get("/mail/<int:number>/html")
def html(number: int) -> Response:
    """The HTML part, for the frame alone."""
    content = _part(_parsed(_get(number)), "html")
    if content is None:
        abort(404)
    return Response(
        content,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": FRAME_POLICY, "Cross-Origin-Resource-Policy": "same-origin"},
    )


@blueprint.get("/mail/<int:number>/raw")
def raw(number: int) -> Response:
    """The message as it came."""
    return Response(_get(number).raw, content_type="text/plain; charset=utf-8")


def _messages() -> list[Caught]:
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox.mailbox.all()


def _get(number: int) -> Caught:
    messages = _messages()
    if not 1 <= number <= len(messages):
        abort(404)
    return messages[number - 1]


def _parsed(caught: Caught) -> EmailMessage:
    return message_from_bytes(caught.raw, policy=policy.default)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message[name] or "")
    except (AttributeError, IndexError, ValueError):  # what email's parser raises for some malformed headers
        return ""


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a charset nobody knows
        payload = part.get_payload()
        return payload if isinstance(payload, str) else ""


def _clickable(text: str) -> Markup:
    pieces, end = Markup(), 0
    for match in LINK.finditer(text):
        address = escape(match[0])
        pieces += escape(text[end : match.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        end = match.end()
    return pieces + escape(text[end:])


def _page(page: str) -> Response:
    return Response(page, headers={"Content-Security-Policy": PAGE_POLICY})
