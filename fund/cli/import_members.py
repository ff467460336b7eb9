"""`import-members`: a member list from a file, with the consent that its people gave."""

import sys
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from fund.cli.exits import refuse
from fund.cli.output import write_lines
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.forecast_import import forecast_import
from fund.members.imports import counts_of_refusals, find_import, refusals, unfinished_import_of
from fund.members.judge_row import RefusedRow, judge_row
from fund.members.keep_list import cut_rows, keep_list
from fund.members.list_encoding import ENCODINGS
from fund.members.models import ImportRefusal, MemberImport
from fund.members.read_list import MemberList, read_list
from fund.members.report_of_import import reason_words, report_of_import
from fund.members.start_import import start_import
from fund.members.steer_import import steer_import
from fund.web.services import services
from fund.worker.import_members import import_next

ACTOR = "command"
SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
CSV = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the command line."""

    consent: str
    source: str
    date: datetime | None
    locale: str | None


@click.command("import-members")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--consent", default="", help="What these people agreed to, in the words that they saw.")
@click.option("--source", default="the organisation’s list of members", help="Where they agreed; every mail says so.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="When, for rows without a date; today if left out.")
@click.option("--locale", type=click.Choice(["en", "fr"]), help="Of rows without a language; else DEFAULT_LOCALE.")
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), help="Guessed if left out.")
@click.option("--delimiter", default="", help="One sign, or comma, semicolon, tab, bar. Guessed if left out.")
@click.option("--titles/--no-titles", default=None, help="Whether the first row names the columns. Guessed.")
@click.option("--column-address", type=click.IntRange(1), help="Number of the column, from 1. Guessed.")
@click.option("--column-name", type=click.IntRange(1), help="The same.")
@click.option("--column-locale", type=click.IntRange(1), help="The same.")
@click.option("--column-consent", type=click.IntRange(1), help="The same: the day on which each one agreed.")
@click.option("--report", type=CSV, help="Write what was refused, and why, to this file.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
@click.option("--resume", type=click.IntRange(1), metavar="ID", help="Continue an import that was interrupted.")
@with_appcontext
def import_members(
    *, file: Path | None, resume: int | None, dry_run: bool, report: Path | None, **options: Any
) -> None:
    """Add the people of FILE as members. Nobody is added twice, whatever is repeated; nobody is written to by it."""
    if (file is None) == (resume is None):
        raise click.UsageError("Give FILE, or --resume ID.")
    given = Given(*(options.pop(name) for name in ("consent", "source", "date", "locale")))
    if file is not None and not given.consent.strip():
        raise click.UsageError("Say with --consent what these people agreed to.")
    try:
        if file is None:
            import_id = int(resume or 0)
        else:
            data = file.read_bytes()
            found = _read(data, **options)
            if dry_run:
                _forecast(found, report)
                return
            import_id = _begin(found, sha256(data).hexdigest(), file.name, given)
        _work(import_id)
        _say_end(import_id, report)
    except Refusal as refusal:
        refuse(str(refusal))


def _read(
    data: bytes,
    *,
    encoding: str | None,
    delimiter: str,
    titles: bool | None,
    column_address: int | None,
    column_name: int | None,
    column_locale: int | None,
    column_consent: int | None,
) -> MemberList:
    numbers = {"address": column_address, "name": column_name, "locale": column_locale, "consent_on": column_consent}
    sign = SIGNS.get(delimiter, delimiter)
    if len(sign) > 1:
        raise click.UsageError("--delimiter is one sign, or comma, semicolon, tab, bar.")
    places = {name: number - 1 for name, number in numbers.items() if number is not None}
    return read_list(data, encoding=encoding or "", delimiter=sign, titles=titles, places=places)


def _begin(found: MemberList, digest: str, name: str, given: Given) -> int:
    """The import of this very file that was interrupted, else a new one."""
    app = services()
    with app.database.read() as session:
        earlier = unfinished_import_of(session, digest)
    if earlier is not None:
        click.echo(f"Import {earlier.id} of this file was interrupted and goes on.", err=True)
        return earlier.id
    locale = given.locale or app.settings.default_locale
    import_id = keep_list(
        app.database, found, file_name=name, file_sha256=digest, locale=locale, actor=ACTOR, now=utc_now()
    )
    with app.database.write() as session:
        start_import(
            session,
            None,
            import_id=import_id,
            consent_text=given.consent,
            consent_source=given.source,
            consent_on=given.date.replace(tzinfo=UTC) if given.date else utc_now(),
            locale=locale,
            actor=ACTOR,
            now=utc_now(),
        )
    return import_id


def _work(import_id: int) -> None:
    """Here and now: a worker need not run, and one that does takes turns with us."""
    app, never = services(), threading.Event()
    with app.database.write() as session:
        found = find_import(session, import_id)
        if found.state not in ("done", "cancelled"):
            steer_import(session, None, import_id=import_id, act="continue", actor=ACTOR, now=utc_now())
    with click.progressbar(length=found.rows, label=f"Import {import_id}", file=sys.stderr) as bar:
        bar.update(found.rows_done)
        try:
            while import_next(app, import_id, never):
                with app.database.read() as session:
                    bar.update(find_import(session, import_id).rows_done - bar.pos)
        except KeyboardInterrupt:
            with app.database.write() as session:
                steer_import(session, None, import_id=import_id, act="pause", actor=ACTOR, now=utc_now())
            refuse(f"\nInterrupted. `import-members --resume {import_id}` goes on where it was.")
        bar.finish()


def _forecast(found: MemberList, report: Path | None) -> None:
    now = utc_now()
    with services().database.read() as session:
        counted = forecast_import(session, cut_rows(found.rows), found.columns, now=now)
    titles = found.columns.titles or [f"column {number + 1}" for number in range(found.columns.width)]
    for name in ("address", "name", "locale", "consent_on"):
        place = getattr(found.columns, name)
        click.echo(f"{name}: {'none' if place is None else titles[place]}", err=True)
    click.echo(f"{found.encoding}, delimiter {found.delimiter!r}", err=True)
    _say(counted, f"{counted['added']} would be added", counted["refused"])
    if report is not None:
        judged = [(line, judge_row(fields, found.columns, now=now)) for line, fields in found.rows]
        bad = [ImportRefusal(line=at, reason=r.reason, given=r.given) for at, r in judged if isinstance(r, RefusedRow)]
        write_lines(report_of_import(bad, locale=services().settings.default_locale), report)


def _say_end(import_id: int, report: Path | None) -> None:
    with services().database.read() as session:
        found = find_import(session, import_id)
        if report is not None:
            write_lines(
                report_of_import(refusals(session, import_id), locale=services().settings.default_locale), report
            )
        _say(_figures(found), f"{found.added} added", counts_of_refusals(session, import_id))
    if found.state != "done":
        refuse(f"The import is {found.state}.")


def _figures(found: MemberImport) -> dict[str, int]:
    return {"rows": found.rows, "known": found.known, "suppressed": found.suppressed}


def _say(counted: dict[str, Any], added: str, reasons: dict[str, int]) -> None:
    refused = Counter(reasons)
    click.echo(f"{counted['rows']} rows: {added}, {counted['known']} known already, {refused.total()} refused.")
    if counted["suppressed"]:
        click.echo(f"{counted['suppressed']} of the added are on the list of those who are never written to.")
    for reason, count in refused.most_common():
        click.echo(f"  {count} × {reason_words(reason, 'en')}", err=True)


commands = [import_members]
