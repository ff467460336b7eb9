"""What the forty cases have in common: acts at Stripe, and the proof that follows each of them."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import select

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Dispute, Refund
from fund.donations.plan_refund import plan_refund
from fund.kit.clock import utc_now
from fund.ledger.check_ledger import check_ledger
from fund.reconciliation.reconcile import reconcile
from tests.contract.sandbox_client import stripe_client
from tests.factories.stripe_events import sign
from tests.fixtures.installation import WEBHOOK_SECRET, Installation

DAY = timedelta(days=1)
DONOR = "charlie@example.net"


@dataclass(frozen=True)
class Figures:
    """Of the whole site: a campaign's figures, and balances (debit minus credit) of every account by currency."""

    campaign: Progress
    balances: dict[str, dict[str, int]]

    def balance(self, account: str, currency: str = "CAD") -> int:
        return self.balances.get(account, {}).get(currency, 0)


def prove(installation: Installation) -> Figures:
    """R1 to R7 find nothing, the journal is whole, and every campaign's figures come out even."""
    report = reconcile(installation.database, installation.services.gateway, cause="test", now=utc_now())
    assert report.differences == []
    with installation.database.read() as session:
        ledger = check_ledger(session)
        campaigns = {row.id: campaign_progress(session, row) for row in session.scalars(select(Campaign))}
    assert ledger.problems == []
    for p in campaigns.values():
        came = p.raised_gross + p.organiser_paid - p.refunded - p.fees
        assert came == p.available + p.held + p.in_trust + p.paid + p.passed_on
    return Figures(campaigns[installation.campaign_id], ledger.balances)


def deliver(installation: Installation, body: bytes) -> int:
    """An event of our own making, signed as Stripe would."""
    headers = {"Stripe-Signature": sign(body, WEBHOOK_SECRET)}
    return installation.app.test_client().post("/hooks/stripe", data=body, headers=headers).status_code


def deliver_all(installation: Installation, *types: str) -> None:
    """Stripe's own events of these types, each followed by what the worker does; the last of a type only."""
    known = {event.type: event for event in reversed(stripe_client(installation.sandbox).v1.events.list().data)}
    for type_ in types:
        body = json.dumps(known[type_].to_dict(), default=str).encode()
        assert deliver(installation, body) == 200
        installation.work()


def deliveries(installation: Installation, mode: str) -> None:
    installation.sandbox.post("/_sandbox/delivery", {"mode": mode})


def charge_of(installation: Installation, session_id: str) -> str:
    charge = installation.gift(session_id).charge_id
    assert charge is not None
    return charge


def refund_at_stripe(installation: Installation, charge: str, amount: int) -> Any:
    """As if made in Stripe's dashboard: without anything of ours in it."""
    return stripe_client(installation.sandbox).v1.refunds.create(params={"charge": charge, "amount": amount})


def dispute(installation: Installation, **values: Any) -> str:
    """The dispute's id, after the worker has heard of all that happened."""
    answer = installation.sandbox.post("/_sandbox/dispute", values)
    installation.work()
    return str(answer["dispute"])


def plan(installation: Installation, donation_id: str, amount: int) -> str:
    """The id of a refund that was decided at the desk and waits for the worker. Raises Refusal."""
    services = installation.services
    with installation.database.write() as session:
        return plan_refund(
            session,
            services.queue,
            donation_id=donation_id,
            amount=amount,
            actor="member:1",
            locale="en",
            now=utc_now(),
        ).id


def refunds(installation: Installation) -> list[Refund]:
    with installation.database.read() as session:
        return list(session.scalars(select(Refund).order_by(Refund.created_at, Refund.id)))


def disputes(installation: Installation) -> list[Dispute]:
    with installation.database.read() as session:
        return list(session.scalars(select(Dispute).order_by(Dispute.created_at, Dispute.id)))


def run_task(installation: Installation, task: str, *, after: timedelta = timedelta(0)) -> None:
    """One of the worker's tasks by the clock, `after` some time, and all that comes of it."""
    with time_machine.travel(utc_now() + after):
        installation.queue.tasks[task]()
    installation.work(after=after)


def refund_mails(installation: Installation) -> list[str]:
    return [mail for mail in installation.mail_to(DONOR) if "\nSubject: Receipt" not in mail]
