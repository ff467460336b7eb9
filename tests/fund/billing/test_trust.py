"""Money in trust: advanced, returned, handed to a successor, and each of it undone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fund.billing.models import CounselTransfer
from fund.billing.queries import trust_balance, unpaid_bills
from fund.billing.return_trust import return_trust
from fund.billing.reverse_transfer import reverse_transfer
from fund.billing.succeed_trust import succeed_trust
from fund.campaigns.models import Campaign, Counsel
from fund.kit.errors import Refusal
from fund.ledger.queries import balances
from tests.factories.billing import NOW, TODAY, add_bill, add_counsel, advance, figures, nonce, pay
from tests.factories.campaigns import ALICE, make_campaign
from tests.fund.billing.conftest import Matter


@pytest.fixture
def successor(matter: Matter) -> int:
    return add_counsel(matter.database, matter.campaign, key="roy")


def held(matter: Matter, counsel: int) -> int:
    with matter.database.read() as session:
        campaign = session.get_one(Campaign, matter.campaign)
        return trust_balance(session, campaign, session.get_one(Counsel, counsel))


def give_back(matter: Matter, amount: int) -> CounselTransfer:
    with matter.database.write() as session:
        return return_trust(
            session, campaign_id=matter.campaign, counsel_id=matter.counsel, amount=amount, made_on=TODAY,
            nonce=nonce(), actor=ALICE, now=NOW,
        )  # fmt: skip


def hand_over(matter: Matter, successor: int, amount: int) -> CounselTransfer:
    with matter.database.write() as session:
        return succeed_trust(
            session, campaign_id=matter.campaign, counsel_id=matter.counsel, successor_id=successor, amount=amount,
            made_on=TODAY, nonce=nonce(), actor=ALICE, now=NOW,
        )  # fmt: skip


def undo(matter: Matter, transfer: CounselTransfer, reason: str = "Entered twice") -> CounselTransfer:
    with matter.database.write() as session:
        return reverse_transfer(session, transfer_id=transfer.id, reason=reason, actor=ALICE, now=NOW)


def test_an_advance_leaves_the_bank_and_is_held_in_trust(matter: Matter) -> None:
    advance(matter.database, matter.campaign, matter.counsel, 100_000)
    found = figures(matter.database, matter.campaign)
    assert (found.available, found.in_trust, found.paid) == (200_000, 100_000, 0)
    assert held(matter, matter.counsel) == 100_000
    with matter.database.read() as session:
        assert balances(session)["assets:trust:four-labels:lavoie"] == {"CAD": 100_000}


def test_what_is_billed_is_not_paid_into_trust(matter: Matter, successor: int) -> None:
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=1_000)
    with pytest.raises(Refusal, match="What is already billed is not paid into trust"):
        advance(matter.database, matter.campaign, matter.counsel, 1_000)
    advance(matter.database, matter.campaign, successor, 1_000)
    pay(matter.database, bill, 1_000)
    advance(matter.database, matter.campaign, matter.counsel, 1_000)
    assert figures(matter.database, matter.campaign).in_trust == 2_000


def test_an_advance_is_refused_where_it_cannot_be(matter: Matter) -> None:
    database, campaign = matter.database, matter.campaign
    gone = add_counsel(database, campaign, key="gone", until_on=TODAY - timedelta(days=1))
    other = add_counsel(database, make_campaign(database, slug="other"))
    cases = [
        (matter.counsel, 300_001, TODAY, 0, "Only 3000.00 CAD"),
        (matter.counsel, 0, TODAY, 0, "out of range"),
        (matter.counsel, -5, TODAY, 0, "out of range"),
        (matter.counsel, 5, date(9999, 12, 31), 0, "not come yet"),
        (matter.counsel, 5, TODAY, 2, "The books differ from Stripe’s account"),
        (gone, 5, TODAY, 0, "no longer counsel"),
        (other, 5, TODAY, 0, "this campaign’s counsel"),
        (999, 5, TODAY, 0, "this campaign’s counsel"),
    ]
    for counsel, amount, day, differences, sentence in cases:
        with pytest.raises(Refusal, match=sentence):
            advance(database, campaign, counsel, amount, made_on=day, differences=differences)
    assert figures(database, campaign).in_trust == 0


def test_trust_comes_back_and_no_more_than_there_is(matter: Matter) -> None:
    advance(matter.database, matter.campaign, matter.counsel, 100_000)
    with pytest.raises(Refusal, match=r"only 1000.00 CAD in trust"):
        give_back(matter, 100_001)
    give_back(matter, 40_000)
    found = figures(matter.database, matter.campaign)
    assert (found.available, found.in_trust) == (240_000, 60_000)


def test_a_successor_takes_the_trust_over(matter: Matter, successor: int) -> None:
    advance(matter.database, matter.campaign, matter.counsel, 100_000)
    for who, amount, sentence in (
        (matter.counsel, 1, "another counsel"),
        (successor, 100_001, "only 1000.00 CAD in trust"),
        (999, 1, "this campaign’s counsel"),
    ):
        with pytest.raises(Refusal, match=sentence):
            hand_over(matter, who, amount)
    hand_over(matter, successor, 100_000)
    assert (held(matter, matter.counsel), held(matter, successor)) == (0, 100_000)
    assert figures(matter.database, matter.campaign).in_trust == 100_000


def test_every_transfer_is_undone_once_by_an_entry(matter: Matter, successor: int) -> None:
    before = figures(matter.database, matter.campaign)
    made = [advance(matter.database, matter.campaign, matter.counsel, 100_000)]
    made += [give_back(matter, 10_000), hand_over(matter, successor, 50_000)]
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=30_000)
    made += [pay(matter.database, bill, 10_000, source) for source in ("trust", "bank", "organiser")]
    for transfer in reversed(made):
        undo(matter, transfer)
        with pytest.raises(Refusal, match="reversed already"):
            undo(matter, transfer)
    after = figures(matter.database, matter.campaign)
    assert (after.available, after.in_trust, after.paid, after.organiser_paid) == (before.available, 0, 0, 0)
    with matter.database.read() as session:
        assert [state.lacks for state in unpaid_bills(session)] == [30_000]
        reasons = session.scalars(select(CounselTransfer.reversal_reason)).all()
    assert set(reasons) == {"Entered twice"}


def test_what_was_spent_from_trust_cannot_be_taken_out_of_it(matter: Matter, successor: int) -> None:
    first = advance(matter.database, matter.campaign, matter.counsel, 1_000)
    handed = hand_over(matter, successor, 600)
    bill = add_bill(matter.database, matter.campaign, successor, fees=500)
    pay(matter.database, bill, 500, "trust")
    for transfer, sentence in ((first, "only 4.00 CAD in trust"), (handed, "only 1.00 CAD in trust")):
        with pytest.raises(Refusal, match=sentence):
            undo(matter, transfer)
    assert figures(matter.database, matter.campaign).in_trust == 500


def test_what_came_back_and_was_spent_cannot_go_back(matter: Matter) -> None:
    advance(matter.database, matter.campaign, matter.counsel, 300_000)
    returned = give_back(matter, 1_000)
    bill = add_bill(matter.database, matter.campaign, matter.counsel, fees=900)
    pay(matter.database, bill, 900)
    with pytest.raises(Refusal, match=r"Only 1.00 CAD"):
        undo(matter, returned)


def test_a_reversal_says_why_and_of_which_transfer(matter: Matter) -> None:
    made = advance(matter.database, matter.campaign, matter.counsel, 1_000)
    with pytest.raises(Refusal, match="Say why"):
        undo(matter, made, "")
    made.id = "no-such-id"
    with pytest.raises(Refusal, match="no such transfer"):
        undo(matter, made)
