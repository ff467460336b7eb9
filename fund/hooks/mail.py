from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from fund.db.write_again import write_again
from fund.hooks.body import read_body
from fund.hooks.mail_formats import read_json, read_mailgun, read_reports
from fund.hooks.mail_proof import NotProvenError, check_header, check_password, check_token
from fund.kit.clock import utc_now
from fund.mail.note_token import note_token
from fund.mail.report import Report
from fund.updates.take_reports import take_reports
from fund.web.origin import machine_post
from fund.web.services import services

LARGEST_POST = 1024 * 1024
LARGEST_UNSIGNED = 64 * 1024
"""Of a post that carries its proof inside and so must be read before it is believed."""
AT_ONCE = 50
"""So many reports in one transaction: others want to write as well."""

log = structlog.get_logger()


@machine_post
def receive_mail_reports() -> Response:
    """Bounces and complaints, from a provider or from a script of your own. A post that comes twice is taken once."""
    secrets, now = services().settings.mail_hook_secrets, utc_now()
    if not secrets:
        raise NotFound
    body = read_body(LARGEST_POST)
    try:
        reports, token = _proven(body, secrets, now)
    except NotProvenError as problem:
        log.warning("mail_hook_refused", reason=str(problem), size=len(body))
        return _answer("not authentic", 400)
    _take(reports, token, now)
    return _answer("stored", 200)


def _proven(body: bytes, secrets: Sequence[str], now: datetime) -> tuple[list[Report], str]:
    """The reports, and the token that must be new. Raises NotProvenError."""
    header, given = request.headers.get("X-Retainer-Signature"), request.authorization
    if header is not None:
        check_header(body, header, secrets, now=now)
        return read_reports(read_json(body)), ""
    if given is not None and given.type == "basic":
        check_password(given.password or "", secrets)
        return read_reports(read_json(body)), ""
    if len(body) > LARGEST_UNSIGNED:
        raise NotProvenError("nothing that proves it")
    signed, reports = read_mailgun(read_json(body))
    check_token(signed.timestamp, signed.token, signed.signature, secrets, now=now)
    return reports, signed.token


def _take(reports: Sequence[Report], token: str, now: datetime) -> None:
    given = services()

    def take(session: Session, some: Sequence[Report]) -> None:
        if not token or note_token(session, token, now=now):
            take_reports(session, given.queue, given.sender, given.addresses, some, now=now)

    for start in range(0, len(reports), AT_ONCE):
        write_again(given.database, partial(take, some=reports[start : start + AT_ONCE]))


def _answer(word: str, status: int) -> Response:
    return Response(word + "\n", status, mimetype="text/plain")
