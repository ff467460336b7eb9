import mailbox
from pathlib import Path

import pytest
from flask import Flask

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.queries_of_reports import find_suppression
from fund.mail.read_dsn import LARGEST
from tests.factories import bounces
from tests.factories.mailings import make_mailing
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

PEOPLE = [f"p{number}@elsewhere.example" for number in range(len(bounces.HARD))]


@pytest.fixture
def came_back(database: Database) -> list[bytes]:
    """One of each form, each about a message that we sent; then a complaint, a delay, other mail, and rubbish."""
    hashes = make_mailing(database, *PEOPLE, "carol@example.org", now=utc_now())
    found = [
        made().replace(bounces.HASH.encode(), hashes[address].encode())
        for made, address in zip(bounces.HARD.values(), PEOPLE, strict=True)
    ]
    found = [
        raw if raw != bounces.old_exchange() else bounces.old_exchange(hashes[address])
        for raw, address in zip(found, PEOPLE, strict=True)
    ]
    found.append(bounces.complaint(message_hash=hashes["carol@example.org"]))
    return [*found, bounces.delayed(), bounces.holiday(), b"\xff\x00" * 1000, b"x" * 3 * LARGEST]


def run(app: Flask, *arguments: str, given: bytes = b"") -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["read-bounces", *arguments], input=given)
    return result.exit_code, result.stdout, result.stderr


def stopped(database: Database) -> dict[str, str]:
    with database.read() as session:
        found = {one: find_suppression(session, one) for one in (*PEOPLE, "carol@example.org")}
        return {one: row.reason for one, row in found.items() if row}


EXPECTED = dict.fromkeys(PEOPLE, "bounced") | {"carol@example.org": "complained"}


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_whole_mailbox_twice(
    app: Flask, database: Database, came_back: list[bytes], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "box"
    box: mailbox.Mailbox[mailbox.mboxMessage] | mailbox.Maildir
    box = mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
    for raw in came_back:
        box.add(raw)
    box.close()
    status, said, _ = run(app, str(path))
    assert status == 0
    assert said.splitlines() == [
        "14 messages: 9 bounces (9 hard), 1 delays, 1 complaints, 3 of another kind, 0 unreadable.",
        "Taken down: 10. Known already: 0. About nobody we wrote to: 1. Without proof, and so without effect: 0.",
    ]
    assert stopped(database) == EXPECTED
    status, said, _ = run(app, str(path), f"--{kind}")
    assert (status, "Taken down: 0. Known already: 11." in said) == (0, True)


def test_one_message_at_a_time(app: Flask, database: Database, came_back: list[bytes], tmp_path: Path) -> None:
    """As a mail server hands them over."""
    assert [run(app, "-", given=raw)[0] for raw in came_back[:2]] == [0, 0]
    assert stopped(database) == dict.fromkeys(PEOPLE[:2], "bounced")
    (tmp_path / "one.eml").write_bytes(came_back[2])
    assert run(app, str(tmp_path / "one.eml"))[1].startswith("1 messages: 1 bounces (1 hard)")


def test_anybody_may_write_to_that_mailbox(app: Flask, database: Database) -> None:
    """A bounce without our Message-ID names an address, and proves nothing."""
    make_mailing(database, bounces.GONE, now=utc_now())
    forged = bounces.postfix().replace(bounces.HASH.encode(), b"made-up")
    assert "Without proof, and so without effect: 1." in run(app, "-", given=forged)[1]
    assert "Without proof" in run(app, "-", given=bounces.complaint(message_hash="made-up"))[1]
    with database.read() as session:
        assert find_suppression(session, bounces.GONE) is None


def test_what_breaks_the_reader_does_not_stop_it(
    app: Flask, database: Database, came_back: list[bytes], tmp_path: Path
) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (at, at) for at in range(3000))
    box = mailbox.mbox(tmp_path / "box")
    for raw in (nested, came_back[0]):
        box.add(raw)
    box.close()
    status, said, _ = run(app, str(tmp_path / "box"))
    assert (status, said.startswith("2 messages: 1 bounces (1 hard)")) == (0, True)
    assert "1 unreadable" in said or "1 of another kind" in said


def test_what_is_no_mailbox(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, said, why = run(app, str(tmp_path / "empty"))
    assert (status, said.startswith("0 messages")) == (1, True)
    assert "could not be read: it is no mailbox." in why
    assert run(app, str(tmp_path / "nowhere"))[0] == 2
    assert run(app)[0] == 2
