"""When declined cards make a campaign slow, for how long, and what the desk's word changes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.donations.end_slowdown import end_slowdown
from fund.donations.forget_declines import forget_declines
from fund.donations.models import Decline, Slowdown
from fund.donations.note_decline import note_decline
from fund.donations.queries_of_declines import count_begun, count_declines, count_settled, is_slowed, open_slowdowns
from fund.donations.rules import SLOW_FOR, SPIKE_DECLINES, SPIKE_RATIO, SPIKE_WINDOW, STILL_DECLINES
from fund.kit.errors import Refusal
from fund.payments.models import Alert
from tests.factories.campaigns import ALICE, make_draft
from tests.factories.gift_rows import NOON, add_gift
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

MINUTE = timedelta(minutes=1)


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_draft(database)


@pytest.fixture
def page(database: Database, campaign_id: int) -> str:
    """A gift whose page at Stripe is open."""
    return add_gift(database, campaign_id, "page", state="pending", paid_at=None, created_at=NOON - 2 * SPIKE_WINDOW)


def decline(database: Database, gift: str, times: int, *, now: datetime = NOON) -> list[int]:
    """The slowdowns that began with so many declined cards."""
    with database.write() as session:
        begun = [note_decline(session, donation_id=gift, at=now, now=now) for _ in range(times)]
        return [slowdown.id for slowdown in begun if slowdown is not None]


def slowdowns(database: Database) -> list[tuple[datetime, datetime]]:
    with database.read() as session:
        return [(row.since, row.until) for row in session.scalars(select(Slowdown).order_by(Slowdown.id))]


def test_so_many_declines_in_so_many_minutes_begin_one_slowdown(
    database: Database, campaign_id: int, page: str
) -> None:
    assert decline(database, page, 5, now=NOON - SPIKE_WINDOW - MINUTE) == []
    assert decline(database, page, 1, now=NOON - SPIKE_WINDOW) == []
    assert decline(database, page, SPIKE_DECLINES - 2) == []
    (begun,) = decline(database, page, 1)
    assert slowdowns(database) == [(NOON, NOON + SLOW_FOR)]
    with database.read() as session:
        (alert,) = session.scalars(select(Alert))
        assert alert.key == f"slowdown:{begun}"
        assert alert.sentence == (
            "Campaign four-labels takes gifts slowly since 2026-10-05 12:00 UTC: 20 cards were declined in 10 minutes"
        )
        assert is_slowed(session, campaign_id, now=NOON + SLOW_FOR - MINUTE)
        assert not is_slowed(session, campaign_id, now=NOON + SLOW_FOR)


def test_it_lasts_until_half_an_hour_after_the_last_sign(database: Database, campaign_id: int, page: str) -> None:
    decline(database, page, SPIKE_DECLINES)
    later = NOON + 2 * SPIKE_WINDOW
    assert decline(database, page, STILL_DECLINES - 1, now=later) == []
    assert slowdowns(database) == [(NOON, NOON + SLOW_FOR)]
    assert decline(database, page, 1, now=later) == []
    assert slowdowns(database) == [(NOON, later + SLOW_FOR)]
    over = later + SLOW_FOR
    assert decline(database, page, STILL_DECLINES, now=over) == []
    assert len(decline(database, page, SPIKE_DECLINES - STILL_DECLINES, now=over)) == 1
    with database.read() as session:
        assert [row.since for row in open_slowdowns(session, now=over)] == [over]
        assert is_slowed(session, campaign_id, now=over)


def test_gifts_that_come_through_meanwhile_are_weighed_against_it(
    database: Database, campaign_id: int, page: str
) -> None:
    for number in range(8):
        add_gift(database, campaign_id, f"paid {number}", created_at=NOON - SPIKE_WINDOW)
    add_gift(database, campaign_id, "cheque", kind="offline", expires_at=NOON)
    add_gift(database, campaign_id, "too early", created_at=NOON - SPIKE_WINDOW - MINUTE)
    elsewhere = make_draft(database, slug="elsewhere")
    add_gift(database, elsewhere, "elsewhere")
    assert decline(database, page, SPIKE_RATIO * 8) == []
    assert len(decline(database, page, 1)) == 1
    with database.read() as session:
        since = NOON - SPIKE_WINDOW
        assert count_declines(session, campaign_id, since=since) == SPIKE_RATIO * 8 + 1
        assert count_settled(session, campaign_id, since=since) == 8
        assert count_begun(session, campaign_id, since=since) == 8
        counted = [
            count(session, elsewhere, since=NOON + MINUTE) for count in (count_declines, count_settled, count_begun)
        ]
        assert counted == [0, 0, 0]
        assert not is_slowed(session, elsewhere, now=NOON)


def test_what_the_desk_ended_begins_again_only_by_what_came_after(
    database: Database, campaign_id: int, page: str
) -> None:
    (first,) = decline(database, page, SPIKE_DECLINES)
    now = NOON + MINUTE
    with database.write() as session:
        for _ in range(2):
            end_slowdown(session, slowdown_id=first, actor=ALICE, now=now)
    with database.read() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "end_slowdown"))
        assert (entry.actor, entry.subject) == (ALICE, f"campaign:{campaign_id}")
        assert session.get_one(Slowdown, first).ended_by == ALICE
        assert open_slowdowns(session, now=now) == []
    assert slowdowns(database) == [(NOON, now)]
    assert decline(database, page, SPIKE_DECLINES - 1, now=now + MINUTE) == []
    assert len(decline(database, page, 1, now=now + MINUTE)) == 1


def test_one_that_is_unknown_cannot_be_ended(database: Database) -> None:
    with pytest.raises(Refusal) as refused, database.write() as session:
        end_slowdown(session, slowdown_id=9, actor=ALICE, now=NOON)
    assert refused.value.status == 404


def test_only_a_card_on_the_page_of_a_gift_counts(database: Database, campaign_id: int) -> None:
    paid = add_gift(database, campaign_id, "paid")
    for gift in (paid, "none"):
        assert decline(database, gift, 1) == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decline)) == 0


def test_declines_are_forgotten_after_a_day(database: Database, page: str) -> None:
    decline(database, page, 2)
    for after, left in ((timedelta(days=1), 2), (timedelta(days=1, seconds=1), 0)):
        with database.write() as session:
            forget_declines(session, now=NOON + after)
            assert session.scalar(select(func.count()).select_from(Decline)) == left
