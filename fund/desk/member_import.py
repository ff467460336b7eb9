"""One list of members: what would come of it, how far it is, what was refused, and who is invited."""

from collections.abc import Iterator

from flask import Response, render_template, request, url_for
from werkzeug.exceptions import NotFound

from fund.db.session import Database
from fund.desk.answers import done, errors_of
from fund.desk.typed_days import day_value, read_day
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.choose_columns import choose_columns
from fund.members.imports import counts_of_refusals, find_import, first_rows, members_to_invite, refusals
from fund.members.invite_imported import invite_imported
from fund.members.list_encoding import ENCODINGS
from fund.members.models import MemberImport
from fund.members.report_of_import import reason_words, report_of_import
from fund.members.start_import import start_import
from fund.members.steer_import import ACTS, steer_import
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import close_read_session, read_session, write_session
from fund.web.services import services

PLACES = ("address", "name", "locale", "consent_on")


@needs("import_members")
def show(import_id: int) -> str:
    return _page(_find(import_id), {}, {})


@needs("import_members")
def columns(import_id: int) -> Answer:
    """Other columns than were guessed: counted anew."""
    _find(import_id)
    places = {name: request.form.get(name, type=int) for name in PLACES}
    close_read_session()
    try:
        choose_columns(services().database, import_id=import_id, now=utc_now(), **places)
    except Refusal as refusal:
        return _page(_find(import_id), request.form.to_dict(), errors_of(refusal)), refusal.status
    return _done(gettext("Counted anew with these columns."), import_id)


@needs("import_members")
def start(import_id: int) -> Answer:
    _find(import_id)
    form = request.form
    try:
        with write_session() as session:
            start_import(
                session,
                services().queue,
                import_id=import_id,
                consent_text=form.get("consent", ""),
                consent_source=form.get("source", ""),
                consent_on=read_day(form.get("date", ""), field="date"),
                locale=form.get("row_locale", ""),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(_find(import_id), form.to_dict(), errors_of(refusal)), refusal.status
    return _done(gettext("The import has begun. You may leave this page."), import_id)


@needs("import_members")
def steer(import_id: int, act: str) -> Answer:
    """Pause, continue, cancel."""
    _find(import_id)
    if act not in ACTS:
        raise NotFound
    try:
        with write_session() as session:
            steer_import(
                session, services().queue, import_id=import_id, act=act, actor=the_member().actor, now=utc_now()
            )
    except Refusal as refusal:
        return _page(_find(import_id), {}, errors_of(refusal)), refusal.status
    said = {
        "pause": gettext("The import is paused."),
        "continue": gettext("The import goes on."),
        "cancel": gettext("The import is cancelled. Who was added stays; the rest of the list is forgotten."),
    }
    return _done(said[act], import_id)


@needs("import_members")
def invite(import_id: int) -> Answer:
    """Write to those who have no password yet, so many a day."""
    _find(import_id)
    given = services()
    try:
        with write_session() as session:
            invite_imported(
                session,
                given.queue,
                given.sender,
                import_id=import_id,
                a_day=request.form.get("a_day", default=0, type=int),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(_find(import_id), request.form.to_dict(), errors_of(refusal)), refusal.status
    return _done(gettext("The invitations have begun."), import_id)


@needs("import_members")
def report(import_id: int) -> Response:
    """The refused rows as a file."""
    _find(import_id)
    response = Response(
        _report(services().database, import_id, current_locale()), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="import-{import_id}-refused.csv"'
    return response


def _report(database: Database, import_id: int, locale: str) -> Iterator[str]:
    with database.read() as session:
        yield from report_of_import(refusals(session, import_id), locale=locale)


def _find(import_id: int) -> MemberImport:
    return find_import(read_session(), import_id)


def _done(sentence: str, import_id: int) -> Answer:
    return done(sentence, url_for("desk.member_import", import_id=import_id))


def _page(found: MemberImport, typed: dict[str, str], errors: dict[str, str]) -> str:
    session = read_session()
    waiting = found.state == "preview"
    counted = found.forecast.get("refused", {}) if waiting else counts_of_refusals(session, found.id)
    defaults: dict[str, object] = {
        "date": day_value(utc_now()),
        "row_locale": found.locale,
        "a_day": services().settings.invite_rate or 500,
    }
    return render_template(
        "desk/member_import.html",
        one=found,
        encoding=ENCODINGS.get(found.encoding, found.encoding),
        columns=found.columns,
        rows=first_rows(session, found.id) if waiting else [],
        reasons=[(reason_words(reason, current_locale()), count) for reason, count in sorted(counted.items())],
        refused=sum(counted.values()),
        to_invite=0 if waiting else members_to_invite(session, found.id),
        values={**defaults, **{name: found.columns.get(name) for name in PLACES}, **typed},
        errors=errors,
    )
