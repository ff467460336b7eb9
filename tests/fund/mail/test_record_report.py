from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, update

from fund.db.session import Database
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.mail.models import Delivery, Mailing, MailReport
from fund.mail.queries_of_reports import count_reports, find_suppression, reports_about
from fund.mail.record_report import Recorded, record_report
from fund.mail.report import Report
from fund.mail.suppress import suppress
from tests.factories.mailings import deliveries, make_mailing
from tests.fixtures.databases import sqlite_only
from tests.fixtures.threads import at_once

BOB, CAROL = "bob@example.org", "carol@example.org"
_numbers = count()


def report(**values: Any) -> Report:
    given = {"key": f"webhook:{next(_numbers)}", "kind": "bounce", "source": "webhook", **values}
    return Report(**given)


def record(database: Database, now: datetime, **values: Any) -> Recorded:
    with database.write() as session:
        return record_report(session, report(**values), now=now)


def stopped(database: Database, address: str) -> str:
    with database.read() as session:
        found = find_suppression(session, address)
        return found.reason if found else ""


def test_a_hard_bounce_ends_mail_to_the_address(database: Database, now: datetime) -> None:
    hashes = make_mailing(database, BOB, CAROL, now=now)
    make_mailing(database, BOB, CAROL, key="update:2", state="queued", now=now)
    recorded = record(database, now, hard=True, status="5.1.1", message_hash=hashes[BOB])
    assert recorded == Recorded("recorded")
    assert (stopped(database, BOB), stopped(database, CAROL)) == ("bounced", "")
    assert deliveries(database) == {
        f"update:1 {BOB}": "bounced",
        f"update:1 {CAROL}": "sent",
        f"update:2 {BOB}": "cancelled",
        f"update:2 {CAROL}": "queued",
    }
    with database.read() as session:
        assert [(one.hard, one.status) for one in reports_about(session, BOB)] == [(True, "5.1.1")]


@sqlite_only
def test_the_newest_message_is_meant_where_only_the_address_is_known(database: Database, now: datetime) -> None:
    make_mailing(database, BOB, key="update:1", now=now - timedelta(days=2))
    make_mailing(database, BOB, key="update:2", now=now - timedelta(days=1))
    assert record(database, now, hard=True, address=" Bob@Example.org").word == "recorded"
    assert deliveries(database) == {f"update:1 {BOB}": "sent", f"update:2 {BOB}": "bounced"}


@sqlite_only
def test_what_was_sent_long_ago_or_to_somebody_else_is_not_meant(database: Database, now: datetime) -> None:
    make_mailing(database, BOB, now=now - timedelta(days=31))
    assert record(database, now, hard=True, address=BOB).word == "stranger"
    assert record(database, now, hard=True, address="mallory@example.com").word == "stranger"
    assert record(database, now, kind="complaint", message_hash="0" * 40).word == "stranger"
    assert (stopped(database, BOB), stopped(database, "mallory@example.com")) == ("", "")
    with database.read() as session:
        counted = {(one.kind, one.hard): (one.total, one.strangers) for one in count_reports(session, since=now)}
    assert counted == {("bounce", True): (2, 2), ("complaint", False): (1, 1)}


@sqlite_only
@pytest.mark.parametrize(("hard", "kind"), [(True, "bounce"), (False, "complaint")])
def test_nobody_is_believed_who_only_names_an_address(database: Database, now: datetime, hard: bool, kind: str) -> None:
    hashes = make_mailing(database, BOB, now=now)
    assert record(database, now, hard=hard, kind=kind, address=BOB, trusted=False).word == "unproven"
    assert (stopped(database, BOB), complaints(database)) == ("", 0)
    proven = record(database, now, hard=hard, kind=kind, message_hash=hashes[BOB], trusted=False)
    assert proven.word == "recorded"
    assert stopped(database, BOB) != ""


def complaints(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.sum(Mailing.complaints))) or 0


def test_a_complaint_counts_once_and_outweighs_a_bounce(database: Database, now: datetime) -> None:
    hashes = make_mailing(database, BOB, CAROL, now=now)
    record(database, now, hard=True, message_hash=hashes[BOB])
    first = record(database, now, kind="complaint", message_hash=hashes[BOB])
    again = record(database, now, kind="complaint", message_hash=hashes[BOB])
    assert (first.mailing_id is not None, again.mailing_id) == (True, None)
    assert (stopped(database, BOB), complaints(database)) == ("complained", 1)
    record(database, now, hard=True, message_hash=hashes[BOB])
    assert deliveries(database) == {f"update:1 {BOB}": "complained", f"update:1 {CAROL}": "sent"}


def test_the_same_report_twice_is_one(database: Database, now: datetime) -> None:
    hashes = make_mailing(database, BOB, now=now)
    for word in ("recorded", "known"):
        assert record(database, now, key="webhook:x", kind="complaint", message_hash=hashes[BOB]).word == word
    assert complaints(database) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailReport)) == 1


@sqlite_only
def test_three_mailings_in_a_row_that_come_back_end_it(database: Database, now: datetime) -> None:
    for number in range(4):
        hashes = make_mailing(database, BOB, key=f"update:{number}", now=now)
        if number != 0:
            assert stopped(database, BOB) == ""
            record(database, now, status="5.2.2", message_hash=hashes[BOB])
            record(database, now, status="5.2.2", message_hash=hashes[BOB])  # the same mailing a second time
    assert stopped(database, BOB) == "bounced"


@sqlite_only
def test_receipts_that_come_back_for_now_end_nothing(database: Database, now: datetime) -> None:
    for number in range(4):
        hashes = make_mailing(database, BOB, key=f"update:{number}", now=now)
        with database.write() as session:
            session.execute(update(Delivery).values(mailing_id=None))
        assert record(database, now, status="5.2.2", message_hash=hashes[BOB]).word == "recorded"
    assert stopped(database, BOB) == ""


@sqlite_only
def test_one_that_arrives_begins_the_row_anew(database: Database, now: datetime) -> None:
    for number in range(5):
        hashes = make_mailing(database, BOB, key=f"update:{number}", now=now)
        if number != 2:
            record(database, now, message_hash=hashes[BOB])
    assert stopped(database, BOB) == ""
    assert set(deliveries(database).values()) == {"sent"}


@sqlite_only
def test_a_delay_changes_nothing(database: Database, now: datetime) -> None:
    hashes = make_mailing(database, BOB, now=now)
    assert record(database, now, kind="delay", status="4.4.1", message_hash=hashes[BOB]).word == "recorded"
    assert (stopped(database, BOB), set(deliveries(database).values())) == ("", {"sent"})


@sqlite_only
@pytest.mark.parametrize("state", ["unsure", "sending", "failed"])
def test_a_bounce_says_what_became_of_one_in_doubt(database: Database, now: datetime, state: str) -> None:
    hashes = make_mailing(database, BOB, state=state, now=now)
    record(database, now, hard=True, message_hash=hashes[BOB])
    assert deliveries(database) == {f"update:1 {BOB}": "bounced"}


@sqlite_only
@pytest.mark.parametrize("reason", ["asked", "bounced", "complained"])
def test_whoever_asks_anew_and_proves_the_address_is_written_to(database: Database, now: datetime, reason: str) -> None:
    with database.write() as session:
        suppress(session, address=BOB, reason=reason, source="desk", now=now)
        suppress(session, address=CAROL, reason=reason, source="desk", now=now)
    with database.write() as session:
        assert lift_by_own_wish(session, address=BOB, now=now)
        assert not lift_by_own_wish(session, address=BOB, now=now)
    assert (stopped(database, BOB), stopped(database, CAROL)) == ("", reason)


def test_reports_that_come_together_count_as_they_are(database: Database, now: datetime) -> None:
    hashes = make_mailing(database, BOB, CAROL, now=now)

    def tell(number: int) -> None:
        """Everybody about both, from either end; half of them the same report."""
        for address in (BOB, CAROL) if number % 2 else (CAROL, BOB):
            key = f"webhook:{address}:{number // 2}"
            record(database, now, key=key, kind="complaint", message_hash=hashes[address])

    at_once(6, tell)
    assert (complaints(database), stopped(database, BOB), stopped(database, CAROL)) == (2, "complained", "complained")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailReport)) == 6
