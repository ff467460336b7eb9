"""Random histories of a surplus run: its campaign never owes by our doing, and every share ends in one place.

`HISTORIES=200` runs so many of them, each another one every time.
"""

import itertools
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.closing.continue_run import continue_run
from fund.closing.find_cover import find_cover
from fund.closing.leave_share_unpaid import leave_share_unpaid
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pause_run import pause_run
from fund.closing.pay_share_by_hand import pay_share_by_hand
from fund.closing.try_failed_again import try_failed_again
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation, Refund
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.ledger.check_ledger import check_ledger
from fund.payments.facts import Charge
from fund.payments.gateway import GatewayUnavailableError
from fund.web.services import Services
from fund.worker import run_surplus as runner
from fund.worker.look_again import ask_again, send_refund
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan, work
from tests.factories.donations import give
from tests.factories.entries import book
from tests.factories.weather import end_dispute, fail_refund, look_at, open_dispute, refund_in_dashboard
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only

EXAMPLES = int(os.environ.get("HISTORIES", "0"))
_numbers = itertools.count(1)
GIFTS = (9_000, 5_100, 2_500, 1_203)
HAPPENS = ("dispute", "won", "lost", "refund", "comes_back")
which = st.integers(0, len(GIFTS) - 1)


class KilledError(Exception):
    pass


class Run(RuleBasedStateMachine):
    """Four gifts by card and a cheque, of which two thirds go back. A refusal changes nothing."""

    services: Services
    fake: FakeGateway
    queue: FakeQueue

    @initialize(first=st.sampled_from(HAPPENS), gift=which)
    def confirm_a_plan(self, first: str, gift: int) -> None:
        number = next(_numbers)
        self.slug, self.minutes = f"history-{number}", 0
        self.fake.fails, self.fake.refuses = [], set()
        self.disputes: dict[int, str] = {}
        self.campaign = make_campaign(self.services.database, slug=self.slug)
        self.gifts = [give(self.services, self.campaign, amount) for amount in GIFTS]
        give_by_hand(self.services, self.campaign, 3_000)
        self._book("exp:legal", 7_000, "assets:bank:cad")
        close(self.services, self.campaign)
        self.plan = confirm(self.services, make_plan(self.services, self.campaign))
        self.planned = self._sum()
        self.happen(first, gift, 1_500)

    @rule(shares=st.integers(0, 3), before=st.booleans())
    def work_and_die(self, shares: int, *, before: bool) -> None:
        left = itertools.count()

        def die(services: Services, refund_id: str, now: datetime) -> None:
            if next(left) < shares:
                send_refund(services, refund_id, now)
                return
            if not before:
                send_and_die(services, refund_id)
            raise KilledError

        def send_and_die(services: Services, refund_id: str) -> None:
            """Stripe has made it, and nobody has noted that."""
            with services.database.read() as session:
                row = session.get_one(Refund, refund_id)
                charge = session.get_one(Donation, row.donation_id).charge_id
            assert charge is not None
            if services.gateway.find_refund(charge, refund_row=refund_id) is None and not self.fake.refuses:
                services.gateway.create_refund(
                    charge_id=charge,
                    amount=row.amount,
                    metadata={"site": services.gateway.site, "refund": refund_id, "batch": row.batch},
                    idempotency_key=f"refund:{refund_id}",
                )

        with patch.object(runner, "send_refund", die):
            self._ours(self._work)

    @rule()
    def work_on(self) -> None:
        self._ours(self._work)

    @rule()
    def look_hourly(self) -> None:
        def look() -> None:
            self.minutes += 60
            ask_again(self.services, utc_now() + timedelta(minutes=self.minutes))
            self._work()

        self._ours(look)

    @rule(calls=st.integers(0, 12), refuses=st.booleans())
    def be_in_a_bad_mood(self, calls: int, *, refuses: bool) -> None:
        self.fake.refuses = {"charge_expired_for_refund"} if refuses else set()
        self.fake.fails = [GatewayUnavailableError("down")] * calls

    @rule(what=st.sampled_from(HAPPENS), gift=which, amount=st.integers(1, 2_000))
    def happen(self, what: str, gift: int, amount: int) -> None:
        """At Stripe, which we hear of while it answers."""
        self.fake.fails, self.fake.refuses = [], set()
        services, donation, name = self.services, self.gifts[gift], self.disputes.get(gift)
        refunds = [one for one in self.fake.refunds.values() if one.charge_id == self._charge(gift).id]
        if what == "dispute" and name is None:
            self.disputes[gift] = open_dispute(services, donation)
        elif what in ("won", "lost") and name and self.fake.disputes[name].status == "needs_response":
            end_dispute(services, donation, name, won=what == "won")
        elif what == "refund" and name is None and sum(one.amount for one in refunds) + amount <= GIFTS[gift]:
            refund_in_dashboard(services, donation, amount)
        elif what == "comes_back" and refunds and refunds[-1].status == "succeeded":
            look_at(services, donation)
            fail_refund(services, donation)

    @rule(position=st.integers(1, 5), paid=st.booleans())
    def settle_by_hand(self, position: int, *, paid: bool) -> None:
        share: dict[str, Any] = {"plan_id": self.plan.id, "position": position, "actor": ALICE, "now": utc_now()}

        def enter() -> None:
            with self.services.database.write() as session:
                if paid:
                    pay_share_by_hand(session, returned_at=utc_now(), **share)
                else:
                    leave_share_unpaid(session, reason="declined", **share)

        self._ours(enter)

    @rule(act=st.sampled_from([pause_run, continue_run, try_failed_again]))
    def decide(self, act: Callable[..., object]) -> None:
        def decide() -> None:
            given = () if act is pause_run else (self.services.queue,)
            with self.services.database.write() as session:
                act(session, *given, plan_id=self.plan.id, actor=ALICE, now=utc_now())

        self._ours(decide)

    @invariant()
    def every_share_is_in_one_place(self) -> None:
        if not hasattr(self, "plan"):
            return
        assert self._sum() == self.planned
        with self.services.database.read() as session:
            assert check_ledger(session).problems == []
            rows = session.execute(select(SurplusShare, Refund).join(Refund, Refund.id == SurplusShare.refund_id)).all()
        for share, refund in rows:
            assert refund.amount == share.amount
        sent = [one for one in self.fake.refunds.values() if one.metadata.get("batch") == self.plan.id]
        standing = [one.charge_id for one in sent if one.status == "succeeded"]
        assert len(standing) == len(set(standing)), "somebody was paid twice"

    def teardown(self) -> None:
        """The weather clears and what is missing is paid in: then the run ends, and the books are even."""
        if not hasattr(self, "plan"):
            return
        self.be_in_a_bad_mood(0, refuses=False)
        for donation in self.gifts:
            look_at(self.services, donation)
        for gift, name in self.disputes.items():
            if self.fake.disputes[name].status == "needs_response":
                end_dispute(self.services, self.gifts[gift], name, won=True)
        with self.services.database.read() as session:
            lacks = find_cover(session, self.campaign).lacks
        if lacks:
            self._book("assets:bank:cad", lacks, "funds_organiser")
        try:
            self.decide(continue_run)
        finally:
            for _ in range(2):
                self.look_hourly()
        with self.services.database.read() as session:
            assert session.get_one(SurplusPlan, self.plan.id).state == "finished"
            shares = session.scalars(select(SurplusShare).where(SurplusShare.plan_id == self.plan.id)).all()
            assert {share.state for share in shares} <= {"succeeded", "by_hand", "failed", "skipped", "unpaid"}
            cover = find_cover(session, self.campaign)
            assert (cover.lacks, cover.to_send, cover.leaving) == (0, 0, 0)

    def _work(self) -> None:
        self.minutes += 1
        try:
            work(self.services, after=timedelta(minutes=self.minutes))
        except KilledError:
            self.queue.enqueued.clear()

    def _ours(self, act: Callable[[], object]) -> None:
        """What we do lowers what the campaign has to zero at most, also where Stripe knows more than the books."""
        before = self._there()
        try:
            act()
        except (Refusal, GatewayUnavailableError):
            self.queue.enqueued.clear()
        assert self._there() >= min(0, before)

    def _there(self) -> int:
        with self.services.database.read() as session:
            campaign = session.get_one(Campaign, self.campaign)
            booked = campaign_progress(session, campaign).available
            rows = select(Refund.id).where(Refund.batch == self.plan.id, Refund.moved.is_(False))
            waiting = set(session.scalars(rows))
        return booked - sum(
            one.amount for one in self.fake.refunds.values() if one.metadata.get("refund", "") in waiting
        )

    def _charge(self, gift: int) -> Charge:
        charge = self.fake.session_of(self.gifts[gift]).charge
        assert charge is not None
        return charge

    def _book(self, debit: str, amount: int, credit: str) -> None:
        names = [one if one.startswith("assets") else f"{one}:{self.slug}" for one in (debit, credit)]
        book(self.services.database, dict(zip(names, (amount, -amount), strict=True)), campaign_id=self.campaign)

    def _sum(self) -> int:
        with self.services.database.read() as session:
            return sum(session.scalars(select(SurplusShare.amount).where(SurplusShare.plan_id == self.plan.id)))


@sqlite_only
def test_a_surplus_never_costs_more_than_there_is(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "WAITS", ())
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)
    assert isinstance(services.gateway, FakeGateway)
    assert isinstance(services.queue, FakeQueue)
    Run.services, Run.fake, Run.queue = services, services.gateway, services.queue
    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=EXAMPLES or 6,
            stateful_step_count=25 if EXAMPLES else 12,
            deadline=None,
            derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck),
        ),
    )
