"""What the desk reads of money that went back, may go back, or came otherwise than planned."""

from datetime import timedelta

import pytest

from fund.db.session import Database
from fund.donations.models import DisputeChange
from fund.donations.queries_of_returns import (
    closed_disputes,
    count_refunds_to_mend,
    count_stoppable,
    count_unanswered_refunds,
    disputes_of,
    gifts_to_review,
    hand_returns_of,
    history_of,
    newest_refunds,
    open_disputes,
    owed_to_donor,
    paid_by_hand,
    refunds_of,
    refunds_to_mend,
    returned_by_hand,
)
from tests.factories.campaigns import make_draft
from tests.factories.gift_rows import NOON, add_dispute, add_gift, add_hand_return, add_monthly_gift, add_refund
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_draft(database)


@pytest.fixture
def gift(database: Database, campaign_id: int) -> str:
    return add_gift(database, campaign_id, "gift")


@pytest.fixture
def other(database: Database, campaign_id: int) -> str:
    return add_gift(database, campaign_id, "other")


def test_what_of_one_gift_went_back_by_hand(database: Database, gift: str, other: str) -> None:
    failed = add_refund(database, gift, "failed", state="failed", owed=700, stripe_refund_id="re_1")
    refused = add_refund(database, gift, "refused", state="refused", created_at=NOON - HOUR)
    add_hand_return(database, gift, failed, "second", settles=300, of_gift=210)
    add_hand_return(database, gift, failed, "first", settles=400, of_gift=280, created_at=NOON - HOUR)
    add_hand_return(database, gift, failed, "taken back", reversed_at=NOON)
    add_hand_return(database, gift, refused, "of what never left", settles=0, of_gift=1_000, created_at=NOON + HOUR)
    elsewhere = add_refund(database, other, "elsewhere", stripe_refund_id="re_2")
    add_hand_return(database, other, elsewhere, "to somebody else")
    with database.read() as session:
        refunds = refunds_of(session, gift)
        assert [row.id for row in refunds] == ["refused", "failed"]
        assert owed_to_donor(refunds) == 700
        assert [row.id for row in hand_returns_of(session, gift)] == [
            "first", "second", "taken back", "of what never left",
        ]  # fmt: skip
        assert paid_by_hand(session, gift) == {"re_1": 700}
        assert returned_by_hand(session, gift) == 1_490
        assert (paid_by_hand(session, "none"), returned_by_hand(session, "none")) == ({}, 0)


def test_the_desk_turns_pages_of_refunds_and_of_disputes_that_ended(database: Database, gift: str) -> None:
    for name in ("a", "b", "c"):
        add_refund(database, gift, name)
        add_dispute(database, gift, name, closed_at=NOON)
    for name, hours in (("newest", 1), ("oldest", -1)):
        add_refund(database, gift, name, created_at=NOON + hours * HOUR)
        add_dispute(database, gift, name, created_at=NOON + hours * HOUR, closed_at=NOON)
    with database.read() as session:
        for read in (newest_refunds, closed_disputes):
            assert [row.id for row, _ in read(session, limit=9)] == ["newest", "c", "b", "a", "oldest"]
            assert [row.id for row, _ in read(session, limit=2)] == ["newest", "c"]
            assert [row.id for row, _ in read(session, before=(NOON, "c"), limit=2)] == ["b", "a"]
            assert [row.id for row, _ in read(session, before=(NOON, "a"), limit=9)] == ["oldest"]
            assert {of.id for _, of in read(session, limit=9)} == {gift}


def test_the_dispute_with_the_nearest_deadline_comes_first(database: Database, gift: str, other: str) -> None:
    add_dispute(database, gift, "no deadline", created_at=NOON - HOUR)
    add_dispute(database, gift, "next week", due_by=NOON + 7 * DAY)
    add_dispute(database, gift, "tomorrow", due_by=NOON + DAY, created_at=NOON + HOUR)
    add_dispute(database, gift, "ended", due_by=NOON, closed_at=NOON, created_at=NOON + DAY)
    add_dispute(database, other, "elsewhere", due_by=NOON + 2 * DAY)
    with database.write() as session:
        session.add_all(
            DisputeChange(dispute_id=dispute_id, at=NOON, status=status)
            for dispute_id, status in (("ended", "needs_response"), ("ended", "lost"), ("tomorrow", "under_review"))
        )
    with database.read() as session:
        found = open_disputes(session, limit=9)
        assert [(row.id, of.id) for row, of in found] == [
            ("tomorrow", gift), ("elsewhere", other), ("next week", gift), ("no deadline", gift),
        ]  # fmt: skip
        assert [row.id for row, _ in open_disputes(session, limit=1)] == ["tomorrow"]
        assert [row.id for row, _ in closed_disputes(session, limit=9)] == ["ended"]
        assert [row.id for row in disputes_of(session, gift)] == ["no deadline", "next week", "tomorrow", "ended"]
        assert [change.status for change in history_of(session, "ended")] == ["needs_response", "lost"]


def test_a_refund_that_failed_is_counted_until_another_one_is_under_way(database: Database, gift: str) -> None:
    def to_mend() -> int:
        with database.read() as session:
            return count_refunds_to_mend(session, now=NOON + 30 * DAY)

    assert to_mend() == 0
    add_refund(database, gift, "arrived", state="succeeded", moved=True)
    add_refund(database, gift, "failed", state="failed", moved=True, owed=1)
    assert to_mend() == 1
    with database.read() as session:
        found = refunds_to_mend(session, now=NOON + DAY, limit=9)
        assert [(refund.id, of.id) for refund, of in found] == [("failed", gift)]
    add_refund(database, gift, "older", created_at=NOON - HOUR)
    add_refund(database, gift, "gone since", state="succeeded", moved=True, created_at=NOON + HOUR)
    assert to_mend() == 1
    add_refund(database, gift, "under way", created_at=NOON + HOUR)
    assert to_mend() == 0


@pytest.mark.parametrize("state", ["refused", "failed"])
def test_a_refund_that_never_left_is_counted_for_two_weeks(
    database: Database, gift: str, other: str, state: str
) -> None:
    def to_mend(after: timedelta) -> int:
        with database.read() as session:
            return count_refunds_to_mend(session, now=NOON + after)

    refund = add_refund(database, gift, "never left", state=state)
    add_refund(database, other, "of another gift", created_at=NOON + HOUR, state="succeeded")
    assert (to_mend(14 * DAY - HOUR), to_mend(14 * DAY)) == (1, 0)
    add_hand_return(database, gift, refund, "taken back", reversed_at=NOON)
    assert to_mend(DAY) == 1
    add_hand_return(database, gift, refund, "by hand")
    assert to_mend(DAY) == 0


def test_a_refund_that_never_left_and_was_made_again_is_mended(database: Database, gift: str) -> None:
    add_refund(database, gift, "never left", state="refused")
    add_refund(database, gift, "again", state="succeeded", moved=True, created_at=NOON + HOUR)
    with database.read() as session:
        assert count_refunds_to_mend(session, now=NOON + DAY) == 0


def test_refunds_that_stripe_leaves_unanswered_for_an_hour(database: Database, gift: str) -> None:
    add_refund(database, gift, "answered", state="pending")
    with database.read() as session:
        assert count_unanswered_refunds(session, now=NOON + DAY) == 0
    add_refund(database, gift, "planned")
    with database.read() as session:
        assert count_unanswered_refunds(session, now=NOON + HOUR) == 0
        assert count_unanswered_refunds(session, now=NOON + HOUR + timedelta(seconds=1)) == 1


@pytest.mark.usefixtures("gift")
def test_gifts_not_as_planned_are_looked_at_while_they_stand(database: Database, campaign_id: int) -> None:
    add_gift(database, campaign_id, "second", review="late", state="refunded_in_part", paid_at=NOON + HOUR)
    add_gift(database, campaign_id, "first", review="amount_differs")
    add_gift(database, campaign_id, "back", review="late", state="refunded")
    with database.read() as session:
        assert [row.id for row in gifts_to_review(session, limit=9)] == ["first", "second"]
        assert [row.id for row in gifts_to_review(session, limit=1)] == ["first"]


def test_what_a_close_would_stop(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        assert count_stoppable(session, campaign_id) == (0, 0)
    elsewhere = make_draft(database, slug="elsewhere")
    for name, of, state, progress, at_stripe in (
        ("open", campaign_id, "pending", "started", "cs_1"),
        ("open too", campaign_id, "pending", "started", "cs_2"),
        ("given up", campaign_id, "expired", "started", "cs_3"),
        ("on its way", campaign_id, "pending", "processing", "cs_4"),
        ("never sent", campaign_id, "pending", "started", None),
        ("of another", elsewhere, "pending", "started", "cs_5"),
    ):
        add_gift(database, of, name, state=state, progress=progress, checkout_session_id=at_stripe, paid_at=None)
    add_monthly_gift(database, campaign_id, "m1")
    add_monthly_gift(database, campaign_id, "m2")
    add_monthly_gift(database, campaign_id, "m3", ended_at=NOON)
    add_monthly_gift(database, elsewhere, "m4")
    with database.read() as session:
        assert count_stoppable(session, campaign_id) == (2, 2)
