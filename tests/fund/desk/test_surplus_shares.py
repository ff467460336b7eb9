"""Shares of a surplus that a person pays: entered, taken back, entered again, always as the books have it."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from fund.closing.models import SurplusPlan, SurplusShare
from fund.donations.models import Donation, Refund
from fund.kit.clock import utc_now
from fund.ledger.check_ledger import check_ledger
from fund.payments.gateway import GatewayUnavailableError
from fund.reconciliation.reconcile import reconcile
from fund.web.services import Services
from fund.worker import run_surplus as runner
from fund.worker.look_again import ask_again
from tests.factories.campaigns import make_campaign
from tests.factories.closing import close, confirm, give_by_hand, make_plan, work
from tests.factories.donations import give
from tests.factories.entries import book
from tests.factories.weather import fail_refund, look_at
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, submit
from tests.fund.files.pdfs import plain_pdf

pytestmark = sqlite_only

SURPLUS = "/desk/campaigns/1/surplus"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)


@pytest.fixture
def cheque(services: Services) -> str:
    """The gift of 25.00 by cheque, whose share of a run that has ended is to be paid by hand."""
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 10_000)
    gift = give_by_hand(services, campaign_id, 2_500)
    run(services, campaign_id)
    return gift


@pytest.fixture
def refused(services: Services) -> str:
    """The gift of 50.00, whose share Stripe has refused."""
    assert isinstance(services.gateway, FakeGateway)
    campaign_id = make_campaign(services.database)
    gift = give(services, campaign_id, 5_000)
    services.gateway.refuses = {"charge_expired_for_refund"}
    run(services, campaign_id)
    services.gateway.refuses = set()
    return gift


def run(services: Services, campaign_id: int) -> None:
    close(services, campaign_id)
    confirm(services, make_plan(services, campaign_id))
    work(services)


def form_of(services: Services, gift: str) -> str:
    """Where its share is entered as paid."""
    with services.database.read() as session:
        share = session.scalars(select(SurplusShare).where(SurplusShare.donation_id == gift)).one()
        assert session.get_one(SurplusPlan, share.plan_id).state == "finished"
        return f"/desk/surplus/{share.plan_id}/{share.position}/by-hand"


def pay(desk: FlaskClient, form: str, *, times: int = 1) -> set[int]:
    typed = form_to(desk.get(form).text, form).values
    return {desk.post(form, data=typed).status_code for _ in range(times)}


def take_back(desk: FlaskClient, gift: str) -> int:
    """The last payment by hand that stands."""
    standing = re.findall(r'href="(/desk/returns/[^"]+/reverse)"', desk.get(f"/desk/gifts/{gift}").text)
    return submit(desk, standing[-1]).status_code


def prove(services: Services) -> None:
    with services.database.read() as session:
        assert check_ledger(session).problems == []


def test_a_share_whose_payment_is_taken_back_is_to_be_paid_again_at_once(
    desk: FlaskClient, services: Services, cheque: str
) -> None:
    form = form_of(services, cheque)
    assert pay(desk, form) == {303}
    assert "to pay by hand" not in desk.get("/desk/").text
    assert "2 gifts have had their part" in desk.get("/c/four-labels").text
    assert take_back(desk, cheque) == 303
    assert "1 share to pay by hand" in desk.get("/desk/").text
    page = desk.get(SURPLUS).text
    assert "sent, but for what is to be paid by hand" in page
    assert "Ask Stripe again" not in page
    assert "1 gift has had its part" in desk.get("/c/four-labels").text
    assert pay(desk, form, times=2) == {303}
    assert "to pay by hand" not in desk.get("/desk/").text
    assert "2 gifts have had their part" in desk.get("/c/four-labels").text
    with services.database.read() as session:
        assert session.get_one(Donation, cheque).refunded == 2_500
    prove(services)


def test_a_share_whose_payment_is_taken_back_can_be_asked_for_again(
    desk: FlaskClient, services: Services, refused: str
) -> None:
    form = form_of(services, refused)
    assert pay(desk, form) == {303}
    assert "Ask Stripe again" not in desk.get(SURPLUS).text
    assert take_back(desk, refused) == 303
    again = form_to(desk.get(SURPLUS).text, f"{SURPLUS}/again")
    assert desk.post(again.action, data=again.values).status_code == 303
    work(services)
    assert isinstance(services.gateway, FakeGateway)
    assert [one.amount for one in services.gateway.refunds.values()] == [5_000]
    assert "1 gift has had its part" in desk.get("/c/four-labels").text
    prove(services)


def test_a_share_that_is_paid_in_parts_beside_its_refund_is_paid_with_the_last_one(
    desk: FlaskClient, services: Services, refused: str
) -> None:
    with services.database.read() as session:
        path = f"/desk/refunds/{session.scalars(select(Refund.id)).one()}/by-hand"
    for amount, waits in (("20", True), ("30", False)):
        looked = submit(desk, path, method="bank", amount=amount)
        assert desk.post(path, data=form_to(looked.text, path).values).status_code == 303
        assert ("1 share to pay by hand" in desk.get("/desk/").text) is waits
        assert "Ask Stripe again" not in desk.get(SURPLUS).text
    assert "nothing to pay by hand" in desk.get(form_of(services, refused)).text
    assert take_back(desk, refused) == 303
    assert "besides 30.00\u00a0CAD that are to be paid by hand" in desk.get(SURPLUS).text
    assert pay(desk, form_of(services, refused)) == {303}
    assert "1 gift has had its part" in desk.get("/c/four-labels").text
    prove(services)


def test_a_share_that_stripe_answers_with_an_error_says_how_long_that_may_last(
    desk: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "WAITS", ())
    assert isinstance(services.gateway, FakeGateway)
    campaign_id = make_campaign(services.database)
    gift = give(services, campaign_id, 5_000)
    services.gateway.fails = [GatewayUnavailableError("an error of its own")] * 9
    run(services, campaign_id)
    with services.database.read() as session:
        path = f"/desk/surplus/{session.scalars(select(SurplusShare.plan_id).filter_by(donation_id=gift)).one()}"
    assert "for up to a day" not in desk.get(path).text
    with time_machine.travel(utc_now() + timedelta(minutes=20)):
        assert "repeats an error of its own for up to a day; it is asked again every hour" in desk.get(path).text
        assert "pendant un jour au plus" in desk.get(f"/fr{path}").text
    services.gateway.fails = []
    with time_machine.travel(utc_now() + timedelta(hours=2)):
        ask_again(services, utc_now())
    work(services)
    assert "for up to a day" not in desk.get(path).text
    assert "gone back" in desk.get(path).text


def leave_unpaid(desk: FlaskClient, form: str, reason: str = "unreachable") -> TestResponse:
    path = form.replace("by-hand", "unpaid")
    return desk.post(path, data={**form_to(desk.get(form).text, path).values, "reason": reason})


def test_a_share_that_no_way_brings_to_its_donor_is_passed_on(
    desk: FlaskClient, services: Services, cheque: str
) -> None:
    form = form_of(services, cheque)
    for reason in ("", "because"):
        refused = leave_unpaid(desk, form, reason)
        assert refused.status_code == 422
        assert "Say why it could not be paid." in refused.text
    sent = form_to(desk.get(form).text, form.replace("by-hand", "unpaid"))
    for _ in range(2):
        assert desk.post(sent.action, data={**sent.values, "reason": "no_answer"}).status_code == 303
    assert "to pay by hand" not in desk.get("/desk/").text
    page = desk.get(SURPLUS).text
    assert "finished" in page
    assert "Left after that</dt><dd>25.00\u00a0CAD" in page
    assert "Make a plan" not in page
    assert "the donor does not answer" in desk.get(form.rsplit("/", 2)[0]).text
    assert "Could not be paid</dt><dd>25.00" in desk.get("/c/four-labels").text
    given = {"where": "charity", "charity": "Moisson Montréal", "amount": "25"}
    path = f"{SURPLUS}/pass-on"
    proof = (io.BytesIO(plain_pdf("Thank you.")), "Receipt.pdf")
    typed = {**form_to(desk.get(path).text, "").values, **given, "file": proof}
    assert desk.post(path, data=typed).status_code == 303
    late = desk.post(form, data=form_to(desk.get(form).text, form).values)
    assert late.status_code == 409
    assert "This money was passed on or spent since" in late.text
    assert "Nothing is left over." in desk.get(SURPLUS).text
    assert "leave_share_unpaid" in desk.get("/desk/audit").text
    prove(services)


def test_a_donor_who_turns_up_after_all_is_paid_while_the_money_is_there(
    desk: FlaskClient, services: Services, cheque: str
) -> None:
    form = form_of(services, cheque)
    assert leave_unpaid(desk, form, "declined").status_code == 303
    assert "La part reste" not in desk.get(f"/fr{form}").text
    assert "le donateur n’en veut pas" in desk.get(f"/fr{form}").text
    assert pay(desk, form) == {303}
    assert "2 gifts have had their part" in desk.get("/c/four-labels").text
    assert "Nothing is left over." in desk.get(SURPLUS).text
    assert take_back(desk, cheque) == 303
    assert "1 share to pay by hand" in desk.get("/desk/").text
    prove(services)


def test_only_what_failed_is_left_unpaid(desk: FlaskClient, services: Services, cheque: str) -> None:
    form = form_of(services, cheque)
    path = form.replace("by-hand", "unpaid")
    sent = {**form_to(desk.get(form).text, path).values, "reason": "unreachable"}
    assert pay(desk, form) == {303}
    refused = desk.post(path, data=sent)
    assert refused.status_code == 409
    assert "This share did not fail" in refused.text
    assert desk.post(path.replace("/1/", "/9/").replace("/2/", "/9/"), data=sent).status_code == 404


def test_a_share_that_came_back_is_a_debt_until_it_is_left_unpaid(desk: FlaskClient, services: Services) -> None:
    """And it is owed again if the donor turns up, however often; Stripe, asked anew, changes nothing of it."""
    campaign_id = make_campaign(services.database)
    gift = give(services, campaign_id, 5_000)
    run(services, campaign_id)
    fail_refund(services, gift)
    work(services)
    form = form_of(services, gift)
    assert "50.00\u00a0CAD of refunds that failed are owed to donors" in desk.get(SURPLUS).text
    for _ in range(2):
        assert leave_unpaid(desk, form, "no_answer").status_code == 303
        look_at(services, gift)
        work(services)
        assert "Left after that</dt><dd>50.00\u00a0CAD" in desk.get(SURPLUS).text
        assert "nothing is owed any more" in desk.get(f"/desk/gifts/{gift}").text
        assert "could not be paid" in desk.get(form.rsplit("/", 2)[0]).text
        assert reconcile(services.database, services.gateway, cause="test", now=utc_now()).differences == []
        assert pay(desk, form, times=2) == {303}
        look_at(services, gift)
        assert "Nothing is left over." in desk.get(SURPLUS).text
        assert take_back(desk, gift) == 303
        assert "50.00\u00a0CAD is owed to the donor" in desk.get(f"/desk/gifts/{gift}").text
    prove(services)


def test_a_debt_that_was_left_unpaid_and_passed_on_is_not_paid_any_more(desk: FlaskClient, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    gift = give(services, campaign_id, 5_000)
    run(services, campaign_id)
    fail_refund(services, gift)
    work(services)
    form = form_of(services, gift)
    assert leave_unpaid(desk, form).status_code == 303
    book(services.database, {"passed_on:four-labels": 1, "assets:bank:cad": -1}, campaign_id=campaign_id)
    assert desk.post(form, data=form_to(desk.get(form).text, form).values).status_code == 409
    with services.database.read() as session:
        assert session.scalars(select(Refund.owed)).one() == 0
    prove(services)
