"""kill -9 of web and worker while Stripe's events pour in, doubled and out of order."""

import http.client
import json
import re
import threading
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from fund.db.session import Database
from fund.donations.models import Donation
from fund.mail.models import Delivery
from fund.payments.models import ProcessorEvent
from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until

GIFTS = 50
"""Each makes three events or more, and every event is delivered twice: at least 300 deliveries."""
KILLS_AFTER = (3, 20, 40)
"""Gifts booked at the moment of each kill."""
NONCE = re.compile(r'name="nonce" value="([^"]+)"')
SLUG = "four-labels"


@pytest.fixture
def fund(database_url: str, tmp_path: Path) -> Iterator[FundProcess]:
    started = FundProcess.start(database_url, tmp_path, demo=True, deliveries=2)
    yield started
    started.stop()


def test_every_event_that_was_accepted_is_booked_once(fund: FundProcess, database: Database) -> None:
    sessions = [_start_gift(fund, number) for number in range(GIFTS)]
    fund.sandbox.post("/_sandbox/delivery", {"mode": "shuffle"})
    payer = threading.Thread(target=lambda: [fund.sandbox.pay(session) for session in sessions])
    payer.start()
    for booked in KILLS_AFTER:
        until(lambda booked=booked: _paid(database) >= booked, timeout=60, every=0.005)  # type: ignore[misc]
        fund.kill()
        fund.launch()
    payer.join()
    until(lambda: _all_delivered(fund), timeout=120, every=0.2)
    until(lambda: _nothing_left(database), timeout=60, every=0.1)

    _assert_booked_once(fund, database)
    _assert_books_agree(fund)
    _assert_no_receipt_twice(fund, database)


def _start_gift(fund: FundProcess, number: int) -> str:
    """Through the form, as a donor does; the id of Stripe's page."""
    nonce = NONCE.search(fund.get(f"/c/{SLUG}/donate"))
    assert nonce is not None
    form = {
        "amount": f"{10 + number}.25",
        "email": f"donor{number}@example.org",
        "visibility": "hidden",
        "display_name": "",
        "message": "",
        "frequency": "once",
        "nonce": nonce[1],
    }
    connection = http.client.HTTPConnection("127.0.0.1", fund.port, timeout=30)
    connection.request(
        "POST",
        f"/c/{SLUG}/donate",
        urllib.parse.urlencode(form),
        {"Content-Type": "application/x-www-form-urlencoded", "Origin": fund.url},
    )
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 303, text
    return answer.headers["Location"].rpartition("/")[2]


def _paid(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(Donation.id).where(Donation.state == "paid")).all())


def _all_delivered(fund: FundProcess) -> bool:
    """A delivery that was answered 5xx is repeated on the sandbox's clock, one that was not answered on the wall's."""
    waiting = [event for event in fund.sandbox.events() if event["state"] != "delivered"]
    if any(event["deliveries"] and event["deliveries"][-1]["status"] for event in waiting):
        fund.sandbox.advance(60)
    return not waiting


def _nothing_left(database: Database) -> bool:
    """But of mailings: what the demo tells its followers waits until a killed worker's hold on its batch is over."""
    with database.read() as session:
        events = set(session.scalars(select(ProcessorEvent.state)))
        mail = set(session.scalars(select(Delivery.state).where(Delivery.batch_id.is_(None))))
    return events <= {"applied", "ignored"} and not mail & {"queued", "deferred"}


def _assert_booked_once(fund: FundProcess, database: Database) -> None:
    accepted = {
        event["id"] for event in fund.sandbox.events() if any(each["status"] == 200 for each in event["deliveries"])
    }
    deliveries = sum(len(event["deliveries"]) for event in fund.sandbox.events())
    with database.read() as session:
        stored = dict(session.execute(select(ProcessorEvent.id, ProcessorEvent.state)).all())
    assert deliveries >= 300
    assert accepted == set(stored)
    assert _paid(database) == GIFTS
    sources = [json.loads(line)["source"] for line in fund.flask("export-ledger", "--format", "jsonl").splitlines()]
    assert [source for source, times in Counter(sources).items() if times > 1] == []


def _assert_books_agree(fund: FundProcess) -> None:
    report = json.loads(fund.flask("check-ledger", "--json"))
    assert report["ok"], report["problems"]
    request = http.client.HTTPConnection(urllib.parse.urlsplit(fund.sandbox.url).netloc, timeout=30)
    request.request("GET", "/v1/balance", headers={"Authorization": f"Bearer {fund.environ['STRIPE_SECRET_KEY']}"})
    balance = json.loads(request.getresponse().read())
    request.close()
    held = sum(
        part["amount"] for kind in ("available", "pending") for part in balance[kind] if part["currency"] == "cad"
    )
    assert report["balances"]["assets:stripe:cad"] == {"CAD": held}
    campaign = json.loads(fund.get(f"/api/v1/campaigns/{SLUG}"))
    assert campaign["raised_gross"] == sum((10 + number) * 100 + 25 for number in range(GIFTS))
    assert campaign["donations_count"] == GIFTS


def _assert_no_receipt_twice(fund: FundProcess, database: Database) -> None:
    """A kill in the middle of handing over leaves a receipt in doubt; it is shown to a person, not sent again."""
    with database.read() as session:
        states = Counter(session.scalars(select(Delivery.state).where(Delivery.key.startswith("receipt:"))))
    received = Counter(to for mail in fund.sandbox.mail() for to in mail["to"] if to.startswith("donor"))
    assert sum(states.values()) == GIFTS
    assert set(states) <= {"sent", "sending", "unsure"}
    assert [address for address, times in received.items() if times > 1] == []
    assert states["sent"] <= len(received) <= GIFTS
