"""What a look brings besides its entries: who is told, and once; who is counted; what is kept of each row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from fund.db.models import PageVersion
from fund.donations.book_gift import book_gift
from fund.donations.models import Dispute, DisputeChange, Donation, DonorCount, HandReturn, Refund
from fund.donations.settle_payment import PaymentSettled, settle_payment
from fund.ledger.queries import entries
from fund.payments.facts import Payment
from fund.payments.models import Alert, BalanceTransactionRow
from fund.web.services import Services
from tests.factories.campaigns import ALICE, SLUG, end_campaign, make_campaign
from tests.factories.donations import start_gift
from tests.factories.facts import HOUR, NOON, SITE, charge, dispute, payment, refund, txn
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

LATER = NOON + 10 * HOUR
GIFT = txn("txn_gift", 10_000, fee=320)
PAID = charge(GIFT)
BACK, FAIL = txn("txn_back", -4000, hours=2), txn("txn_fail", 4000, hours=4)
TAKEN, RETURNED = txn("txn_taken", -10_000, fee=1500, hours=3), txn("txn_returned", 10_000, hours=5)
EURO: dict[str, Any] = {"currency": "EUR"}
Say = Callable[..., Payment]
Row = TypeVar("Row")


@pytest.fixture
def campaign_id(services: Services) -> int:
    return make_campaign(services.database)


def start(services: Services, campaign_id: int, **more: Any) -> Say:
    """What Stripe says of a new gift of 100.00, with refunds and disputes."""
    assert isinstance(services.gateway, FakeGateway)
    session_id = services.gateway.session_of(start_gift(services, campaign_id, 10_000, **more)).id
    return lambda paid=PAID, **said: payment(session_id, paid, **said)


@pytest.fixture
def say(services: Services, campaign_id: int) -> Say:
    return start(services, campaign_id)


def settle(services: Services, said: Payment, hours: int = 0) -> PaymentSettled:
    with services.database.write() as session:
        return settle_payment(session, payment=said, site=SITE, now=LATER + hours * HOUR)


def rows(services: Services, table: type[Row]) -> list[Row]:
    with services.database.read() as session:
        return list(session.scalars(select(table)))


def shown(services: Services) -> tuple[dict[bool, int], int]:
    """How many gifts count, by whether they show a name; and the public page's version."""
    (version,) = rows(services, PageVersion)
    return {row.named: row.gifts for row in rows(services, DonorCount)}, version.version


def kinds(services: Services) -> dict[str, str]:
    with services.database.read() as session:
        return {entry.source: entry.kind for entry in entries(session)}


def test_a_gift_is_thanked_for_and_counted_once(services: Services, say: Say) -> None:
    assert settle(services, say()).gift.newly_paid
    counted = shown(services)
    assert counted[0] == {False: 1}
    again = settle(services, say())
    assert (again.gift.newly_paid, again.newly_refunded, again.newly_disputed, again.came_back) == (
        False,
        [],
        [],
        False,
    )
    assert (shown(services), rows(services, Donation)[0].review) == (counted, "")


@pytest.mark.parametrize("name", ["", "Charlie"])
def test_a_refund_is_told_once_while_the_count_follows_the_gift(
    services: Services, campaign_id: int, name: str
) -> None:
    say, named = start(services, campaign_id, display_name=name), bool(name)
    settle(services, say())
    _, before = shown(services)
    waits = refund("re_1", 4000, None, status="pending")
    first = settle(services, say(refunds=[waits]))
    (row,) = rows(services, Refund)
    assert first.newly_refunded == [row.id]
    assert (row.state, row.origin, row.moved, row.sent_at, row.ended_at) == ("pending", "stripe", False, LATER, None)
    counts, version = shown(services)
    assert counts == {named: 1}
    assert version > before, "the page shows what was refunded before the money has left"
    rest = refund("re_2", 6000, txn("txn_rest", -6000, hours=5))
    for hours in (1, 2):
        told = settle(services, say(refunds=[replace(waits, status="succeeded", balance_transaction=BACK)]), hours)
        assert told.newly_refunded == []
        (row,) = rows(services, Refund)
        assert (row.state, row.moved, row.sent_at, row.ended_at) == ("succeeded", True, LATER, LATER + HOUR)
    gone = settle(services, say(refunds=[replace(waits, status="succeeded", balance_transaction=BACK), rest]), 3)
    assert len(gone.newly_refunded) == 1
    assert shown(services)[0] == {named: 0}
    assert rows(services, Donation)[0].ended_at == LATER + 3 * HOUR
    failed = refund("re_1", 4000, BACK, status="failed", failure_balance_transaction=FAIL)
    assert settle(services, say(refunds=[failed, rest]), 4).newly_refunded == []
    assert shown(services)[0] == {named: 1}
    assert rows(services, Donation)[0].ended_at is None
    assert {row.id for row in rows(services, BalanceTransactionRow)} == {
        "txn_gift", "txn_back", "txn_rest", "txn_fail"
    }  # fmt: skip


def test_a_refund_is_found_by_the_row_it_was_planned_in_if_that_is_of_its_gift(
    services: Services, campaign_id: int, say: Say
) -> None:
    settle(services, say())
    (gift,) = rows(services, Donation)
    other = start_gift(services, campaign_id)
    values = {"amount": 100, "currency": "CAD", "state": "planned", "origin": "desk", "created_at": NOON}
    with services.database.write() as session:
        session.add_all(
            [Refund(id="mine", donation_id=gift.id, **values), Refund(id="not", donation_id=other, **values)]
        )
    named = ("mine", "not", "unknown")
    moves = [txn(f"txn_{name}", -100, hours=2) for name in named]
    said = [
        refund(f"re_{move.id}", 100, move, metadata={"refund": name}) for name, move in zip(named, moves, strict=True)
    ]
    told = settle(services, say(refunds=said)).newly_refunded
    found = {row.stripe_refund_id: row.id for row in rows(services, Refund)}
    assert found.pop(None) == "not"
    assert found["re_txn_mine"] == "mine"
    assert [found[one.id] for one in said] == told
    assert settle(services, say(refunds=said)).newly_refunded == []


def test_a_refund_that_fails_at_once_is_not_told_and_what_is_owed_has_its_own_kinds(
    services: Services, say: Say
) -> None:
    failed = refund("re_1", 4000, BACK, status="failed", failure_balance_transaction=FAIL)
    off = {"status": "canceled", "failure_balance_transaction": txn("txn_off", 5000, hours=7)}
    called_off = refund("re_2", 5000, txn("txn_again", -5000, hours=6), **off)
    assert settle(services, say(refunds=[failed, called_off])).newly_refunded == []
    assert [row.ended_at for row in rows(services, Refund)] == [LATER, LATER]
    assert kinds(services) == {
        "txn:txn_gift": "gift",
        "txn:txn_back": "refund",
        "txn:txn_fail": "refund_failed",
        "refund:re_1:owed": "refund_owed",
        "txn:txn_again": "refund",
        "refund:re_2:owed_settled": "owed_settled",
        "txn:txn_off": "refund_failed",
        "refund:re_2:owed_again": "refund_owed",
    }


def test_what_was_paid_by_hand_takes_from_the_gift_as_a_refund_does(services: Services, say: Say) -> None:
    failed = refund("re_1", 4000, BACK, status="failed", failure_balance_transaction=FAIL)
    settle(services, say(refunds=[failed]))
    (row,) = rows(services, Refund)
    with services.database.write() as session:
        session.add(
            HandReturn(
                id="hand", donation_id=row.donation_id, refund_id=row.id, amount=4000, currency="CAD", settles=4000,
                of_gift=4000, method="cash", paid_on=NOON, recorded_by=ALICE, created_at=NOON,
            )
        )  # fmt: skip
    rest = refund("re_2", 6000, txn("txn_rest", -6000, hours=5))
    settle(services, say(refunds=[failed, rest]))
    (gift,) = rows(services, Donation)
    assert (gift.state, gift.refunded, shown(services)[0]) == ("refunded", 10_000, {False: 0})
    assert "refund:re_2:owed_settled" not in kinds(services)


@pytest.mark.parametrize("paid", [None, charge(None)], ids=["no charge", "no line of account"])
def test_a_refund_of_a_gift_whose_charge_is_not_told_again(services: Services, say: Say, paid: Any) -> None:
    settle(services, say())
    settle(services, say(paid, refunds=[refund("re_1", 4000, BACK)]))
    assert rows(services, Donation)[0].refunded == 4000
    assert settle(services, say()).gift.newly_paid is False


def test_refunds_of_a_converted_gift_take_together_what_was_booked(services: Services) -> None:
    say = start(services, make_campaign(services.database, currency="EUR"))
    cents = [refund(f"re_{n}", 1, txn(f"txn_{n}", -1, hours=n), **EURO) for n in (1, 2, 3)]
    settle(services, say(charge(txn("txn_gift", 14_701), **EURO), refunds=cents, **EURO))
    with services.database.read() as session:
        booked = [
            posting.amount
            for entry in entries(session)
            for posting in entry.postings
            if posting.account == f"funds:{SLUG}" and entry.kind == "refund"
        ]
    assert booked == [1, 2, 1], "1.4701 for each: rounded running totals of 1, 3 and 4"


def test_a_dispute_is_told_once_and_its_history_is_kept(services: Services, say: Say) -> None:
    opened = [dispute("needs_response", TAKEN)]
    assert settle(services, say(disputes=opened)).newly_disputed == ["dp_1"]
    assert shown(services)[0] == {False: 1}
    assert settle(services, say(disputes=opened), 1).newly_disputed == []
    for hours in (2, 3):
        settle(services, say(disputes=[dispute("won", TAKEN, RETURNED)]), hours)
    (row,) = rows(services, Dispute)
    assert (row.status, row.closed_at, row.withdrawn, row.reinstated) == ("won", LATER + 2 * HOUR, 10_000, 10_000)
    assert [(one.status, one.at) for one in rows(services, DisputeChange)] == [
        ("needs_response", LATER),
        ("won", LATER + 2 * HOUR),
    ]
    assert (rows(services, Alert), kinds(services)) == (
        [],
        {"txn:txn_gift": "gift", "txn:txn_taken": "dispute_withdrawn", "txn:txn_returned": "dispute_reinstated"},
    )
    assert {one.id for one in rows(services, BalanceTransactionRow)} == {"txn_gift", "txn_taken", "txn_returned"}
    settle(services, say(disputes=[dispute("appealed", TAKEN, RETURNED)]), 4)
    assert rows(services, Dispute)[0].closed_at is None
    assert [one.sentence for one in rows(services, Alert)] == ["Dispute dp_1 is appealed"]


def test_a_lost_dispute_takes_the_donor_out_of_the_count(services: Services, say: Say) -> None:
    settle(services, say(disputes=[dispute("lost", TAKEN)]))
    assert shown(services)[0] == {False: 0}
    row = rows(services, Dispute)[0]
    assert (row.lost, row.reinstated, row.withdrawn) == (10_000, 0, 10_000)
    assert rows(services, Donation)[0].ended_at == LATER


def test_a_debit_that_came_back_is_told_once(services: Services, say: Say) -> None:
    gone = charge(GIFT, status="failed", failure_balance_transaction=txn("txn_gone", -10_000, hours=9))
    assert settle(services, say()).came_back is False
    looks = [settle(services, say(gone)) for _ in range(2)]
    assert [(look.came_back, look.gift.newly_paid) for look in looks] == [(True, False), (False, False)]
    assert (shown(services)[0], kinds(services)["txn:txn_gone"]) == ({False: 0}, "payment_failure")
    assert "txn_gone" in {one.id for one in rows(services, BalanceTransactionRow)}


def test_a_gift_that_came_and_went_between_two_looks_is_not_thanked_for(services: Services, say: Say) -> None:
    gone = charge(GIFT, status="failed", failure_balance_transaction=txn("txn_gone", -10_000, hours=9))
    look = settle(services, say(gone))
    assert (look.came_back, look.gift.newly_paid, shown(services)[0]) == (True, False, {False: 0})


def test_what_is_not_ours_or_not_paid_changes_nothing(services: Services, say: Say) -> None:
    elsewhere = settle(services, replace(say(), checkout=None))
    assert (elsewhere.gift.state, elsewhere.gift.newly_paid, elsewhere.gift.newly_failed) == ("foreign", False, False)
    assert elsewhere.came_back is False
    assert settle(services, say(metadata={"site": "other.example"})).gift.state == "foreign"
    waiting = settle(services, say(charge(None), refunds=[refund("re_1", 4000, BACK)]))
    assert (waiting.gift.state, waiting.newly_refunded) == ("applied", [])
    assert (kinds(services), rows(services, Refund), rows(services, DonorCount)) == ({}, [], [])


@pytest.mark.parametrize(
    ("said", "review"),
    [({"amount_total": 9000}, "amount_differs"), ({"currency": "EUR"}, "amount_differs"), ({}, "late")],
)
def test_a_gift_otherwise_than_planned_waits_for_a_treasurer(
    services: Services, campaign_id: int, say: Say, said: dict[str, Any], review: str
) -> None:
    if review == "late":
        end_campaign(services.database, campaign_id, now=NOON - timedelta(days=1))
    settle(services, say(**said))
    (gift,) = rows(services, Donation)
    assert (gift.state, gift.review) == ("paid", review)
    assert (gift.amount, gift.currency) == (said.get("amount_total", 10_000), said.get("currency", "CAD"))


def test_a_gift_whose_entry_is_there_already_counts_and_shows_once(services: Services, say: Say) -> None:
    """Two rows of one payment cannot be made; whoever mends books by hand must not lose the donor."""
    settle(services, say())
    with services.database.write() as session:
        gift = session.scalars(select(Donation)).one()
        gift.paid_at, gift.state = None, "pending"
    _, before = shown(services)
    with services.database.write() as session:
        gift = session.scalars(select(Donation)).one()
        told = [
            book_gift(session, gift, amount=10_000, currency="CAD", transaction=GIFT, now=LATER).newly_paid
            for _ in range(2)
        ]
    assert told == [True, False]
    assert shown(services) == ({False: 2}, before + 1)
