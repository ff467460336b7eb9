"""What administrators enter: gifts in cash, the organiser's share, refunds, and what is paid instead of a refund."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.donations.models import Dispute, Donation, DonorCount, Refund
from fund.donations.plan_refund import plan_refund, preview_refund
from fund.donations.record_offline_gift import record_offline_gift
from fund.donations.record_organiser_payment import record_organiser_payment
from fund.donations.return_by_hand import return_by_hand
from fund.donations.reverse_hand_return import reverse_hand_return
from fund.donations.reverse_offline_gift import reverse_offline_gift
from fund.donations.rules import GiftForm
from fund.donations.settle_payment import settle_payment
from fund.kit.errors import Refusal
from fund.kit.money import LARGEST
from fund.ledger.queries import balances, entries
from fund.web.services import Services
from tests.factories.campaigns import ALICE, OPENED, SLUG, end_campaign, make_campaign, make_draft
from tests.factories.donations import start_gift
from tests.factories.facts import HOUR, NOON, SITE, charge, dispute, payment, refund, txn
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

LATER = NOON + 10 * HOUR
FORM = GiftForm(4000, "public", "Charlie", "Courage", "charlie@example.net", "")
BANK, FUNDS, SHARE = "assets:bank:cad", f"funds:{SLUG}", f"funds_organiser:{SLUG}"


@pytest.fixture
def campaign_id(services: Services) -> int:
    return make_campaign(services.database)


def offline(services: Services, campaign_id: int, form: GiftForm = FORM, **more: Any) -> Donation:
    values: dict[str, Any] = {
        "method": "cash",
        "received_at": NOON,
        "nonce": "n",
        "locale": "en",
        "actor": ALICE,
    } | more
    with services.database.write() as session:
        return record_offline_gift(session, campaign_id=campaign_id, form=form, now=LATER, **values)


def audited(services: Services) -> list[tuple[str, Any, Any]]:
    """What was done to gifts and shares, and its figures before and after."""
    with services.database.read() as session:
        every = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(each.action, each.before, each.after) for each in every if "campaign" not in each.action]


def booked(services: Services) -> dict[str, int]:
    """Balances of the accounts that do not stand at zero, in CAD."""
    with services.database.read() as session:
        return {account: sums["CAD"] for account, sums in balances(session).items() if sums["CAD"]}


def donors(services: Services) -> dict[bool, int]:
    with services.database.read() as session:
        return {row.named: row.gifts for row in session.scalars(select(DonorCount))}


def test_an_offline_gift_is_booked_and_counted_once(services: Services, campaign_id: int) -> None:
    first, again = offline(services, campaign_id), offline(services, campaign_id)
    assert first.id == again.id
    assert (first.state, first.review, first.paid_at, first.message_state) == ("paid", "", NOON, "held")
    assert first.email_index
    assert first.surplus_policy_id
    assert (booked(services), donors(services)) == ({BANK: 4000, FUNDS: -4000}, {True: 1})
    assert audited(services) == [("record_offline_gift", {}, {"amount": 4000, "currency": "CAD", "method": "cash"})]
    bare = GiftForm(500, "hidden", None, None, None, "")
    quiet = offline(services, campaign_id, bare, method="bank", received_at=OPENED - timedelta(hours=9))
    assert (quiet.message_state, quiet.email_index) == ("none", None)
    assert donors(services) == {True: 1, False: 1}
    end_campaign(services.database, campaign_id, now=NOON)
    assert offline(services, campaign_id, bare, nonce="other", received_at=LATER).review == "late"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"form": GiftForm(4000, "secret", None, None, None, "")}, "visibility"),
        ({"method": "gold"}, "method"),
        ({"received_at": LATER + timedelta(seconds=1)}, "received_on"),
        ({"received_at": OPENED - timedelta(days=1)}, "received_on"),
    ],
)
def test_an_offline_gift_that_cannot_be_is_refused(
    services: Services, campaign_id: int, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        offline(services, campaign_id, **wrong)
    assert refused.value.field == field
    for nowhere in (campaign_id + 1, make_draft(services.database, slug="draft")):
        with pytest.raises(Refusal) as refused:
            offline(services, nowhere)
        assert refused.value.status == 404
    assert (booked(services), donors(services)) == ({}, {})


@pytest.mark.parametrize(("reason", "kind"), [("mistake", "offline_gift_reversed"), ("returned", "gift_returned")])
def test_an_offline_gift_is_undone_once(services: Services, campaign_id: int, reason: str, kind: str) -> None:
    gift = offline(services, campaign_id)

    def undo(donation_id: str, why: str) -> Donation:
        with services.database.write() as session:
            return reverse_offline_gift(session, donation_id=donation_id, reason=why, actor=ALICE, now=LATER)

    online = start_gift(services, campaign_id)
    for donation_id, why, status in ((gift.id, "no", 422), (online, reason, 404), ("unknown", reason, 404)):
        with pytest.raises(Refusal) as refused:
            undo(donation_id, why)
        assert refused.value.status == status
    assert undo(gift.id, reason).state == "failed"
    with pytest.raises(Refusal) as refused:
        undo(gift.id, reason)
    assert refused.value.status == 409
    assert (booked(services), donors(services)) == ({}, {True: 0})
    assert audited(services)[-1] == (
        "reverse_offline_gift", {"state": "paid"}, {"state": "failed", "reason": reason}
    )  # fmt: skip
    with services.database.read() as session:
        assert [entry.kind for entry in entries(session)] in (["offline_gift", kind], [kind, "offline_gift"])


def test_the_organiser_pays_in_parts_and_takes_back_no_more(services: Services, campaign_id: int) -> None:
    def pay(amount: int, nonce: str, where: int = campaign_id, **more: Any) -> bool:
        values: dict[str, Any] = {"received_at": NOON, "actor": ALICE} | more
        with services.database.write() as session:
            return record_organiser_payment(session, campaign_id=where, amount=amount, nonce=nonce, now=LATER, **values)

    assert [pay(20_000, "a"), pay(20_000, "a"), pay(5000, "b", received_at=LATER)] == [True, False, True]
    assert booked(services) == {BANK: 25_000, SHARE: -25_000}
    draft = make_draft(services.database, slug="draft")
    wrong: list[tuple[int, dict[str, Any]]] = [
        (0, {}), (LARGEST + 1, {}), (-LARGEST - 1, {}), (-25_001, {}), (1, {"received_at": LATER + HOUR}),
        (1, {"where": draft}), (1, {"where": 999}),
    ]  # fmt: skip
    statuses = []
    for amount, more in wrong:
        with pytest.raises(Refusal) as refused:
            pay(amount, "c", **more)
        statuses.append(refused.value.status)
    assert statuses == [422, 422, 422, 422, 422, 404, 404]
    assert [pay(-25_000, "a"), pay(-25_000, "a"), pay(1, "d"), pay(LARGEST, "e")] == [True, False, True, True]
    assert booked(services) == {BANK: LARGEST + 1, SHARE: -LARGEST - 1}
    assert [(before["organiser_paid"], after["organiser_paid"]) for _, before, after in audited(services)] == [
        (0, 20_000), (20_000, 25_000), (25_000, 0), (0, 1), (1, LARGEST + 1),
    ]  # fmt: skip
    with services.database.read() as session:
        named = sorted(entry.source.rpartition(":")[2] for entry in entries(session))
    assert named == ["paid"] * 4 + ["reversed"]


@pytest.fixture
def gift_id(services: Services, campaign_id: int) -> str:
    """100.00, paid."""
    made = start_gift(services, campaign_id, 10_000)
    look(services, made)
    return made


def look(services: Services, gift_id: str, **said: Any) -> None:
    assert isinstance(services.gateway, FakeGateway)
    paid = charge(txn("txn_gift", 10_000, fee=320))
    found = payment(services.gateway.session_of(gift_id).id, paid, **said)
    with services.database.write() as session:
        settle_payment(session, payment=found, site=SITE, now=LATER)


def plan(services: Services, gift_id: str, amount: int, nonce: str = "") -> Refund:
    with services.database.write() as session:
        return plan_refund(
            session,
            services.queue,
            donation_id=gift_id,
            amount=amount,
            actor=ALICE,
            locale="en",
            nonce=nonce,
            now=LATER,
        )


def refused_to_plan(services: Services, gift_id: str, amount: int) -> tuple[int, str | None]:
    with pytest.raises(Refusal) as refused:
        plan(services, gift_id, amount)
    return refused.value.status, refused.value.field


def test_no_more_is_planned_than_is_left(services: Services, gift_id: str) -> None:
    with services.database.read() as session:
        preview = preview_refund(session, session.get_one(Donation, gift_id), amount=4000, fee=333, locale="en")
    assert (preview.amount, preview.left_after, preview.fee_lost) == (4000, 6000, 133)
    assert plan(services, gift_id, 4000, "n").id == plan(services, gift_id, 4000, "n").id
    assert [refused_to_plan(services, gift_id, amount) for amount in (6001, 0, -1)] == [(422, "amount")] * 3
    rest = plan(services, gift_id, 6000)
    assert refused_to_plan(services, gift_id, 1) == (422, "amount")
    assert isinstance(services.queue, FakeQueue)
    assert len([task for task, _ in services.queue.enqueued if task == "send_refund"]) == 2
    assert [after["amount"] for action, _, after in audited(services) if action == "plan_refund"] == [4000, 6000]
    with services.database.write() as session:
        session.get_one(Refund, rest.id).state = "refused"
    assert plan(services, gift_id, 1).state == "planned"


def test_what_disputes_hold_or_took_is_not_refunded(services: Services, gift_id: str) -> None:
    taken = txn("txn_taken", -7000, hours=3)
    look(services, gift_id, disputes=[dispute("needs_response", taken, amount=7000)])
    assert refused_to_plan(services, gift_id, 1) == (409, None)
    with services.database.write() as session:
        row = session.scalars(select(Dispute)).one()
        row.is_refundable = True
    assert refused_to_plan(services, gift_id, 3001) == (422, "amount")
    look(services, gift_id, disputes=[dispute("lost", taken, amount=7000)])
    assert refused_to_plan(services, gift_id, 3001) == (422, "amount")
    assert plan(services, gift_id, 3000).amount == 3000


def test_what_was_not_paid_or_came_by_hand_is_not_refunded(services: Services, campaign_id: int) -> None:
    pending = start_gift(services, campaign_id)
    in_cash = offline(services, campaign_id).id
    assert [refused_to_plan(services, each, 1)[0] for each in (pending, in_cash, "unknown")] == [409, 409, 404]


@pytest.fixture
def owed(services: Services, gift_id: str) -> str:
    """A refund of 40.00 that came back from the donor's bank."""
    failed = refund(
        "re_1", 4000, txn("txn_back", -4000, hours=2), status="failed",
        failure_balance_transaction=txn("txn_fail", 4000, hours=4),
    )  # fmt: skip
    look(services, gift_id, refunds=[failed])
    with services.database.read() as session:
        return session.scalars(select(Refund.id)).one()


def pay(services: Services, refund_id: str, amount: int, nonce: str) -> str:
    with services.database.write() as session:
        return return_by_hand(
            session, refund_id=refund_id, amount=amount, method="cash", paid_on=LATER, nonce=nonce, actor=ALICE,
            locale="en", now=LATER,
        ).id  # fmt: skip


def take_back(services: Services, hand_return_id: str) -> None:
    with services.database.write() as session:
        reverse_hand_return(session, hand_return_id=hand_return_id, actor=ALICE, now=LATER)


def state(services: Services) -> tuple[int, int, int, int]:
    """Owed by the refund's row and by the books; gone from the gift and from the bank."""
    with services.database.read() as session:
        gift, row = session.scalars(select(Donation)).one(), session.scalars(select(Refund)).one()
    figures = booked(services)
    return row.owed, -figures.get("liab:refunds_owed", 0), gift.refunded, -figures.get(BANK, 0)


def test_what_a_refund_could_not_give_back_is_paid_by_hand(services: Services, gift_id: str, owed: str) -> None:
    assert state(services) == (4000, 4000, 0, 0)
    assert pay(services, owed, 2500, "a") == pay(services, owed, 2500, "a")
    assert state(services) == (1500, 1500, 2500, 2500)
    for refund_id, amount, status in ((owed, 0, 422), (owed, 1501, 422), ("unknown", 1, 404)):
        with pytest.raises(Refusal) as refused:
            pay(services, refund_id, amount, "b")
        assert refused.value.status == status
    pay(services, owed, 1500, "b")
    assert state(services) == (0, 0, 4000, 4000)
    assert refused_to_plan(services, gift_id, 6001) == (422, "amount")
    with services.database.read() as session:
        sources = [entry.source for entry in entries(session) if not entry.source.startswith("txn:")]
    assert len([source for source in sources if source.startswith("refund:re_1:")]) == len(sources) == 5


def test_a_payment_by_hand_is_taken_back_and_owed_again(services: Services, owed: str) -> None:
    first, second = pay(services, owed, 2500, "a"), pay(services, owed, 1500, "b")
    take_back(services, first)
    assert state(services) == (2500, 2500, 1500, 1500)
    with services.database.write() as session:
        assert all(entry.source.startswith(("txn:", "refund:re_1:")) for entry in entries(session))
        session.get_one(Refund, owed).created_at = LATER + HOUR  # as if it had left since
    for hand_return_id, status in ((first, 409), ("unknown", 404), (second, 409)):
        with pytest.raises(Refusal) as refused:
            take_back(services, hand_return_id)
        assert refused.value.status == status
    assert [action for action, *_ in audited(services)] == ["return_by_hand"] * 2 + ["reverse_hand_return"]
