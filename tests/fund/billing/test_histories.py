"""Random histories of bills, advances, payments and reversals: the identity holds and no account owes what it holds."""

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fund.billing.models import Bill, CounselTransfer
from fund.billing.queries import bills_of_campaign, transfers_of_campaign, trust_balance, unpaid_bills
from fund.billing.return_trust import return_trust
from fund.billing.reverse_bill import reverse_bill
from fund.billing.reverse_transfer import reverse_transfer
from fund.billing.succeed_trust import succeed_trust
from fund.campaigns.models import Campaign, Counsel
from fund.db.session import Database
from fund.donations.campaign_progress import campaign_progress
from fund.kit.errors import Refusal
from fund.ledger.check_ledger import check_ledger
from fund.ledger.queries import balances
from tests.factories.billing import NOW, TODAY, add_bill, add_counsel, advance, fill_bank, nonce, pay
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.entries import book

_numbers = itertools.count(1)
amounts = st.integers(1, 5_000)


class Money(RuleBasedStateMachine):
    """Two counsel of one campaign; a refusal changes nothing, which the invariants see."""

    database: Database

    @initialize()
    def launch(self) -> None:
        self.slug = f"history-{next(_numbers)}"
        self.campaign = make_campaign(self.database, slug=self.slug)
        self.counsel = [add_counsel(self.database, self.campaign, key=key) for key in ("lavoie", "roy")]
        with self.database.read() as session:
            self.bank = balances(session).get("assets:bank:cad", {}).get("CAD", 0)
        self.expected: Counter[str] = Counter()
        fill_bank(self.database, self.campaign, 20_000, slug=self.slug)
        self.expected["raised"] += 20_000
        self.hours = 0

    @rule(amount=amounts)
    def give_through_stripe(self, amount: int) -> None:
        book(
            self.database,
            {"assets:stripe:cad": amount, f"funds:{self.slug}": -amount},
            source=f"txn:history:{next(_numbers)}",
            campaign_id=self.campaign,
        )
        self.expected["raised"] += amount

    @rule(who=st.integers(0, 1), fees=amounts, hours=st.integers(0, 900))
    def bill(self, who: int, fees: int, hours: int) -> None:
        number = str(next(_numbers))
        add_bill(self.database, self.campaign, self.counsel[who], number=number, fees=fees, hours_hundredths=hours)
        self.expected["billed"] += fees
        self.hours += hours

    @rule(who=st.integers(0, 1), amount=amounts)
    def advance(self, who: int, amount: int) -> None:
        self._try(lambda: advance(self.database, self.campaign, self.counsel[who], amount), in_trust=amount)

    @rule(data=st.data(), source=st.sampled_from(["bank", "trust", "organiser"]), amount=amounts)
    def pay(self, data: st.DataObject, source: str, amount: int) -> None:
        bill = self._one_of(data, self._bills())
        if bill is not None:
            moved = {"bank": {}, "trust": {"in_trust": -amount}, "organiser": {"organiser": amount}}[source]
            self._try(lambda: pay(self.database, bill.id, amount, source), paid=amount, **moved)

    @rule(who=st.integers(0, 1), amount=amounts)
    def give_back(self, who: int, amount: int) -> None:
        def move() -> None:
            with self.database.write() as session:
                return_trust(session, counsel_id=self.counsel[who], **self._transfer(amount))

        self._try(move, in_trust=-amount)

    @rule(who=st.integers(0, 1), amount=amounts)
    def hand_over(self, who: int, amount: int) -> None:
        def move() -> None:
            with self.database.write() as session:
                succeed_trust(
                    session,
                    counsel_id=self.counsel[who],
                    successor_id=self.counsel[1 - who],
                    **self._transfer(amount),
                )

        self._try(move)

    @rule(data=st.data())
    def reverse_a_bill(self, data: st.DataObject) -> None:
        bill = self._one_of(data, self._bills())
        if bill is None:
            return

        def undo() -> None:
            with self.database.write() as session:
                reverse_bill(session, bill_id=bill.id, reason="Mistake", actor=ALICE, now=NOW)
            self.hours -= bill.hours_hundredths

        self._try(undo, billed=-bill.amount)

    @rule(data=st.data())
    def reverse_a_transfer(self, data: st.DataObject) -> None:
        with self.database.read() as session:
            transfer = self._one_of(data, transfers_of_campaign(session, self.campaign))
        if transfer is None:
            return

        def undo() -> None:
            with self.database.write() as session:
                reverse_transfer(session, transfer_id=transfer.id, reason="Mistake", actor=ALICE, now=NOW)

        amount = transfer.amount
        undone = {
            "advance": {"in_trust": -amount},
            "bill_from_bank": {"paid": -amount},
            "bill_from_trust": {"paid": -amount, "in_trust": amount},
            "bill_by_organiser": {"paid": -amount, "organiser": -amount},
            "trust_returned": {"in_trust": amount},
            "trust_succeeded": {},
        }
        self._try(undo, **undone[transfer.kind])

    @invariant()
    def every_figure_is_what_happened(self) -> None:
        with self.database.read() as session:
            campaign = session.get_one(Campaign, self.campaign)
            found = campaign_progress(session, campaign)
            said = Counter(
                raised=found.raised_gross,
                billed=found.billed,
                paid=found.paid,
                in_trust=found.in_trust,
                organiser=found.organiser_paid,
            )
            assert +said == +self.expected
            assert found.raised_gross + found.organiser_paid == found.available + found.in_trust + found.paid
            assert found.available >= 0
            assert balances(session).get("assets:bank:cad", {}).get("CAD", 0) >= self.bank
            held = [trust_balance(session, campaign, session.get_one(Counsel, one)) for one in self.counsel]
            assert min(held) >= 0
            assert sum(held) == found.in_trust
            standing = [state for state in bills_of_campaign(session, self.campaign) if not state.bill.reversed_at]
            assert sum(state.paid for state in standing) == found.paid
            assert all(0 <= state.lacks <= state.bill.amount for state in standing)
            unpaid = unpaid_bills(session, campaign_id=self.campaign)
            assert sum(state.lacks for state in unpaid) == found.billed - found.paid
            assert campaign.hours_billed_hundredths == self.hours
            assert check_ledger(session).problems == []

    def _try(self, do: Any, **moved: int) -> None:
        try:
            do()
        except Refusal:
            return
        self.expected.update(moved)

    def _bills(self) -> list[Bill]:
        with self.database.read() as session:
            return [state.bill for state in bills_of_campaign(session, self.campaign)]

    def _one_of(self, data: st.DataObject, found: list[Any]) -> Any:
        return found[data.draw(st.integers(0, len(found) - 1))] if found else None

    def _transfer(self, amount: int) -> dict[str, Any]:
        return {
            "campaign_id": self.campaign,
            "amount": amount,
            "made_on": TODAY,
            "nonce": nonce(),
            "actor": ALICE,
            "now": NOW,
        }


def test_random_histories(database: Database) -> None:
    class Here(Money):
        pass

    Here.database = database
    lives = 8 if database.engine.dialect.name == "sqlite" else 4  # there a step costs twice
    few = settings(max_examples=lives, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=few)


@pytest.mark.parametrize("kind", ["advance", "bill_from_bank"])
def test_a_transfer_is_one_row_and_one_entry(database: Database, kind: str) -> None:
    campaign = make_campaign(database)
    fill_bank(database, campaign, 1_000)
    counsel = add_counsel(database, campaign)
    if kind == "advance":
        made: CounselTransfer = advance(database, campaign, counsel, 500)
    else:
        made = pay(database, add_bill(database, campaign, counsel), 500)
    with database.read() as session:
        assert [row.id for row in transfers_of_campaign(session, campaign)] == [made.id]
        assert made.kind == kind
