"""Disputes at the desk: what is due, what is held, what helps to answer, and of secret gifts nobody."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from fund.donations.models import Donation
from fund.kit.clock import utc_now
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation

pytestmark = sqlite_only


def dispute(installation: Installation, gift: Donation, outcome: str = "open", **more: object) -> str:
    made = installation.sandbox.post("/_sandbox/dispute", {"charge": gift.charge_id, "outcome": outcome, **more})
    installation.work()
    return str(made["dispute"])


def test_a_dispute_is_due_on_today_and_its_money_is_held(installation: Installation, treasurer: FlaskClient) -> None:
    gift = installation.gift(installation.pay_and_book())
    id_ = dispute(installation, gift)
    today = treasurer.get("/desk/").text
    assert "Dispute of 62.50\u00a0CAD" in today
    assert "answer due in" in today
    assert f"/desk/disputes/{id_}" in today
    assert "Held in disputes" in treasurer.get("/c/four-labels").text
    assert "disputed" in treasurer.get(f"/desk/gifts/{gift.id}").text
    page = treasurer.get(f"/desk/disputes/{id_}").text
    assert "needs an answer" in page
    assert "the cardholder says they did not give" in page
    refused = treasurer.get(f"/desk/gifts/{gift.id}/refund")
    assert refused.status_code == 409
    assert "A dispute holds this gift" in refused.text


def test_the_evidence_says_what_was_given_and_shown(installation: Installation, treasurer: FlaskClient) -> None:
    gift = installation.gift(installation.pay_and_book())
    id_ = dispute(installation, gift)
    page = treasurer.get(f"/desk/disputes/{id_}").text
    evidence = page.partition('name="evidence"')[2].partition("</textarea>")[0]
    for said in (
        gift.id[:8].upper(),
        "62.50\u00a0CAD",
        str(gift.charge_id),
        "Name given: Charlie",
        "charlie@example.net",
        "Receipt mailed: ",
        "Four labels against one community",
        "What happens to a surplus: It goes back to you.",
    ):
        assert said in evidence, said
    assert "Langue de la page\u00a0: English" in treasurer.get(f"/fr/desk/disputes/{id_}").text


def test_the_evidence_of_a_secret_gift_names_nobody(installation: Installation, treasurer: FlaskClient) -> None:
    session_id = installation.pay_and_book(visibility="secret", display_name="")
    id_ = dispute(installation, installation.gift(session_id))
    page = treasurer.get(f"/desk/disputes/{id_}").text
    assert "Prepare the part about the person at Stripe" in page
    assert "charlie" not in page.lower()


def test_an_inquiry_holds_nothing_and_may_be_refunded(installation: Installation, treasurer: FlaskClient) -> None:
    gift = installation.gift(installation.pay_and_book())
    id_ = dispute(installation, gift, "inquiry")
    page = treasurer.get(f"/desk/disputes/{id_}").text
    assert "Inquiry about 62.50\u00a0CAD" in page
    assert "no money has moved" in page
    assert "Held in disputes" not in treasurer.get("/c/four-labels").text
    assert treasurer.get(f"/desk/gifts/{gift.id}/refund").status_code == 200


@pytest.mark.parametrize(("outcome", "state", "refunded"), [("won", "paid", 0), ("lost", "refunded", 6250)])
def test_a_dispute_that_ended_keeps_its_history(
    installation: Installation, treasurer: FlaskClient, outcome: str, state: str, refunded: int
) -> None:
    gift = installation.gift(installation.pay_and_book())
    id_ = dispute(installation, gift)
    installation.sandbox.post("/_sandbox/dispute", {"dispute": id_, "outcome": outcome})
    installation.work()
    page = treasurer.get(f"/desk/disputes/{id_}").text
    history = page.partition('id="history"')[2].partition('id="evidence"')[0]
    assert history.index("opened by the bank") < history.index("needs an answer") < history.index(outcome)
    rooms = treasurer.get("/desk/disputes").text
    assert "No dispute is open." in rooms
    assert id_ in rooms
    assert "Dispute of" not in treasurer.get("/desk/").text
    assert next(one for one in installation.gifts() if one.id == gift.id).state == state
    assert installation.figures()["refunded"] == refunded


def test_a_deadline_that_has_passed_is_said(installation: Installation, treasurer: FlaskClient) -> None:
    id_ = dispute(installation, installation.gift(installation.pay_and_book()))
    with time_machine.travel(utc_now() + timedelta(days=20)):
        assert "the time to answer has passed" in treasurer.get(f"/desk/disputes/{id_}").text


@pytest.mark.parametrize("id_", ["dp_none", "x" * 300, "%00", "..%2f..%2fetc", "1' OR '1'='1"])
def test_a_dispute_that_is_none_is_not_found(desk: FlaskClient, id_: str) -> None:
    assert desk.get(f"/desk/disputes/{id_}").status_code == 404
