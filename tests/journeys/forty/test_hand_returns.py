"""Case 34 goes on: a refund failed, and the donor is paid by hand from our bank or cash box."""

from datetime import timedelta

import pytest

from fund.donations.models import HandReturn
from fund.donations.return_by_hand import return_by_hand
from fund.donations.reverse_hand_return import reverse_hand_return
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.threads import at_once
from tests.journeys.forty.acts import charge_of, deliveries, plan, prove, refund_at_stripe, refunds

pytestmark = pytest.mark.case(34)


def pay_by_hand(installation: Installation, refund_id: str, amount: int, *, nonce: str = "n" * 20) -> HandReturn:
    with installation.database.write() as session:
        return return_by_hand(
            session,
            refund_id=refund_id,
            amount=amount,
            method="bank",
            paid_on=utc_now() - timedelta(minutes=1),
            nonce=nonce,
            actor="member:1",
            locale="en",
            now=utc_now(),
        )


def failed_refund(installation: Installation, amount: int = 6250) -> tuple[str, str]:
    """The charge, and the row of a refund of it that came back."""
    charge = charge_of(installation, installation.pay_and_book())
    refund = refund_at_stripe(installation, charge, amount)
    installation.work()
    installation.sandbox.advance(60)
    installation.sandbox.post("/_sandbox/refund", {"refund": refund.id, "outcome": "fail"})
    installation.work()
    (row,) = refunds(installation)
    assert row.owed == amount
    return charge, row.id


@sqlite_only
def test_case_34_what_is_owed_is_paid_by_hand(installation: Installation) -> None:
    _charge, row = failed_refund(installation, 2000)
    before = prove(installation)
    pay_by_hand(installation, row, 2000)
    after = prove(installation)
    assert (after.balance("liab:refunds_owed"), after.balance("assets:bank:cad")) == (0, -2000)
    assert (after.campaign.refunded, after.campaign.available) == (2000, before.campaign.available)
    assert refunds(installation)[0].owed == 0
    gift = installation.gifts()[0]
    assert (gift.state, gift.refunded) == ("refunded_in_part", 2000)
    with pytest.raises(Refusal, match="At most"):
        plan(installation, gift.id, 4251)
    plan(installation, gift.id, 4250)
    installation.work()
    assert prove(installation).campaign.refunded == 6250
    assert installation.gifts()[0].state == "refunded"


@sqlite_only
def test_case_34_a_refund_at_stripe_pays_only_what_was_not_paid_by_hand(installation: Installation) -> None:
    charge, row = failed_refund(installation)
    pay_by_hand(installation, row, 2500)
    installation.sandbox.advance(60)
    refund_at_stripe(installation, charge, 3750)
    installation.work()
    figures = prove(installation)
    assert (figures.balance("liab:refunds_owed"), figures.balance("funds:four-labels")) == (0, 0)
    assert figures.campaign.refunded == 6250
    assert [refund.owed for refund in refunds(installation)] == [0, 0]


@sqlite_only
def test_case_34_a_refund_that_we_had_not_heard_of_settles_nothing_twice(installation: Installation) -> None:
    """Somebody refunds at Stripe while somebody else pays by hand: the donor has it twice, and the books say so."""
    charge, row = failed_refund(installation)
    deliveries(installation, "hold")
    installation.sandbox.advance(60)
    refund_at_stripe(installation, charge, 6250)
    pay_by_hand(installation, row, 6250)
    deliveries(installation, "normal")
    installation.work()
    figures = prove(installation)
    assert (figures.balance("liab:refunds_owed"), figures.campaign.refunded) == (0, 12_500)


def test_case_34_of_two_who_paid_by_hand_the_second_is_refused(installation: Installation) -> None:
    _charge, row = failed_refund(installation)
    answers = at_once(2, lambda number: _try(installation, row, 4000, nonce=f"administrator-{number}"))
    assert sorted(answers) == ["At most {left} is left to pay by hand.", "paid"]
    assert pay_by_hand(installation, row, 2250, nonce="the same form twice").amount == 2250
    assert pay_by_hand(installation, row, 2250, nonce="the same form twice").amount == 2250
    assert prove(installation).balance("liab:refunds_owed") == 0


def _try(installation: Installation, row: str, amount: int, *, nonce: str) -> str:
    try:
        pay_by_hand(installation, row, amount, nonce=nonce)
    except Refusal as refusal:
        return refusal.message
    return "paid"


@sqlite_only
def test_case_34_a_payment_by_hand_is_taken_back(installation: Installation) -> None:
    charge, row = failed_refund(installation)
    before = prove(installation)
    entered = pay_by_hand(installation, row, 6250)
    with installation.database.write() as session:
        reverse_hand_return(session, hand_return_id=entered.id, actor="member:1", now=utc_now())
    again = prove(installation)
    assert again.balances | {"assets:bank:cad": {}} == before.balances | {"assets:bank:cad": {}}
    assert (refunds(installation)[0].owed, installation.gifts()[0].state) == (6250, "paid")
    pay_by_hand(installation, row, 1000, nonce="another form of the day")
    installation.sandbox.advance(60)
    refund_at_stripe(installation, charge, 5250)
    installation.work()
    with installation.database.read() as session:
        kept = session.query(HandReturn).where(HandReturn.reversed_at.is_(None)).one()
    with (
        pytest.raises(Refusal, match="can no longer be taken back"),
        installation.database.write() as session,
    ):
        reverse_hand_return(session, hand_return_id=kept.id, actor="member:1", now=utc_now())
    assert prove(installation).balance("liab:refunds_owed") == 0


@sqlite_only
def test_case_34_a_refund_under_way_or_a_dispute_comes_first(installation: Installation) -> None:
    charge, row = failed_refund(installation, 2000)
    plan(installation, installation.gifts()[0].id, 2000)
    assert "under way" in _try(installation, row, 2000, nonce="n" * 20)
    installation.queue.enqueued.clear()
    installation.sandbox.post("/_sandbox/dispute", {"charge": charge})
    installation.work()
    prove(installation)
    assert _try(installation, row, 2000, nonce="n" * 20) != "paid"


@sqlite_only
def test_case_34_what_stripe_refused_is_paid_by_hand(installation: Installation) -> None:
    """Stripe refunds no payment that is too old, for one: nothing is owed in the books, the gift simply goes back."""
    charge_of(installation, installation.pay_and_book())
    gift = installation.gifts()[0]
    row = plan(installation, gift.id, 6250)
    with installation.database.write() as session:
        refused = session.get_one(type(refunds(installation)[0]), row)
        refused.state, refused.failure_code = "refused", "charge_expired_for_refund"
    installation.queue.enqueued.clear()
    pay_by_hand(installation, row, 6000)
    assert _try(installation, row, 251, nonce="m" * 20) == "At most {left} is left to pay by hand."
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.balance("assets:bank:cad"), figures.balance("liab:refunds_owed")) == (
        6000, -6000, 0,
    )  # fmt: skip
