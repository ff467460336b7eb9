from collections.abc import Sequence
from concurrent.futures import Future
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fund.db.session import Database
from fund.mail.lock_reported import lock_reported
from fund.mail.models import Mailing, Suppression
from fund.mail.record_report import record_report
from fund.mail.report import Report
from fund.mail.suppress_by_hand import suppress_by_hand
from fund.updates.take_reports import take_reports
from tests.factories.mailings import deliveries, make_mailing
from tests.fixtures.databases import postgresql_only
from tests.fixtures.meanwhile import meanwhile
from tests.fund.updates.newsroom import Newsroom

PEOPLE = ("bob@example.org", "carol@example.org", "dave@example.org")
_numbers = count()


def report(message_hash: str, kind: str = "bounce") -> Report:
    return Report(f"webhook:{next(_numbers)}", kind, "webhook", hard=kind == "bounce", message_hash=message_hash)


def take(newsroom: Newsroom, session: Session, reports: Sequence[Report]) -> Any:
    return take_reports(session, newsroom.queue, newsroom.sender, newsroom.addresses, reports, now=newsroom.now)


@postgresql_only
@pytest.mark.parametrize("kind", ["bounce", "complaint"])
def test_two_lists_about_the_same_people_wait_for_each_other(
    newsroom: Newsroom, database: Database, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    first = make_mailing(database, *PEOPLE, key="update:1", now=newsroom.now)
    second = make_mailing(database, *PEOPLE, key="update:2", now=newsroom.now)
    make_mailing(database, *PEOPLE, key="update:3", now=newsroom.now, state="queued")
    ours = [report(first[PEOPLE[0]], kind), report(second[PEOPLE[1]], kind), report(first[PEOPLE[2]], kind)]
    theirs = [report(first[PEOPLE[2]], kind), report(first[PEOPLE[1]], kind), report(second[PEOPLE[0]], kind)]
    begun: list[Future[Any]] = []
    with meanwhile(database) as begin:

        def after_the_first(session: Session, one: Report, **more: Any) -> Any:
            recorded = record_report(session, one, **more)
            if not begun:
                begun.append(begin(lambda other: take(newsroom, other, theirs)))
            return recorded

        monkeypatch.setattr("fund.updates.take_reports.record_report", after_the_first)
        with database.write() as session:
            taken = take(newsroom, session, ours)
        also_taken = begun[0].result(30)
    assert taken == also_taken == {"recorded": 3}
    states = deliveries(database)
    assert {states[f"update:3 {one}"] for one in PEOPLE} == {"cancelled"}
    with database.read() as session:
        assert len(session.scalars(select(Suppression)).all()) == 3
        complaints = dict(session.execute(select(Mailing.key, Mailing.complaints)).all())
    told = [state for state in states.values() if state == {"bounce": "bounced"}.get(kind, "complained")]
    assert len(told) == 5
    assert complaints == {"update:1": 3 * (kind == "complaint"), "update:2": 2 * (kind == "complaint"), "update:3": 0}


def test_what_is_said_of_one_address_keeps_its_order(newsroom: Newsroom, database: Database) -> None:
    hashes = make_mailing(database, *PEOPLE, now=newsroom.now)
    told = [report(hashes[one], kind) for kind in ("complaint", "bounce") for one in PEOPLE] + [report("0" * 40)]
    with database.write() as session:
        assert take(newsroom, session, told) == {"recorded": 6, "stranger": 1}
    assert set(deliveries(database).values()) == {"complained"}
    with database.read() as session:
        assert session.scalars(select(Mailing.state)).one() == "paused"


@postgresql_only
def test_who_leaves_while_reports_about_them_are_taken_waits(
    newsroom: Newsroom, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = make_mailing(database, *PEOPLE, now=newsroom.now)
    make_mailing(database, *PEOPLE, key="update:2", now=newsroom.now, state="queued")
    with database.write() as session:
        session.execute(update(Mailing).where(Mailing.key == "update:2").values(state="filling"))
    begun: list[Future[Any]] = []
    with meanwhile(database) as begin:

        def leave(session: Session) -> bool:
            return suppress_by_hand(session, address=PEOPLE[0], reason="asked", actor="member:1", now=newsroom.now)

        def lock(*given: Any, **more: Any) -> list[Report]:
            locked = lock_reported(*given, **more)
            begun.append(begin(leave))
            return locked

        monkeypatch.setattr("fund.updates.take_reports.lock_reported", lock)
        with database.write() as session:
            assert take(newsroom, session, [report(hashes[one]) for one in PEOPLE]) == {"recorded": 3}
        assert begun[0].result(30) is False, "it had ended by the bounce"
    assert set(deliveries(database).values()) == {"bounced", "cancelled"}
