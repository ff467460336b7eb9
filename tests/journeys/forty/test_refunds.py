"""Cases 28, 33, 34, 35, 37 and 39: money on its way back, and all that can go wrong with that."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from fund.donations.models import Refund
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.payments.gateway import GatewayUnavailableError
from tests.contract.sandbox_client import stripe_client
from tests.factories.campaigns import make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.threads import at_once
from tests.journeys.forty.acts import (
    DONOR,
    charge_of,
    deliveries,
    dispute,
    plan,
    prove,
    refund_at_stripe,
    refund_mails,
    refunds,
)

FAILS_LATER = "4000000000005126"
PENDING_FIRST = "4000000000007726"


def at_stripe(installation: Installation) -> list[tuple[str, int, str]]:
    """Charge, amount and status of every refund that Stripe has."""
    found = stripe_client(installation.sandbox).v1.refunds.list(params={"limit": 100}).data
    return sorted((row.charge, row.amount, row.status) for row in found)


@sqlite_only
@pytest.mark.case(28)
def test_case_28_a_debit_that_fails_after_it_was_paid(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="process")
    installation.sandbox.pay(session_id, method="acss_debit", outcome="settle")
    installation.work()
    assert prove(installation).campaign.raised_gross == 6250
    installation.sandbox.pay(session_id, method="acss_debit", outcome="fail")
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.raised_gross, figures.campaign.refunded, installation.gift(session_id).state) == (
        6250, 6250, "failed",
    )  # fmt: skip
    assert figures.balance("funds:four-labels") == 0
    assert len(installation.mail_to(DONOR)) == 2


@sqlite_only
@pytest.mark.case(28)
@pytest.mark.parametrize("hook", ["silent", "held"])
def test_case_28_a_debit_that_was_paid_and_failed_before_we_looked(installation: Installation, hook: str) -> None:
    """Both of its moves are a gift's, and nobody is thanked for what is gone."""
    deliveries(installation, "hold")
    session_id = installation.give()
    for outcome in ("process", "settle", "fail"):
        installation.sandbox.pay(session_id, method="acss_debit", outcome=outcome)
    if hook == "held":
        deliveries(installation, "normal")
        installation.work()
    else:
        installation.queue.tasks["book_missing"]()
        installation.work()
    figures = prove(installation)
    assert (figures.campaign.raised_gross, figures.campaign.refunded) == (6250, 6250)
    assert not any(account.startswith("suspense") for account in figures.balances)
    assert installation.gift(session_id).state == "failed"
    (told,) = installation.mail_to(DONOR)
    assert "\nSubject: Receipt" not in told


@sqlite_only
@pytest.mark.case(28)
def test_case_28_a_debit_that_fails_after_a_part_went_back(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="settle")
    installation.sandbox.post("/_sandbox/balance_transaction", {"type": "topup", "amount": 9000, "currency": "cad"})
    installation.work()
    plan(installation, installation.gift(session_id).id, 2000)
    installation.work()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="fail")
    installation.work()
    installation.queue.tasks["book_missing"]()
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.balance("funds:four-labels")) == (6250, 0)
    assert installation.gift(session_id).state == "failed"


@pytest.mark.case(33)
def test_case_33_two_administrators_at_once(installation: Installation) -> None:
    gift = installation.gift(installation.pay_and_book("100"))

    def decide(_number: int) -> str:
        try:
            return plan(installation, gift.id, 6000)
        except Refusal as refusal:
            return str(refusal)

    answers = at_once(2, decide)
    assert sorted(answer.startswith("At most") for answer in answers) == [False, True]
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.refunded, installation.gifts()[0].refunded) == (6000, 6000)
    assert [amount for _, amount, _ in at_stripe(installation)] == [6000]
    assert plan(installation, gift.id, 4000)
    installation.work()
    assert prove(installation).campaign.refunded == 10_000
    assert installation.gifts()[0].state == "refunded"


@sqlite_only
@pytest.mark.case(33)
@pytest.mark.parametrize("amount", [0, -1, 6251, 10**15])
def test_case_33_an_amount_that_cannot_go_back(installation: Installation, amount: int) -> None:
    gift = installation.gift(installation.pay_and_book())
    with pytest.raises(Refusal):
        plan(installation, gift.id, amount)
    assert (refunds(installation), at_stripe(installation)) == ([], [])


@sqlite_only
@pytest.mark.case(33)
def test_case_33_stripe_refuses_what_we_thought_was_left(installation: Installation) -> None:
    """Somebody was faster in Stripe's dashboard, and we have not heard of it yet."""
    session_id = installation.pay_and_book()
    deliveries(installation, "hold")
    refund_at_stripe(installation, charge_of(installation, session_id), 6250)
    row_id = plan(installation, installation.gift(session_id).id, 2000)
    installation.work()
    (row,) = refunds(installation)
    assert (row.id, row.state, row.failure_code) == (row_id, "refused", "charge_already_refunded")
    deliveries(installation, "normal")
    installation.work()
    assert prove(installation).campaign.refunded == 6250
    assert {row.origin: row.state for row in refunds(installation)} == {"desk": "refused", "stripe": "succeeded"}
    assert len(refund_mails(installation)) == 1


@sqlite_only
@pytest.mark.case(34)
def test_case_34_a_refund_that_fails_a_day_later_is_owed(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, card=FAILS_LATER)
    installation.work()
    gift = installation.gift(session_id)
    plan(installation, gift.id, 2000)
    installation.work()
    before = prove(installation)
    assert [row.state for row in refunds(installation)] == ["succeeded"]
    installation.sandbox.advance(90_000)
    installation.work()
    after = prove(installation)
    assert [row.state for row in refunds(installation)] == ["failed"]
    assert after.balance("liab:refunds_owed") == -2000
    assert replace(after.campaign, updated_at=before.campaign.updated_at) == before.campaign
    assert len(refund_mails(installation)) == 1

    installation.sandbox.advance(60)
    plan(installation, gift.id, 2000)
    installation.work()
    settled = prove(installation)
    assert settled.balance("liab:refunds_owed") == 0
    assert settled.campaign.available == before.campaign.available


@sqlite_only
@pytest.mark.case(34)
@pytest.mark.parametrize("heard", ["each", "only the end"])
def test_case_34_failing_twice_owes_once(installation: Installation, heard: str) -> None:
    """What is owed must not depend on whether we looked between the first failure and the second."""
    session_id = installation.pay_and_book()
    charge = charge_of(installation, session_id)
    if heard == "only the end":
        deliveries(installation, "hold")
    for _ in range(2):
        refund = refund_at_stripe(installation, charge, 6250)
        installation.work()
        installation.sandbox.advance(60)
        installation.sandbox.post("/_sandbox/refund", {"refund": refund.id, "outcome": "fail"})
        installation.work()
        installation.sandbox.advance(60)
    deliveries(installation, "normal")
    installation.work()
    figures = prove(installation)
    assert figures.balance("liab:refunds_owed") == -6250
    assert figures.balance("funds:four-labels") == 0


@sqlite_only
@pytest.mark.case(34)
def test_case_34_a_refund_that_was_there_before_pays_no_debt(installation: Installation) -> None:
    """Two halves go back, then the first half fails: the second was the donor's own and settles nothing."""
    session_id = installation.pay_and_book("100")
    charge = charge_of(installation, session_id)
    first = refund_at_stripe(installation, charge, 5000)
    installation.sandbox.advance(60)
    refund_at_stripe(installation, charge, 5000)
    installation.sandbox.advance(60)
    installation.sandbox.post("/_sandbox/refund", {"refund": first.id, "outcome": "fail"})
    installation.work()
    figures = prove(installation)
    assert (figures.balance("liab:refunds_owed"), figures.balance("funds:four-labels")) == (-5000, 0)


@sqlite_only
@pytest.mark.case(34)
def test_case_34_a_refund_that_is_called_off(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, card=PENDING_FIRST)
    installation.work()
    refund = refund_at_stripe(installation, charge_of(installation, session_id), 6250)
    installation.work()
    assert prove(installation).campaign.refunded == 6250
    installation.sandbox.post("/_sandbox/refund", {"refund": refund.id, "outcome": "cancel"})
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.balance("liab:refunds_owed")) == (0, 0)
    assert (installation.gift(session_id).state, refunds(installation)[0].state) == ("paid", "canceled")


@sqlite_only
@pytest.mark.case(35)
def test_case_35_many_refunds_killed_in_the_middle(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve planned refunds; death after Stripe's answer, 429s, one gift disputed meanwhile; a day and an hour later.

    After that time Stripe has forgotten the keys: only the row's id in the refund's metadata prevents a second one.
    How a surplus is shared out to the cent belongs to the closing of a campaign.
    """
    sessions = [installation.give(f"{20 + number}.05", email="") for number in range(12)]
    for session_id in sessions:
        installation.sandbox.pay(session_id)
    installation.work()
    gifts = {gift.id: gift for gift in installation.gifts()}
    rows = {plan(installation, gift.id, gift.amount): gift for gift in gifts.values()}
    waiting = [str(ids[0]) for name, ids in installation.queue.enqueued if name == "send_refund"]
    assert set(waiting) == set(rows)
    installation.queue.enqueued.clear()
    _die_after_stripes_answer(installation, monkeypatch, waiting[:5])
    lost = rows[waiting[7]]
    dispute(installation, charge=lost.charge_id)
    installation.queue.enqueued.clear()
    installation.sandbox.advance(25 * 3600)
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/refunds", "mode": "429", "every": 4})
    deliveries(installation, "hold")  # signatures are of today, and the next lines of tomorrow
    with time_machine.travel(utc_now() + timedelta(hours=25)):
        for row_id in waiting:
            _send_until_answered(installation, row_id)
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    deliveries(installation, "normal")
    installation.work(after=timedelta(hours=25))

    given_back = {gift.charge_id: gift.amount for gift in gifts.values() if gift.id != lost.id}
    assert Counter(charge for charge, _, _ in at_stripe(installation)) == Counter(given_back.keys())
    assert {charge: amount for charge, amount, _ in at_stripe(installation)} == given_back
    states = {row.donation_id: (row.state, row.failure_code) for row in refunds(installation)}
    assert states.pop(lost.id) == ("refused", "charge_disputed")
    assert set(states.values()) == {("succeeded", "")}
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.campaign.held) == (sum(given_back.values()), lost.amount)


def _die_after_stripes_answer(installation: Installation, monkeypatch: pytest.MonkeyPatch, row_ids: list[str]) -> None:
    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    installation.queue.tasks["send_refund"](row_ids[0])
    with monkeypatch.context() as patch:
        patch.setattr("fund.donations.send_refund._note", die)
        for row_id in row_ids[1:]:
            with pytest.raises(KeyboardInterrupt):
                installation.queue.tasks["send_refund"](row_id)


def _send_until_answered(installation: Installation, row_id: str) -> None:
    """The queue repeats a task that Stripe did not answer."""
    for _ in range(5):
        try:
            installation.queue.tasks["send_refund"](row_id)
        except GatewayUnavailableError:
            continue
        return
    pytest.fail("Stripe was never reached")


@sqlite_only
@pytest.mark.case(37)
def test_case_37_refund_of_a_disputed_gift(installation: Installation) -> None:
    disputed = installation.gift(installation.pay_and_book())
    asked_about = installation.gift(installation.pay_and_book("80"))
    dispute(installation, charge=disputed.charge_id)
    dispute(installation, charge=asked_about.charge_id, outcome="inquiry")
    with pytest.raises(Refusal, match="dispute holds this gift"):
        plan(installation, disputed.id, 100)
    plan(installation, asked_about.id, 8000)
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.campaign.held) == (8000, 6250)
    assert [row.donation_id for row in refunds(installation)] == [asked_about.id]


@sqlite_only
@pytest.mark.case(37)
def test_case_37_the_dispute_came_while_the_refund_waited(installation: Installation) -> None:
    gift = installation.gift(installation.pay_and_book())
    plan(installation, gift.id, 6250)
    deliveries(installation, "hold")
    installation.sandbox.post("/_sandbox/dispute", {"charge": gift.charge_id})
    installation.work()
    with installation.database.read() as session:
        row = session.scalars(select(Refund)).one()
    assert (row.state, row.failure_code) == ("refused", "charge_disputed")
    deliveries(installation, "normal")
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.campaign.held) == (0, 6250)


def settle_in(installation: Installation, rate: str) -> None:
    installation.sandbox.post("/_sandbox/settle_in", {"currency": "eur", "into": "cad", "rate": rate})


@sqlite_only
@pytest.mark.case(39)
@pytest.mark.parametrize("rate", ["1.6100", "1.3300"])
@pytest.mark.parametrize("parts", [(10_000,), (3333, 3333, 3334)])
def test_case_39_foreign_gift_refunded_at_another_rate(
    installation: Installation, rate: str, parts: tuple[int, ...]
) -> None:
    make_campaign(installation.database, slug="euro", currency="EUR")
    settle_in(installation, "1.4701")
    session_id = installation.pay_and_book("100", slug="euro")
    gift = installation.gift(session_id)
    assert prove(installation).balance("funds:euro") == -14_701
    settle_in(installation, rate)
    for part in parts:
        plan(installation, gift.id, part)
        installation.work()
        figures = prove(installation)
    assert [amount for _, amount, _ in at_stripe(installation)] == sorted(parts)
    assert installation.gift(session_id).state == "refunded"
    assert figures.balance("funds:euro") == 0
    left_for_good = sum(round(part * float(rate)) for part in parts)
    assert abs(figures.balance("gain:fx:euro") - (left_for_good - 14_701)) <= len(parts)


@sqlite_only
@pytest.mark.case(39)
@pytest.mark.parametrize(("outcome", "state"), [("won", "paid"), ("lost", "refunded"), ("open", "disputed")])
@pytest.mark.parametrize("rate", ["0.5000", "1.4701"])
def test_case_39_foreign_gift_disputed(installation: Installation, outcome: str, state: str, rate: str) -> None:
    """What a dispute took is counted in the settled currency; the gift's state in its own."""
    make_campaign(installation.database, slug="euro", currency="EUR")
    settle_in(installation, "1.4701")
    session_id = installation.pay_and_book("100", slug="euro")
    settle_in(installation, rate)
    dispute(installation, charge=charge_of(installation, session_id), outcome=outcome)
    prove(installation)
    gift = installation.gift(session_id)
    assert (gift.state, gift.disputed) == (state, 10_000 if outcome == "open" else 0)
