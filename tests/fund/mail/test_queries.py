from datetime import datetime, timedelta

from sqlalchemy import text, update

from fund.db.session import Database
from fund.mail.models import Delivery
from fund.mail.queries import counts_by_state, has_due, troubled_deliveries
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from tests.fakes.queue import FakeQueue

VALUES = {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"}


def stored(database: Database, sender: Sender, now: datetime, **states: str) -> None:
    """One delivery for each name, in that state."""
    with database.write() as session:
        for name, state in states.items():
            queue_delivery(
                session,
                FakeQueue(),
                sender,
                key=f"invitation:{name}",
                message="invitation",
                address=f"{name}@example.org",
                locale="en",
                values=VALUES,
                now=now,
            )
            session.execute(update(Delivery).where(Delivery.key == f"invitation:{name}").values(state=state))


def test_only_what_waits_and_whose_time_has_come_is_due(database: Database, sender: Sender, now: datetime) -> None:
    stored(database, sender, now, a="sent", b="failed", c="unsure", d="cancelled", e="sending")
    with database.read() as session:
        assert not has_due(session, now=now)
    stored(database, sender, now, f="deferred")
    with database.read() as session:
        assert has_due(session, now=now)
        assert not has_due(session, now=now - timedelta(seconds=1))


def test_counts_by_state_of_all_and_of_one_mailing(database: Database, sender: Sender, now: datetime) -> None:
    stored(database, sender, now, a="sent", b="sent", a_c="failed")
    with database.read() as session:
        assert counts_by_state(session) == {"sent": 2, "failed": 1}
        assert counts_by_state(session, key_prefix="invitation:a_") == {"failed": 1}, "an underscore is no wildcard"


def test_the_desk_sees_what_needs_a_person_without_opening_an_address(
    database: Database, sender: Sender, now: datetime
) -> None:
    stored(database, sender, now, a="sent", b="failed", c="unsure", d="queued")
    with database.write() as session:
        session.execute(text("UPDATE delivery SET address = 'unreadable'"))
    with database.read() as session:
        troubled = [(one.state, message) for one, message in troubled_deliveries(session)]
    assert troubled == [("unsure", "invitation"), ("failed", "invitation")]
