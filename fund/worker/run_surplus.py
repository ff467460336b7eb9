"""Sends the shares of a surplus, a batch at a time, so that nothing else has to wait for it.

Killed anywhere it goes on where it was: a share that was begun names its refund, and that is looked for at Stripe
before it is asked for, however long ago it was begun. Each refund keeps its one key: what Stripe answers with an error
of its own it answers so for a day, and the hourly look asks again after that.
"""

import threading
import time

import structlog

from fund.closing.begin_share import begin_share
from fund.closing.claim_run import claim_run, leave_run
from fund.closing.pause_run import pause_run
from fund.closing.queries import find_plan, plans_in, shares_to_send
from fund.closing.resume_short_run import resume_short_run
from fund.closing.settle_shares import plans_to_settle, settle_shares
from fund.closing.stop_short_run import stop_short_run
from fund.donations.models import Refund
from fund.kit.clock import utc_now
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.payments.raise_alert import raise_alert
from fund.web.services import Services
from fund.worker.look_again import send_refund

AT_ONCE = 25
"""Shares in a batch: some seconds of work, after which others may have their turn."""
APART_SECONDS = 0.1
"""Refunds go out at ten a second at most."""
WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before a share is tried again when Stripe says "later"; then the sweep begins anew within a minute."""
AWAY_IN_A_ROW = 3
"""So many shares without an answer, and it is Stripe, not the share."""
NOT_DONE = ("refused", "planned")
REFUSALS_IN_A_ROW = 5
"""So many, and it is not about the cards: a person has to look."""

log = structlog.get_logger()


class StripeIsAwayError(Exception):
    """It did not answer, several times over."""


def run_surplus(services: Services, plan_id: str, stopping: threading.Event) -> None:
    """One batch; then the next one is queued, unless all is sent, the run was paused, or Stripe is away."""
    with services.database.write() as session:
        if not claim_run(session, plan_id=plan_id, now=utc_now()):
            return
    more = False
    try:
        more = _send_batch(services, plan_id, stopping)
    except StripeIsAwayError:
        log.warning("surplus_put_off", plan=plan_id)
    finally:
        with services.database.write() as session:
            settle_shares(session, plan_id=plan_id, now=utc_now())
            leave_run(session, plan_id=plan_id)
            if more:
                services.queue.enqueue(session, "run_surplus", plan_id)


def look_after_runs(services: Services) -> None:
    """Each minute: what Stripe has said of shares since, runs whose money is there again, and those nobody is at."""
    with services.database.read() as session:
        settle, short, running = (
            plans_to_settle(session, now=utc_now()),
            plans_in(session, "short"),
            plans_in(session, "running"),
        )
    for plan_id in settle:
        with services.database.write() as session:
            settle_shares(session, plan_id=plan_id, now=utc_now())
    for plan_id in short:
        with services.database.write() as session:
            resume_short_run(session, services.queue, plan_id=plan_id, now=utc_now())
    for plan_id in running:
        with services.database.write() as session:
            plan = find_plan(session, plan_id)
            held = plan is not None and plan.worked_until is not None and plan.worked_until > utc_now()
            if not held and shares_to_send(session, plan_id, limit=1, now=utc_now()):
                services.queue.enqueue(session, "run_surplus", plan_id)


def _send_batch(services: Services, plan_id: str, stopping: threading.Event) -> bool:
    """Whether there is more to send that was not tried just now."""
    with services.database.read() as session:
        batch = shares_to_send(session, plan_id, limit=AT_ONCE, now=utc_now())
    in_a_row = away = 0
    for position in batch:
        if stopping.is_set():
            break
        begun = time.monotonic()
        try:
            state, away = _send(services, plan_id, position, stopping), 0
        except StripeIsAwayError:
            away += 1
            if away == AWAY_IN_A_ROW:
                raise
            continue
        in_a_row = in_a_row + 1 if state in NOT_DONE else 0
        if in_a_row == REFUSALS_IN_A_ROW:
            _stop_and_tell(services, plan_id)
            return False
        stopping.wait(max(0.0, APART_SECONDS - (time.monotonic() - begun)))
    with services.database.read() as session:
        plan = find_plan(session, plan_id)
        left = shares_to_send(session, plan_id, limit=AT_ONCE + 1, now=utc_now())
    return plan is not None and plan.state == "running" and (stopping.is_set() or not set(left) <= set(batch))


def _send(services: Services, plan_id: str, position: int, stopping: threading.Event) -> str:
    """The state of its refund afterwards; empty where there is none. Raises StripeIsAwayError."""
    now = utc_now()
    with services.database.write() as session:
        stops = stop_short_run(session, services.queue, services.sender, services.addresses, plan_id=plan_id, now=now)
        refund_id = None if stops else begin_share(session, plan_id=plan_id, position=position, now=now)
    if refund_id is None:
        return ""
    try:
        _ask_patiently(services, refund_id, stopping)
    except GatewayRefusedError as problem:  # a look was refused; the refund stays planned, and is tried again later
        log.error("surplus_look_refused", refund=refund_id, code=problem.code)  # noqa: TRY400  the code says it all
    with services.database.read() as session:
        refund = session.get(Refund, refund_id)
        return refund.state if refund is not None else ""


def _ask_patiently(services: Services, refund_id: str, stopping: threading.Event) -> None:
    for wait in (*WAITS, None):
        try:
            send_refund(services, refund_id, utc_now())
        except GatewayUnavailableError:
            if wait is None or stopping.wait(wait):
                raise StripeIsAwayError from None
        else:
            return


def _stop_and_tell(services: Services, plan_id: str) -> None:
    with services.database.write() as session:
        pause_run(session, plan_id=plan_id, actor="worker", now=utc_now())
        raise_alert(
            session,
            key=f"surplus:{plan_id}:{utc_now():%Y-%m-%dT%H:%M}",
            sentence="Stripe refused several refunds of a surplus in a row; the run is paused",
            now=utc_now(),
        )
