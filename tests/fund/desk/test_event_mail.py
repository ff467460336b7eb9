"""Publishing an event with the box that mails it."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.kit.clock import utc_now
from fund.mail.models import Delivery, Mailing
from fund.members.models import Member
from fund.updates.opt_ins import ask_for
from fund.web.services import Services
from tests.factories.campaigns import make_campaign, make_draft
from tests.factories.mailings import write_down
from tests.fixtures.databases import sqlite_only
from tests.forms import forms_of, submit
from tests.people import BOB, add_member

pytestmark = sqlite_only

NEW, EVENT = "/desk/campaigns/1/timeline/new", "/desk/timeline/1"
PUBLISH = f"{EVENT}/publish"


def enter(desk: FlaskClient, *, days_ahead: int = 0) -> None:
    day = date.today() + timedelta(days=days_ahead)  # noqa: DTZ011  a day of the form
    typed = {"kind": "order", "day": str(day), "en_title": "The order", "fr_title": "L’ordonnance"}
    assert submit(desk, NEW, **typed).status_code == 303


def somebody_asked(services: Services, campaign_id: int) -> None:
    bob = add_member(services.database, BOB)
    with services.database.write() as session:
        session.get_one(Member, bob).wants_updates = True
        ask_for(session, BOB.address, (campaign_id, "timeline"), source="the tests", now=utc_now())


def events_mailed(services: Services) -> int:
    """Everybody is written down first."""
    write_down(services)
    with services.database.read() as session:
        mailings = select(Mailing.id).where(Mailing.kind == "timeline")
        return len(session.scalars(select(Delivery).where(Delivery.mailing_id.in_(mailings))).all())


def box_is_ticked(desk: FlaskClient) -> bool:
    (form,) = (form for form in forms_of(desk.get(EVENT).text) if form.action == PUBLISH)
    return "mail_it" in form.values


def test_the_button_pressed_twice_mails_it_once(desk: FlaskClient, services: Services) -> None:
    somebody_asked(services, make_campaign(services.database))
    enter(desk)
    assert "Mail it to whoever asked for each event: 1 address" in desk.get(EVENT).text
    form = next(form for form in forms_of(desk.get(EVENT).text) if form.action == PUBLISH)
    assert [desk.post(PUBLISH, data=form.values).status_code for _ in range(2)] == [303, 303]
    assert "its mails are on their way" in desk.get("/desk/campaigns/1/timeline").text
    assert events_mailed(services) == 1
    page = desk.get(EVENT).text
    assert "there is no second" in page
    assert desk.get("/desk/mail/1").status_code == 200


@pytest.mark.parametrize(("days_ahead", "ticked"), [(-400, False), (-10, True), (60, True)])
def test_the_box_is_ticked_for_what_is_recent_or_ahead(
    desk: FlaskClient, services: Services, days_ahead: int, ticked: bool
) -> None:
    somebody_asked(services, make_campaign(services.database))
    enter(desk, days_ahead=days_ahead)
    assert box_is_ticked(desk) is ticked
    assert submit(desk, EVENT, to=PUBLISH).status_code == 303
    assert events_mailed(services) == int(ticked)


def test_where_nobody_asked_there_is_no_box(desk: FlaskClient, services: Services) -> None:
    make_campaign(services.database)
    enter(desk)
    assert "Nobody has asked for each event by mail yet." in desk.get(EVENT).text
    assert not box_is_ticked(desk)
    assert submit(desk, EVENT, to=PUBLISH, mail_it="1").status_code == 303
    assert events_mailed(services) == 0


def test_withdrawn_before_it_left_it_reaches_nobody(desk: FlaskClient, services: Services) -> None:
    somebody_asked(services, make_campaign(services.database))
    enter(desk)
    submit(desk, EVENT, to=PUBLISH)
    assert submit(desk, EVENT, to=f"{EVENT}/withdraw").status_code == 303
    assert "mails that had not left are stopped" in desk.get("/desk/campaigns/1/timeline").text
    assert events_mailed(services) == 0
    assert not box_is_ticked(desk)


def test_a_refusal_keeps_the_box_as_it_was(desk: FlaskClient, services: Services) -> None:
    somebody_asked(services, make_draft(services.database))
    enter(desk)
    form = next(form for form in forms_of(desk.get(EVENT).text) if form.action == PUBLISH)
    for values, ticked in ((form.values, True), ({**form.values, "mail_it": ""}, False)):
        sent = {name: value for name, value in values.items() if value}
        answer = desk.post(PUBLISH, data=sent)
        assert answer.status_code == 409
        again = next(one for one in forms_of(answer.text) if one.action == PUBLISH)
        assert ("mail_it" in again.values) is ticked
    assert events_mailed(services) == 0
