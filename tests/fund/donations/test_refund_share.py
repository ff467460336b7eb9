"""The refunds that are parts of a surplus: one for each gift and plan, through Stripe or by hand."""

import pytest

from fund.db.session import Database
from fund.donations.models import Refund
from fund.donations.refund_share import refund_share
from fund.donations.refuse_share import refuse_share
from fund.kit.errors import Refusal
from tests.factories.campaigns import ALICE, make_draft
from tests.factories.gift_rows import NOON, add_dispute, add_gift
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def gift(database: Database) -> str:
    return add_gift(database, make_draft(database), "gift")


def decide(database: Database, donation_id: str, amount: int = 4_000, *, refund_id: str = "share") -> Refund:
    with database.write() as session:
        return refund_share(
            session, donation_id=donation_id, refund_id=refund_id, amount=amount, batch="plan", actor=ALICE, now=NOON
        )


def test_a_gift_has_one_refund_in_a_plan_however_often_it_is_decided(database: Database, gift: str) -> None:
    first, again = decide(database, gift), decide(database, gift, 9_000)
    assert (first.id, first.amount, first.state, first.origin, first.batch) == (
        "share", 4_000, "planned", "close", "plan",
    )  # fmt: skip
    assert (again.id, again.amount) == ("share", 4_000)


def test_more_than_is_left_is_refused(database: Database, gift: str) -> None:
    decide(database, gift)
    with pytest.raises(Refusal):
        decide(database, gift, 6_001, refund_id="next")
    assert decide(database, gift, 6_000, refund_id="next").amount == 6_000


def test_while_a_dispute_is_open_nothing_goes_back(database: Database, gift: str) -> None:
    other = add_gift(database, make_draft(database, slug="other"), "other")
    for name in ("dp_1", "dp_2"):
        add_dispute(database, other, name, is_refundable=True)
    add_dispute(database, gift, "dp_3", closed_at=NOON)
    with pytest.raises(Refusal, match="A dispute holds this gift") as refused:
        decide(database, other)
    assert refused.value.status == 409
    assert decide(database, gift).state == "planned"


def test_of_a_gift_that_came_by_hand_the_share_waits_for_a_person(database: Database, gift: str) -> None:
    for amount in (4_000, 9_000):
        with database.write() as session:
            row = refuse_share(
                session, donation_id=gift, refund_id="share", amount=amount, batch="plan", actor=ALICE, now=NOON
            )
            assert (row.amount, row.state, row.failure_code, row.moved) == (4_000, "refused", "offline", False)
