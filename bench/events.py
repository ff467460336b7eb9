"""Applying Stripe's events to the books, with a processor that answers at once: what is ours of the time."""

import argparse
import sys
import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from _measure import ROOT, environment, folder

sys.path.insert(0, str(ROOT))

from sqlalchemy import func, insert, select

from config import load_settings
from fund.app import create_app
from fund.campaigns.models import Campaign, CampaignText, FeeLine, FeeSchedule
from fund.db.migrate import migrate
from fund.db.session import Database
from fund.donations.models import Donation
from fund.ledger.check_ledger import check_ledger
from fund.payments.facts import BalanceTransaction, Charge, CheckoutSession, Payment
from fund.payments.models import ProcessorEvent
from fund.web.services import Services
from fund.worker.system_tables import migrate_queue
from fund.worker.tasks import EventBatches

GIFTS, BAR = 300, 200
KINDS = ("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "charge.updated")
"""What Stripe sends of one card payment, in the order in which it mostly comes."""
NOW = datetime.now(UTC)


class InstantGateway:
    """Knows every session as paid, and where a payment or charge belongs, by its number."""

    livemode = False
    site = "bench"
    can_receive_events = True

    def __init__(self, donations: list[str]) -> None:
        self._donations = donations

    def fetch_checkout_session(self, session_id: str) -> CheckoutSession:
        return self._session(int(session_id.rpartition("_")[2]))

    def fetch_session_of_payment(self, payment_intent_id: str) -> CheckoutSession:
        return self._session(int(payment_intent_id.rpartition("_")[2]))

    def fetch_charge(self, charge_id: str) -> Charge:
        charge = self._session(int(charge_id.rpartition("_")[2])).charge
        assert charge is not None  # noqa: S101
        return charge

    def fetch_payment(self, payment_intent_id: str) -> Payment:
        checkout = self.fetch_session_of_payment(payment_intent_id)
        return Payment(payment_intent_id, checkout, None, checkout.charge)

    def _session(self, number: int) -> CheckoutSession:
        metadata = {"site": self.site, "donation": self._donations[number]}
        transaction = BalanceTransaction(
            id=f"txn_{number}",
            type="charge",
            reporting_category="charge",
            source=f"ch_{number}",
            currency="CAD",
            amount=5000,
            fee=175,
            fee_tax=0,
            net=4825,
            created=NOW,
            raw={"id": f"txn_{number}", "object": "balance_transaction", "amount": 5000, "fee": 175, "net": 4825},
        )
        payment = f"pi_{number}"
        charge = Charge(f"ch_{number}", 5000, "CAD", "succeeded", False, payment, metadata, transaction, NOW)
        session = f"cs_{number}"
        return CheckoutSession(session, "complete", "paid", 5000, "CAD", False, metadata, payment, "succeeded", charge)


def make_campaign(database: Database) -> int:
    words = dict.fromkeys(("title", "standfirst", "story", "if_we_win", "if_we_lose", "if_we_settle"), "words")
    with database.write() as session:
        campaign = Campaign(slug="bench", status="open", currency="CAD", organiser_share=0, minimum_gift=500)
        campaign.created_at = campaign.updated_at = campaign.opened_at = NOW
        campaign.texts = [CampaignText(locale="en", **words)]
        session.add(campaign)
        session.flush()
        schedule = FeeSchedule(campaign_id=campaign.id, version=1, created_at=NOW, target=200_000)
        schedule.lines = [FeeLine(position=0, kind="fixed", label={"en": "Work"}, amount=200_000)]
        session.add(schedule)
        return campaign.id


def make_pending(database: Database, campaign_id: int, count: int) -> list[str]:
    ids = [str(uuid.uuid4()) for _ in range(count)]
    same = {
        "campaign_id": campaign_id,
        "amount": 5000,
        "currency": "CAD",
        "visibility": "public",
        "display_name": "Somebody",
        "email": "somebody@example.org",
        "locale": "en",
        "nonce": "n",
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
    }
    rows = [{**same, "id": id_, "form_key": id_, "checkout_session_id": f"cs_{n}"} for n, id_ in enumerate(ids)]
    with database.write() as session:
        session.execute(insert(Donation), rows)
    return ids


def store_events(database: Database, kinds: tuple[str, ...], count: int) -> None:
    names = {"checkout": "cs", "payment_intent": "pi", "charge": "ch"}
    same = {"livemode": False, "created": NOW, "body_sha256": "0" * 64}
    rows = [
        {
            **same,
            "id": f"evt_{uuid.uuid4().hex}",
            "type": kind,
            "object_id": f"{names[kind.partition('.')[0]]}_{number}",
            "received_at": NOW + timedelta(milliseconds=10 * number + position),
        }
        for number in range(count)
        for position, kind in enumerate(kinds)
    ]
    with database.write() as session:
        session.execute(insert(ProcessorEvent), rows)


def apply_all(services: Services) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    take = EventBatches(services, threading.Event())
    began, spent = time.perf_counter(), time.process_time()
    while take():
        pass
    return time.perf_counter() - began, time.process_time() - spent


def run(url: str, here: Path, kinds: tuple[str, ...]) -> float:
    app = create_app(load_settings({**environment(here, 1), "DATABASE_URL": url}))
    made: Services = app.extensions["services"]
    migrate(made.database.engine)
    migrate_queue(url)
    donations = make_pending(made.database, make_campaign(made.database), GIFTS)
    store_events(made.database, kinds, GIFTS)
    fields = {name: getattr(made, name) for name in made.__slots__}
    wall, cpu = apply_all(Services(**{**fields, "gateway": InstantGateway(donations)}))
    with made.database.read() as session:
        paid = session.scalar(select(func.count()).select_from(Donation).where(Donation.state == "paid"))
        states = Counter(session.scalars(select(ProcessorEvent.state)))
        report = check_ledger(session)
    made.database.dispose()
    count = GIFTS * len(kinds)
    rates = f"{count / wall:7.0f} events/s   {GIFTS / wall:6.0f} gifts/s"
    print(f"{len(kinds)} a gift: {rates}   cpu {cpu / count * 1e3:.2f} ms an event", flush=True)
    if (paid, states, report.problems) != (GIFTS, Counter(applied=count), []) or report.entries != GIFTS:
        sys.exit(f"not all was booked once: {paid} paid, {dict(states)}, {report.entries} entries, {report.problems}")
    return count / wall


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", default="", help="an empty PostgreSQL database instead of SQLite; used once")
    options = asked.parse_args()
    rates = []
    for kinds in (KINDS,) if options.database else (KINDS, KINDS[:1]):
        with folder() as here:
            rates.append(run(options.database or f"sqlite:///{here / 'retainer.sqlite3'}", here, kinds))
    print(f"bar: {BAR} events a second")
    return 0 if min(rates) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
