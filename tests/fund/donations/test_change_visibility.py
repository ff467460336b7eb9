"""How a gift appears after its donor chose again: name, message and the count of donors always agree."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.models import PageVersion
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
from tests.factories.gift_rows import add_gift
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only


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


def page_version(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(PageVersion.version)).one()


def audited(database: Database, action: str) -> list[tuple[dict[str, object], dict[str, object]]]:
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        return [(entry.before, entry.after) for entry in entries]


def test_hidden_keeps_the_name_for_the_team_and_takes_it_off_the_page(
    database: Database, campaign_id: int, gift: str
) -> None:
    version = page_version(database)
    change(database, gift, "hidden", "Charlie Roy")
    after = row(database, gift)
    assert (after.display_name, after.message, after.message_state) == ("Charlie Roy", "Hold on!", "shown")
    donors = shown(database, campaign_id)
    assert (donors.named, donors.more_named, donors.unnamed) == ([], 0, 1)
    assert page_version(database) == version + 1


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

    version = page_version(database)
    assert withdraw()
    assert not withdraw()
    assert (row(database, gift).message, row(database, gift).message_state) == (None, "none")
    assert page_version(database) == version + 1
    assert audited(database, "withdraw_message") == [({"message_state": "shown"}, {"message_state": "none"})]


@sqlite_only
def test_the_desk_decides_on_a_message_and_may_decide_again(database: Database, gift: str) -> None:
    version = page_version(database)
    for show in (True, False, False, True):
        with database.write() as session:
            assert moderate_message(session, donation_id=gift, show=show, actor="member:1", now=utc_now()).id == gift
    assert row(database, gift).message_state == "shown"
    assert page_version(database) == version + 2
    assert [after["message_state"] for _, after in audited(database, "moderate_message")] == [
        "shown", "declined", "shown",
    ]  # fmt: skip


@sqlite_only
def test_the_desk_takes_a_name_off_the_page_and_puts_it_back(database: Database, campaign_id: int, gift: str) -> None:
    other = add_gift(database, campaign_id, "not paid yet", visibility="public", state="pending", paid_at=None)
    version = page_version(database)
    for withhold, named in ((True, 0), (True, 0), (False, 1)):
        for donation_id in (gift, other):
            with database.write() as session:
                withhold_name(session, donation_id=donation_id, withhold=withhold, actor="member:1", now=utc_now())
        donors = shown(database, campaign_id)
        assert (len(donors.named), donors.more_named, donors.unnamed) == (named, 0, 1 - named)
    assert page_version(database) == version + 4
    assert audited(database, "withhold_name") == [
        ({"withheld": before}, {"withheld": not before}) for before in (False, False, True, True)
    ]


@sqlite_only
def test_what_cannot_be_changed_is_refused(database: Database, campaign_id: int, gift: str) -> None:
    add_gift(database, campaign_id, "pending", state="pending", paid_at=None, message="Hi", message_state="held")
    add_gift(database, campaign_id, "silent")
    add_gift(database, campaign_id, "expired", state="expired", paid_at=None)

    def refused(change: Callable[..., object], donation_id: str, **choice: object) -> int:
        with pytest.raises(Refusal) as no, database.write() as session:
            change(session, donation_id=donation_id, now=utc_now(), **choice)
        return no.value.status

    shows: dict[str, object] = {"show": True, "actor": "member:1"}
    statuses = [refused(moderate_message, one, **shows) for one in ("none", "silent", "pending")]
    assert statuses == [404, 404, 409]
    withholds: dict[str, object] = {"withhold": True, "actor": "member:1"}
    assert [refused(withhold_name, one, **withholds) for one in ("none", "silent")] == [404, 404]
    choice: dict[str, object] = {"visibility": "hidden", "display_name": ""}
    assert [refused(change_visibility, one, **choice) for one in ("none", "expired")] == [404, 409]
    assert refused(withdraw_message, "none") == 404
    assert row(database, gift).visibility == "public"
