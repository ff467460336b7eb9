"""The mails of a gift's life: to whom they go, how often, and what they say of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.campaigns.models import FeeSchedule, SurplusPolicy
from fund.db.session import Database
from fund.donations.models import Donation
from fund.donations.write_to_donor import (
    write_of_hand_return,
    write_of_monthly_gift,
    write_of_refund,
    write_to_donor,
)
from fund.mail.models import Delivery, MailBody
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.gift_rows import NOON, add_gift, add_hand_return, add_monthly_gift, add_refund
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


@pytest.fixture
def gift(database: Database, campaign_id: int) -> str:
    with database.write() as session:
        policy_id = session.scalars(select(SurplusPolicy.id)).one()
        schedule_id = session.scalars(select(FeeSchedule.id)).one()
    terms = {"surplus_policy_id": policy_id, "fee_schedule_id": schedule_id}
    return add_gift(
        database, campaign_id, "5ee14a3c-gift", email="charlie@example.net", checkout_session_id="cs_1", **terms
    )


def write(services: Services, about: Callable[..., bool] = write_to_donor, **what: object) -> bool:
    sent_by = (services.queue, services.sender, services.addresses, services.signer)
    with services.database.write() as session:
        return about(session, *sent_by, now=NOON, **what)


def mails(services: Services) -> list[str]:
    """Oldest first; all of them to the one donor who gave an address."""
    with services.database.read() as session:
        sent = session.execute(select(Delivery.address, MailBody.text).join(MailBody).order_by(Delivery.id)).all()
    assert {address for address, _ in sent} <= {"charlie@example.net"}
    return [text for _, text in sent]


def change(services: Services, donation_id: str, **values: object) -> None:
    with services.database.write() as session:
        for name, value in values.items():
            setattr(session.get_one(Donation, donation_id), name, value)


def test_a_receipt_goes_out_once_and_names_the_terms(services: Services, campaign_id: int, gift: str) -> None:
    add_gift(services.database, campaign_id, "another of theirs", email="charlie@example.net")
    assert write(services, donation_id=gift, message="receipt")
    assert not write(services, donation_id=gift, message="receipt")
    assert write(services, donation_id=gift, message="receipt", key="again")
    assert write(services, donation_id="another of theirs", message="receipt")
    text = mails(services)[0]
    for words in (
        "100.00\xa0CAD", "Four labels against one community", "5 October 2026", "5EE14A3C", "Hidden from the public",
        "It goes back to you.",
        "fee schedule of 1 October 2026, version 1; rule on a surplus of 1 October 2026, version 1",
    ):  # fmt: skip
        assert words in text
    for words in ("Of this, for the fee", "Your message", "every month", "monthly gift", "5EE14A3C-"):
        assert words not in text


def test_a_gift_from_before_the_terms_were_kept_has_a_receipt_without_them(services: Services, gift: str) -> None:
    change(services, gift, surplus_policy_id=None, fee_schedule_id=None, fee_covered=321, paid_at=None)
    assert write(services, donation_id=gift, message="receipt")
    (text,) = mails(services)
    assert "If money is left over" not in text
    assert "3.21\xa0CAD" in text
    assert "5 October 2026" in text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "checkout", "checkout_session_id": None}, "Thank you. Your gift has arrived."),
        ({"kind": "monthly"}, "This gift comes every month."),
        ({"kind": "monthly", "checkout_session_id": None}, "Your monthly gift has arrived."),
    ],
)
def test_the_first_payment_of_a_monthly_gift_says_so_and_the_later_ones_are_short(
    services: Services, gift: str, values: dict[str, object], words: str
) -> None:
    change(services, gift, **values)
    assert write(services, donation_id=gift, message="receipt")
    (text,) = mails(services)
    said = ("Thank you. Your gift has arrived.", "This gift comes every month.", "Your monthly gift has arrived.")
    assert words in text
    assert ("comes every month" in text, "Your monthly gift" in text) == (words == said[1], words == said[2])


def test_without_an_address_nobody_is_written_to(services: Services, gift: str) -> None:
    change(services, gift, email=None)
    assert not write(services, donation_id=gift, message="receipt")
    assert mails(services) == []


@pytest.mark.parametrize(
    ("refunded", "origin", "words"),
    [
        (9_999, "desk", "Part of your gift is on its way back"),
        (10_000, "desk", "Your gift is on its way back"),
        (10_000, "close", "Your part of what was left over"),
    ],
)
def test_a_refund_is_told_once_as_what_it_is(
    services: Services, gift: str, refunded: int, origin: str, words: str
) -> None:
    refund = add_refund(services.database, gift, "refund", origin=origin)
    change(services, gift, refunded=refunded)
    assert write(services, write_of_refund, refund_id=refund)
    assert not write(services, write_of_refund, refund_id=refund)
    (text,) = mails(services)
    assert words in text
    assert "10.00\xa0CAD" in text


def test_what_was_paid_by_hand_is_told_once(services: Services, gift: str) -> None:
    refund = add_refund(services.database, gift, "refund", state="refused")
    add_hand_return(services.database, gift, refund, "paid", method="cheque")
    assert write(services, write_of_hand_return, hand_return_id="paid")
    assert not write(services, write_of_hand_return, hand_return_id="paid")
    (text,) = mails(services)
    assert ("5.00\xa0CAD" in text, "by cheque" in text, "5 October 2026" in text) == (True, True, True)


def test_a_monthly_gift_that_fails_is_told_to_whoever_began_it(services: Services, campaign_id: int, gift: str) -> None:
    add_monthly_gift(services.database, campaign_id, "m")
    assert not write(services, write_of_monthly_gift, monthly_gift_id="m")
    later = NOON + timedelta(days=30)
    add_gift(services.database, campaign_id, "later", monthly_gift_id="m", created_at=later, email="new@example.org")
    change(services, gift, monthly_gift_id="m")
    assert write(services, write_of_monthly_gift, monthly_gift_id="m")
    assert not write(services, write_of_monthly_gift, monthly_gift_id="m")
    (text,) = mails(services)
    assert "20.00\xa0CAD" in text
