"""When the nightly comparison finds a difference, the owners are told, once for each set of differences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fund.kit.clock import utc_now
from fund.mail.models import Delivery, MailBody
from fund.web.services import Services
from fund.worker.reconcile import reconcile
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give, start_gift
from tests.factories.facts import txn
from tests.fakes.gateway import FakeGateway
from tests.people import ALICE, BOB, CAROL, add_member

DAY = timedelta(days=1)
NIGHT = utc_now().replace(hour=3, minute=10)


@pytest.fixture(autouse=True)
def _people(services: Services) -> None:
    """Alice and Carol are owners, Carol reads French; Bob is a member."""
    for person in (ALICE, BOB, replace(CAROL, role="owner")):
        add_member(services.database, person)


def night(services: Services, number: int) -> list[tuple[str, str, str]]:
    """Address, subject and text of what the owners are told after one more night."""
    before = len(mails(services))
    reconcile(services, NIGHT + number * DAY, cause="nightly", repair=False)
    return mails(services)[before:]


def mails(services: Services) -> list[tuple[str, str, str]]:
    with services.database.read() as session:
        query = session.query(Delivery, MailBody).join(MailBody, MailBody.id == Delivery.body_id)
        found = query.where(MailBody.message == "books_differ").order_by(Delivery.id).all()
        return [(delivery.address, body.subject, body.text) for delivery, body in found]


def unbooked(gateway: FakeGateway, name: str, amount: int = 1234) -> None:
    gateway.lines.append(txn(name, amount, type="topup"))


def test_each_owner_is_told_in_their_language(services: Services, gateway: FakeGateway) -> None:
    unbooked(gateway, "txn_1")
    english, french = night(services, 0)
    assert english[0] == "alice@example.org"
    assert english[1] == "2 differences between our books and Stripe"
    assert "R1: txn_1 (topup, 1234 CAD) is not booked" in english[2]
    assert "R3: CAD: Stripe's lines say 1234, the books 0, Stripe's balance 1234" in english[2]
    assert "/desk/reconciliation" in english[2]
    assert french[0] == "carol@example.org"
    assert "R1\u00a0: txn_1 (topup, 1234 CAD) n’est pas inscrite aux livres" in french[2]
    assert "/fr/desk/reconciliation" in french[2]


def test_the_same_differences_are_told_once_and_others_again(services: Services, gateway: FakeGateway) -> None:
    assert night(services, 0) == []
    unbooked(gateway, "txn_1")
    assert len(night(services, 1)) == 2
    assert night(services, 2) == []
    assert night(services, 2) == []
    unbooked(gateway, "txn_2")
    assert len(night(services, 3)) == 2
    gateway.lines.clear()
    assert night(services, 4) == []
    unbooked(gateway, "txn_1")
    unbooked(gateway, "txn_2")
    assert len(night(services, 5)) == 2


def test_a_sum_that_moves_every_night_is_not_told_every_night(services: Services, gateway: FakeGateway) -> None:
    campaign = make_campaign(services.database)
    unbooked(gateway, "txn_1")
    assert len(night(services, 0)) == 2
    give(services, campaign, 3000)
    assert night(services, 1) == []


def test_who_asks_at_the_desk_sees_it_there(services: Services, gateway: FakeGateway) -> None:
    unbooked(gateway, "txn_1")
    assert reconcile(services, NIGHT, cause="member:1", repair=False) == 2
    assert mails(services) == []


def test_many_differences_are_named_in_part_and_no_donor_at_all(services: Services, gateway: FakeGateway) -> None:
    campaign = make_campaign(services.database)
    for number in range(30):
        gift = start_gift(services, campaign, 1000 + number, display_name="Charlie", email="charlie@example.net")
        gateway.pay(gateway.session_of(gift).id)
    mail = night(services, 0)[0]
    assert mail[1] == "61 differences between our books and Stripe"
    assert mail[2].count("\n- R") == 20
    assert "and 41 more" in mail[2]
    assert "harlie" not in mail[2]


def test_a_night_that_dies_before_the_mail_is_stored_tells_when_it_runs_again(
    services: Services, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbooked(gateway, "txn_1")

    def die(*_parts: object, **_more: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr("fund.reconciliation.write_of_differences.queue_delivery", die)
        with pytest.raises(RuntimeError):
            night(services, 0)
    assert len(night(services, 0)) == 2
