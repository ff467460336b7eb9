"""Endings as the desk would make them, and the run of a surplus as the worker would do it."""

import threading
from datetime import date, timedelta

import time_machine
from sqlalchemy import select

from fund.closing.close_with_outcome import close_with_outcome
from fund.closing.confirm_plan import confirm_plan
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.plan_surplus import plan_surplus
from fund.donations.record_offline_gift import record_offline_gift
from fund.donations.rules import GiftForm
from fund.kit.clock import utc_now
from fund.web.services import Services
from fund.worker.run_surplus import look_after_runs
from fund.worker.tasks import make_tasks
from tests.factories.billing import nonce
from tests.factories.campaigns import ALICE
from tests.fakes.queue import FakeQueue

TEXT = {"en": "A permanent injunction, and no damages.", "fr": "Une injonction permanente, sans dommages-intérêts."}
ENDED_ON = date(2026, 11, 1)


def closing_form(**changes: str) -> dict[str, str]:
    """What the desk's page sends once it was looked over."""
    texts = {f"{locale}_text": text for locale, text in TEXT.items()}
    return {"kind": "settled", **texts, "ended_on": utc_now().date().isoformat(), "step": "close", **changes}


def close(services: Services, campaign_id: int, *, kind: str = "settled") -> None:
    with services.database.write() as session:
        close_with_outcome(
            session,
            services.queue,
            services.sender,
            services.addresses,
            campaign_id=campaign_id,
            kind=kind,
            text=TEXT,
            ended_on=ENDED_ON,
            actor=ALICE,
            now=utc_now(),
        )


def make_plan(services: Services, campaign_id: int) -> SurplusPlan:
    with services.database.write() as session:
        return plan_surplus(session, campaign_id=campaign_id, actor=ALICE, now=utc_now())


def confirm(services: Services, plan: SurplusPlan, *, actor: str = ALICE) -> SurplusPlan:
    with services.database.write() as session:
        return confirm_plan(session, services.queue, plan_id=plan.id, digest=plan.digest, actor=actor, now=utc_now())


def give_by_hand(services: Services, campaign_id: int, amount: int) -> str:
    """The id of a cheque that is in the books."""
    form = GiftForm(amount=amount, visibility="hidden", display_name=None, message=None, email=None, ref="")
    with services.database.write() as session:
        return record_offline_gift(
            session,
            campaign_id=campaign_id,
            form=form,
            method="cheque",
            received_at=utc_now() - timedelta(days=1),
            nonce=nonce(),
            locale="en",
            actor=ALICE,
            now=utc_now(),
        ).id


def work(services: Services, *, after: timedelta = timedelta(0)) -> None:
    """What a worker does with what is queued, after the minute's look at runs that nobody is at."""
    queue = services.queue
    assert isinstance(queue, FakeQueue)
    queue.tasks = make_tasks(services, threading.Event())
    with time_machine.travel(utc_now() + after):
        look_after_runs(services)
        queue.run_all()
        look_after_runs(services)


def shares(services: Services, plan: SurplusPlan) -> list[tuple[int, str, str]]:
    """Amount, state and note of each, the largest first."""
    with services.database.read() as session:
        rows = session.scalars(select(SurplusShare).where(SurplusShare.plan_id == plan.id))
        return sorted(((row.amount, row.state, row.note) for row in rows), reverse=True)


def state_of(services: Services, plan: SurplusPlan) -> str:
    with services.database.read() as session:
        return session.get_one(SurplusPlan, plan.id).state
