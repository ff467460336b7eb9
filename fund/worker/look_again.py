"""Looks at Stripe that no event asked for: after the thank-you page, hourly, and when a gift is replaced."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from fund.closing.share_may_leave import share_may_leave
from fund.donations.cancel_monthly_gift import cancel_monthly_gift as end_at_stripe
from fund.donations.expire_donation import expire_donation
from fund.donations.models import Donation
from fund.donations.queries import monthly_gifts_to_end, open_subscriptions, unsent_refunds, waiting_for_stripe
from fund.donations.send_refund import send_refund as ask_stripe
from fund.donations.stop_monthly_gifts import stop_where_targets_are_met
from fund.donations.stop_when_over import stop_what_is_over
from fund.payments.facts import BalanceTransaction
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.reconciliation.catch_up_events import catch_up_events
from fund.reconciliation.catch_up_lines import catch_up_lines
from fund.web.services import Services
from fund.worker import look
from fund.worker.apply_found import apply_found

log = structlog.get_logger()

MISSED_AFTER = timedelta(hours=1)


def look_at_checkout(services: Services, donation_id: str, now: datetime) -> None:
    """Ask Stripe how a pending gift stands: after the thank-you page, and when a webhook may have been missed."""
    with services.database.read() as session:
        donation = session.get(Donation, donation_id)
        if donation is None or donation.paid_at is not None or donation.checkout_session_id is None:
            return
        session_id = donation.checkout_session_id
    found = look.session(services.gateway, session_id)
    with services.database.write() as session:
        if found.nothing:
            expire_donation(session, donation_id=donation_id, now=now)
        else:
            apply_found(services, session, found, now)


def look_for_missing_money(services: Services, now: datetime) -> None:
    """Hourly: every gift that has been at Stripe for an hour, so that a lost webhook loses no money."""
    ask_again(services, now)
    with services.database.read() as session:
        waiting = waiting_for_stripe(session, now=now, older_than=MISSED_AFTER)
    for donation_id in waiting:
        try:
            look_at_checkout(services, donation_id, now)
        except GatewayUnavailableError as problem:
            log.warning("look_put_off", donation=donation_id, error=str(problem))
            return
        except GatewayRefusedError as problem:  # about this gift alone: the others must not wait for it
            log.error("look_refused", donation=donation_id, code=problem.code)  # noqa: TRY400  the code says it all


def ask_again(services: Services, now: datetime) -> None:
    """What we decided and Stripe did not take, being down or slow: refunds, the end of gifts and monthly gifts."""
    with services.database.write() as session:
        stop_what_is_over(session, services.queue, now=now)
        for refund_id in unsent_refunds(session, planned_before=now - MISSED_AFTER):
            services.queue.enqueue(session, "send_refund", refund_id)
        for monthly_gift_id in monthly_gifts_to_end(session):
            services.queue.enqueue(session, "cancel_monthly_gift", monthly_gift_id)
        stop_where_targets_are_met(session, services.queue)


def expire_checkout(services: Services, donation_id: str) -> None:
    """Close Stripe's page of a gift that was replaced, or whose campaign has closed. Harmless if it was paid."""
    with services.database.read() as session:
        donation = session.get(Donation, donation_id)
        session_id = donation.checkout_session_id if donation and donation.state == "pending" else None
    if session_id is not None:
        services.gateway.expire_checkout_session(session_id)


def send_refund(services: Services, refund_id: str, now: datetime) -> None:
    """Ask for a planned refund, then book what Stripe says of the payment."""
    with services.database.read() as session:
        if not share_may_leave(session, refund_id=refund_id):
            log.warning("share_put_off", refund=refund_id)
            return
    payment_intent_id = ask_stripe(services.database, services.gateway, refund_id=refund_id, now=now)
    if payment_intent_id is None:
        return
    found = look.payment(services.gateway, payment_intent_id)
    with services.database.write() as session:
        apply_found(services, session, found, now)


def cancel_monthly_gift(services: Services, monthly_gift_id: str, now: datetime) -> None:
    """End it at Stripe, then keep what Stripe says of it."""
    subscription_id = end_at_stripe(services.database, services.gateway, monthly_gift_id=monthly_gift_id)
    if subscription_id is None:
        return
    found = look.subscription(services.gateway, subscription_id)
    with services.database.write() as session:
        apply_found(services, session, found, now)


def book_missing(services: Services, now: datetime, *, whole: bool = False) -> None:
    """Read Stripe's account line by line and book what no event told us of; `whole`: from its first day."""
    catch_up_lines(
        services.database, services.gateway, apply=partial(apply_source, services, now), now=now, whole=whole
    )


def catch_up(services: Services, now: datetime) -> None:
    """Hourly and at start: events that never reached us, then lines of account that no event named.

    After a gap that Stripe's list of events does not reach over, every gift and monthly gift that is open is looked at.
    When Stripe does not answer, the next hour tries again from the same place.
    """
    try:
        _catch_up(services, now)
    except GatewayUnavailableError as problem:
        log.warning("catch_up_put_off", problem=str(problem))


def _catch_up(services: Services, now: datetime) -> None:
    _new, complete = catch_up_events(services.database, services.queue, services.gateway, now=now)
    book_missing(services, now)
    if complete:
        return
    with services.database.read() as session:
        waiting = waiting_for_stripe(session, now=now, older_than=timedelta(0))
        monthly = open_subscriptions(session)
    for donation_id in waiting:
        look_at_checkout(services, donation_id, now)
    for subscription_id in monthly:
        found = look.subscription(services.gateway, subscription_id)
        with services.database.write() as session:
            apply_found(services, session, found, now)


SOURCES = {
    "ch_": look.charge,
    "py_": look.charge,
    "re_": look.refund,
    "pyr_": look.refund,
    "dp_": look.dispute,
    "du_": look.dispute,
    "po_": look.payout,
}
"""What a line of account belongs to, by the beginning of its source's id."""


def apply_source(services: Services, now: datetime, line: BalanceTransaction) -> None:
    """Look at what a line of account belongs to, and book that with all that follows from it."""
    source = line.source or ""
    see = SOURCES.get(source.partition("_")[0] + "_")
    if see is None:
        return
    found = see(services.gateway, source)
    with services.database.write() as session:
        apply_found(services, session, found, now)
