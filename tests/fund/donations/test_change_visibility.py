"""How a gift appears after its donor chose again: name, message and the count of donors always agree."""

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.donations.change_visibility import change_visibility
from fund.donations.models import Donation, MonthlyGift
from fund.donations.moderate_message import moderate_message
from fund.donations.queries import ShownDonors, shown_donors
from fund.donations.withdraw_message import withdraw_message
from fund.donations.withhold_name import withhold_name
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import settle, start_gift
from tests.fakes.gateway import FakeGateway


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


@pytest.fixture
def gift(services: Services, gateway: FakeGateway, campaign_id: int) -> str:
    donation_id = start_gift(services, campaign_id, display_name="Charlie Roy", message="Hold on!")
    gateway.pay(gateway.session_of(donation_id).id)
    settle(services, donation_id)
    with services.database.write() as session:
        moderate_message(session, donation_id=donation_id, show=True, actor="member:1", now=utc_now())
    return donation_id


def change(database: Database, donation_id: str, visibility: str, name: str = "") -> None:
    with database.write() as session:
        change_visibility(session, donation_id=donation_id, visibility=visibility, display_name=name, now=utc_now())


def row(database: Database, donation_id: str) -> Donation:
    with database.read() as session:
        return session.get_one(Donation, donation_id)


def shown(database: Database, campaign_id: int) -> ShownDonors:
    with database.read() as session:
        return shown_donors(session, campaign_id)


def test_hidden_keeps_the_name_for_the_team_and_takes_it_off_the_page(
    database: Database, campaign_id: int, gift: str
) -> None:
    change(database, gift, "hidden", "Charlie Roy")
    after = row(database, gift)
    assert (after.display_name, after.message, after.message_state) == ("Charlie Roy", "Hold on!", "shown")
    donors = shown(database, campaign_id)
    assert (donors.named, donors.more_named, donors.unnamed) == ([], 0, 1)


def test_secret_erases_name_and_message(database: Database, campaign_id: int, gift: str) -> None:
    change(database, gift, "secret", "Charlie Roy")
    after = row(database, gift)
    assert (after.display_name, after.message, after.message_state) == (None, None, "none")
    assert shown(database, campaign_id).unnamed == 1


def test_from_secret_to_public_needs_a_name(database: Database, campaign_id: int, gift: str) -> None:
    change(database, gift, "secret")
    with pytest.raises(Refusal) as refused:
        change(database, gift, "public", " \u202e ")
    assert refused.value.field == "display_name"
    assert row(database, gift).visibility == "secret"
    change(database, gift, "public", "Charlie")
    assert [donor.name for donor in shown(database, campaign_id).named] == ["Charlie"]
    assert shown(database, campaign_id).unnamed == 0


def test_a_name_that_the_desk_took_off_stays_off(database: Database, campaign_id: int, gift: str) -> None:
    with database.write() as session:
        withhold_name(session, donation_id=gift, withhold=True, actor="member:1", now=utc_now())
    change(database, gift, "hidden")
    change(database, gift, "public", "Worse")
    donors = shown(database, campaign_id)
    assert (donors.named, donors.more_named, donors.unnamed) == ([], 0, 1)


def test_an_offline_gift_cannot_become_secret(database: Database, gift: str) -> None:
    with database.write() as session:
        session.get_one(Donation, gift).kind = "offline"
    with pytest.raises(Refusal, match="seen who gave"):
        change(database, gift, "secret")


@pytest.mark.parametrize("visibility", ["", "everybody", "PUBLIC", "hidden\x00"])
def test_what_is_no_choice_is_refused(database: Database, gift: str, visibility: str) -> None:
    with pytest.raises(Refusal) as refused:
        change(database, gift, visibility, "Charlie")
    assert refused.value.field == "visibility"
    assert row(database, gift).visibility == "public"


def test_of_a_monthly_gift_all_payments_change(
    services: Services, database: Database, campaign_id: int, gift: str
) -> None:
    other = start_gift(services, campaign_id, display_name="Charlie Roy")
    with database.write() as session:
        session.add(
            MonthlyGift(
                id="m",
                campaign_id=campaign_id,
                subscription_id="sub_1",
                customer_id="cus_1",
                status="active",
                amount=6250,
                currency="CAD",
                started_at=utc_now(),
            )
        )
        session.flush()
        for donation_id in (gift, other):
            session.get_one(Donation, donation_id).monthly_gift_id = "m"
    change(database, other, "hidden", "Charlie")
    assert [row(database, one).visibility for one in (gift, other)] == ["hidden", "hidden"]
    donors = shown(database, campaign_id)
    assert (donors.named, donors.more_named, donors.unnamed) == ([], 0, 1)


def test_the_audit_log_says_so_and_names_nobody(database: Database, gift: str) -> None:
    change(database, gift, "secret")
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "change_visibility")).one()
        assert (entry.actor, entry.before, entry.after) == (
            "donor", {"visibility": "public"}, {"visibility": "secret"}
        )  # fmt: skip


def test_a_message_is_erased_once(database: Database, gift: str) -> None:
    def withdraw() -> bool:
        with database.write() as session:
            return withdraw_message(session, donation_id=gift, now=utc_now())

    assert withdraw()
    assert not withdraw()
    assert (row(database, gift).message, row(database, gift).message_state) == (None, "none")
