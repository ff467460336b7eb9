"""`read-bounces`: what came back to the bounce mailbox."""

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from fund.cli.exits import refuse
from fund.db.write_again import write_again
from fund.kit.clock import utc_now
from fund.mail.read_dsn import LARGEST, read_dsn
from fund.mail.report import Report
from fund.updates.take_reports import take_reports
from fund.web.services import services

AT_ONCE = 100
WHERE = click.Path(exists=True, allow_dash=True, path_type=Path)


@click.command("read-bounces")
@click.argument("file", type=WHERE)
@click.option("--mbox", "kind", flag_value="mbox", help="FILE is a mailbox in one file. Guessed if left out.")
@click.option("--maildir", "kind", flag_value="maildir", help="FILE is a Maildir. Guessed if left out.")
@with_appcontext
def read_bounces(file: Path, kind: str | None) -> None:
    """Take down the bounces and complaints in FILE: a mbox, a Maildir, or one message; `-` is standard input.

    Nothing is moved or deleted. What was read before is known and does nothing: interrupt and repeat as you like.
    """
    figures: Counter[str] = Counter()
    try:
        with click.progressbar(_messages(file, kind or _guess(file)), label="Messages", file=sys.stderr) as messages:
            for some in iter(lambda: list(islice(messages, AT_ONCE)), []):
                _take(some, figures)
    except KeyboardInterrupt:
        _say(figures)
        refuse("\nInterrupted. Repeat the command: what was taken down is not taken twice.")
    except (OSError, mailbox.Error) as problem:
        _say(figures)
        refuse(f"{file} could not be read: {getattr(problem, 'strerror', None) or 'it is no mailbox'}.")
    _say(figures)


def _guess(file: Path) -> str:
    if str(file) == "-":
        return "message"
    if file.is_dir():
        return "maildir"
    with file.open("rb") as source:
        return "mbox" if source.read(5) == b"From " else "message"


def _messages(file: Path, kind: str) -> Iterator[bytes]:
    """The beginning of each, however large it is."""
    if kind == "message":
        with click.open_file(str(file), "rb") as source:
            yield source.read(LARGEST)
        return
    if kind == "maildir" and not (file / "new").is_dir() and not (file / "cur").is_dir():
        raise mailbox.Error
    box: mailbox.Maildir | mailbox.mbox = (
        mailbox.Maildir(file, create=False) if kind == "maildir" else mailbox.mbox(file, create=False)
    )
    with closing(box):
        for key in box.iterkeys():
            yield _beginning(box, key)


def _beginning(box: mailbox.Maildir | mailbox.mbox, key: str) -> bytes:
    """Empty for one that vanished or cannot be opened."""
    try:
        source: BinaryIO = box.get_file(key)  # type: ignore[assignment]
    except (OSError, KeyError):
        return b""
    with closing(source):
        return source.read(LARGEST)


def _take(messages: Sequence[bytes], figures: Counter[str]) -> None:
    reports: list[Report] = []
    for raw in messages:
        figures["messages"] += 1
        try:
            found = read_dsn(raw)
        except Exception:  # noqa: BLE001  whatever one message holds, the next ones are read
            figures["unreadable"] += 1
            continue
        figures["other"] += not found
        reports += found
    given = services()
    outcomes = write_again(
        given.database,
        lambda session: take_reports(session, given.queue, given.sender, given.addresses, reports, now=utc_now()),
    )
    figures.update(outcomes)
    figures.update(f"{'hard ' if one.hard else ''}{one.kind}" for one in reports)


def _say(figures: Counter[str]) -> None:
    hard, soft = figures["hard bounce"], figures["bounce"]
    click.echo(
        f"{figures['messages']} messages: {hard + soft} bounces ({hard} hard), {figures['delay']} delays, "
        f"{figures['complaint']} complaints, {figures['other']} of another kind, {figures['unreadable']} unreadable."
    )
    click.echo(
        f"Taken down: {figures['recorded']}. Known already: {figures['known']}. About nobody we wrote to: "
        f"{figures['stranger']}. Without proof, and so without effect: {figures['unproven']}."
    )


commands = [read_bounces]
