"""The second migration works out what failed refunds still owe, from what an older release has booked."""

import importlib.util
from itertools import count

import pytest
from sqlalchemy import update

from fund.db.session import Database
from fund.donations.models import Donation, Refund
from fund.donations.postings import refund_owed
from fund.ledger.post_entry import post_entry
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.donations import give
from tests.factories.facts import HOUR, NOON
from tests.fixtures.whole_run import ROOT

hours = count()


def debt(services: Services, gift: str, name: str, what: str, amount: int) -> None:
    with services.database.write() as session:
        campaign_id = session.get_one(Donation, gift).campaign_id
        moment = NOON + next(hours) * HOUR
        post_entry(
            session, source=f"refund:{name}:{what}", kind="refund_owed", campaign_id=campaign_id,
            postings=refund_owed(amount, "CAD", slug=SLUG), occurred_at=moment, now=moment,
        )  # fmt: skip


def refund(services: Services, gift: str, name: str, amount: int, state: str = "failed") -> None:
    row = Refund(
        donation_id=gift, stripe_refund_id=name, amount=amount, currency="CAD", state=state, moved=True, origin="desk",
        created_at=NOON,
    )  # fmt: skip
    with services.database.write() as session:
        session.add(row)


def migrate(database: Database) -> None:
    path = ROOT / "fund/migrations/versions/0002_after_first_landing.py"
    spec = importlib.util.spec_from_file_location("second", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with database.write() as session:
        session.execute(update(Refund).values(owed=0))
        module._keep_what_is_owed(session.connection())


@pytest.mark.parametrize(
    ("paid", "owed"), [(0, [1000, 2000]), (600, [400, 2000]), (1000, [0, 2000]), (1500, [0, 1500]), (3000, [0, 0])]
)
def test_later_refunds_paid_the_oldest_debts_first(services: Services, paid: int, owed: list[int]) -> None:
    campaign = make_campaign(services.database)
    gift, other = give(services, campaign), give(services, campaign)
    refund(services, gift, "re_1", 1000)
    refund(services, gift, "re_2", 2000)
    refund(services, gift, "re_3", 3000, "succeeded")
    refund(services, other, "re_4", 500)
    debt(services, gift, "re_1", "owed", 1000)
    debt(services, gift, "re_2", "owed", 2000)
    debt(services, other, "re_4", "owed", 500)
    if paid:
        debt(services, gift, "re_3", "owed_settled", -paid)
    migrate(services.database)
    with services.database.read() as session:
        rows = {row.stripe_refund_id: row.owed for row in session.query(Refund)}
    assert rows == {"re_1": owed[0], "re_2": owed[1], "re_3": 0, "re_4": 500}
