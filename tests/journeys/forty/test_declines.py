"""Case 32: somebody tries stolen cards on a campaign's page, which then lets few gifts begin for a while."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.donations.forget_declines import forget_declines
from fund.donations.models import Decline, Slowdown
from fund.donations.rules import SLOW_PER_MINUTE, SPIKE_DECLINES
from fund.kit.clock import utc_now
from fund.payments.models import Alert
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.forms import submit
from tests.journeys.forty.acts import prove
from tests.people import ALICE, add_member, sign_in

pytestmark = [sqlite_only, pytest.mark.case(32)]


@pytest.fixture
def desk(installation: Installation) -> FlaskClient:
    client = installation.app.test_client()
    sign_in(client, installation.database, add_member(installation.database, ALICE))
    return client


def decline(installation: Installation, times: int) -> None:
    """So many cards are tried on one page at Stripe, and none goes through."""
    session_id = installation.give("20", email="")
    for _ in range(times):
        installation.sandbox.pay(session_id, outcome="decline")
    installation.work()


def declines(installation: Installation) -> int:
    with installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(Decline)) or 0


def answers(installation: Installation, times: int) -> list[int]:
    """What so many visitors from as many addresses are answered."""
    return [
        installation.send_form("20", email="", address=f"192.0.2.{number}").status_code
        for number in range(1, times + 1)
    ]


def test_case_32_a_campaign_with_too_many_declines_is_slowed(installation: Installation, desk: FlaskClient) -> None:
    decline(installation, SPIKE_DECLINES - 1)
    assert answers(installation, 8) == [303] * 8
    decline(installation, 1)
    with time_machine.travel(utc_now() + timedelta(minutes=2)):
        assert answers(installation, 8) == [303] * SLOW_PER_MINUTE + [429] * 2
        refused = installation.send_form("20", email="", address="192.0.2.99")
        assert refused.headers["Retry-After"] == "60"
        assert "it takes gifts slowly for a while" in refused.text
        assert 'value="20"' in refused.text
        page = desk.get("/desk/").text
        assert "takes gifts slowly" in page
        assert "1 alert" in page
        assert "reçoit les dons au ralenti depuis" in desk.get("/fr/desk/reconciliation").text
    with time_machine.travel(utc_now() + timedelta(minutes=4)):
        one = [installation.send_form("20", email="", address="192.0.2.1").status_code for _ in range(3)]
        assert one == [303, 303, 429]
    mails = [mail for mail in installation.mail_to("alice@example.org") if "Many cards are being declined" in mail]
    assert len(mails) == 1
    with time_machine.travel(utc_now() + timedelta(minutes=31)):
        assert answers(installation, 8) == [303] * 8
        assert "takes gifts slowly" not in desk.get("/desk/").text
    prove(installation)


def test_case_32_a_form_that_is_sent_again_is_not_held_up(installation: Installation) -> None:
    nonce = installation.nonce()
    first = installation.send_form("20", email="", nonce=nonce)
    decline(installation, SPIKE_DECLINES)
    answers(installation, 8)
    again = installation.send_form("20", email="", nonce=nonce)
    assert again.headers["Location"] == first.headers["Location"]


def test_case_32_it_lasts_while_cards_are_tried_and_is_told_once(installation: Installation) -> None:
    add_member(installation.database, ALICE)
    decline(installation, SPIKE_DECLINES)
    (before,) = slowdowns(installation)
    with time_machine.travel(utc_now() + timedelta(minutes=5)):
        session_id = installation.give("20", email="")
        installation.sandbox.pay(session_id, outcome="decline")
        installation.settle_deliveries()
    installation.work(after=timedelta(minutes=5))
    (after,) = slowdowns(installation)
    assert after.until > before.until + timedelta(minutes=4)
    assert len(installation.mail_to("alice@example.org")) == 1


def test_case_32_the_desk_ends_it_and_only_new_declines_begin_another(
    installation: Installation, desk: FlaskClient
) -> None:
    decline(installation, SPIKE_DECLINES)
    (slowdown,) = slowdowns(installation)
    assert submit(desk, "/desk/", to=f"/desk/slowdowns/{slowdown.id}/end").status_code == 303
    assert "takes gifts slowly" not in desk.get("/desk/").text
    assert answers(installation, 8) == [303] * 8
    decline(installation, 3)
    assert len(slowdowns(installation)) == 1
    assert "end_slowdown" in desk.get("/desk/audit").text


def test_case_32_a_busy_hour_is_no_spike(installation: Installation) -> None:
    """A third as many gifts that settle, and declined cards are ordinary."""
    for _ in range(7):
        session_id = installation.give("20", email="")
        installation.sandbox.pay(session_id)
    installation.work()
    decline(installation, SPIKE_DECLINES + 1)
    assert slowdowns(installation) == []
    decline(installation, 1)
    assert len(slowdowns(installation)) == 1


def test_case_32_a_bank_debit_that_fails_is_no_decline(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="process")
    installation.work()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="fail")
    installation.work()
    assert declines(installation) == 0


def test_case_32_what_was_declined_is_forgotten_after_a_day(installation: Installation) -> None:
    decline(installation, 2)
    assert declines(installation) == 2
    for hours, left in ((23, 2), (25, 0)):
        with installation.database.write() as session:
            forget_declines(session, now=utc_now() + timedelta(hours=hours))
        assert declines(installation) == left


def slowdowns(installation: Installation) -> list[Slowdown]:
    with installation.database.read() as session:
        found = list(session.scalars(select(Slowdown).order_by(Slowdown.id)))
        assert session.query(Alert).where(Alert.key.like("slowdown:%")).count() == len(found)
    return found
