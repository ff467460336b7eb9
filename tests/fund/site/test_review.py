"""Counsel's page, as counsel meets it: a link in a mail, two buttons, no account."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.campaigns.models import Counsel
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.models import Delivery, MailBody
from fund.updates.models import Review, Update
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, submit
from tests.people import ALICE, add_member, sign_in

pytestmark = sqlite_only
DRAFT = "/desk/updates/1"
WORDS = {"en_title": "The motion", "en_body": "It was *refused*.", "fr_title": "La requête", "fr_body": "Refusée."}


@pytest.fixture
def desk(client: FlaskClient, services: Services) -> FlaskClient:
    """Alice's browser, an open campaign with counsel, and a draft."""
    sign_in(client, services.database, add_member(services.database, ALICE))
    campaign_id = make_campaign(services.database)
    with services.database.write() as session:
        session.add(
            Counsel(
                campaign_id=campaign_id,
                key="a-tremblay",
                name="A. Tremblay",
                email="tremblay@counsel.example",
                from_on=date(2026, 9, 1),
                created_at=utc_now(),
            )
        )
    assert submit(client, f"/desk/campaigns/{campaign_id}/updates/new", **WORDS).status_code == 303
    return client


@pytest.fixture
def counsel(desk: FlaskClient) -> FlaskClient:
    """Counsel's browser: no cookie of ours."""
    return desk.application.test_client()


def link(database: Database) -> str:
    with database.read() as session:
        body = session.scalars(
            select(MailBody)
            .join(Delivery, Delivery.body_id == MailBody.id)
            .where(MailBody.message == "review_request")
            .order_by(MailBody.id.desc())
        ).first()
    assert body is not None
    found = re.search(r"https?://[^/]+(/review/\S+)", body.text)
    assert found
    return found[1]


def send(desk: FlaskClient, database: Database) -> str:
    assert submit(desk, DRAFT, to=f"{DRAFT}/counsel").status_code == 303
    return link(database)


def state(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(Review.state).order_by(Review.id.desc())).first() or ""


def test_from_the_desk_to_counsel_and_to_the_public(
    desk: FlaskClient, counsel: FlaskClient, database: Database
) -> None:
    address = send(desk, database)
    for room in ("/desk/updates", "/desk/"):
        assert "with counsel" in desk.get(room).text
    question = desk.get(f"{DRAFT}/publish").text
    assert "Wait for the answer, or call it back first." in question
    assert "Publish and mail it" not in question
    values = form_to(desk.get(DRAFT).text, "").values
    assert desk.post(f"{DRAFT}/publish", data=values).status_code == 409

    page = counsel.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert 'name="robots" content="noindex"' in page.text
    for words in ("The motion", "<em>refused</em>", "La requête", "Subject:", "May this be published?"):
        assert words in page.text
    assert state(database) == "asked", "reading changes nothing"

    answered = submit(counsel, address, to=address, answer="cleared", comment="Fine.")
    assert answered.status_code == 303
    assert "You cleared this text on" in counsel.get(address).text
    assert submit_again(counsel, address) == 409
    page = desk.get(DRAFT)
    assert "A. Tremblay cleared these words on" in page.text
    assert "Fine." in page.text
    assert submit(desk, f"{DRAFT}/publish").status_code == 303
    assert "You cleared this text on" in counsel.get(address).text


def submit_again(counsel: FlaskClient, address: str) -> int:
    return counsel.post(address, data={"answer": "changes", "comment": "No, wait."}).status_code


def test_a_change_is_asked_for(desk: FlaskClient, counsel: FlaskClient, database: Database) -> None:
    address = send(desk, database)
    empty = counsel.post(address, data={"answer": "changes", "comment": " "})
    assert empty.status_code == 422
    assert "Say what should change." in empty.text
    long = counsel.post(address, data={"answer": "changes", "comment": "y" * 5001})
    assert long.status_code == 422
    assert "y" * 5001 in long.text
    assert counsel.post(address, data={"answer": "perhaps"}).status_code == 422
    assert state(database) == "asked"
    assert counsel.post(address, data={"answer": "changes", "comment": "<b>Leave</b> it out"}).status_code == 303
    page = desk.get(DRAFT).text
    assert "asked for a change" in page
    assert "&lt;b&gt;Leave&lt;/b&gt; it out" in page
    assert "counsel asks for a change" in desk.get("/desk/updates").text
    assert submit(desk, DRAFT, en_body="It was refused, and no name is given.").status_code == 303
    second = send(desk, database)
    assert second != address
    assert submit(counsel, second, to=second, answer="cleared").status_code == 303


def test_called_back(desk: FlaskClient, counsel: FlaskClient, database: Database) -> None:
    address = send(desk, database)
    typed = submit(desk, DRAFT, en_body="Changed behind counsel's back.")
    assert typed.status_code == 409
    assert "Changed behind counsel&#39;s back." in typed.text
    assert submit(desk, DRAFT, to=f"{DRAFT}/call-back").status_code == 303
    for answer in (counsel.get(address), counsel.post(address, data={"answer": "cleared"})):
        assert answer.status_code == 410
        assert "The motion" not in answer.text
    with database.read() as session:
        assert session.get_one(Update, 1).needs_counsel


def test_other_sites_and_broken_links(desk: FlaskClient, counsel: FlaskClient, database: Database) -> None:
    address = send(desk, database)
    foreign = counsel.post(address, data={"answer": "cleared"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    for bad in (address[:-3], f"{address}x", "/review/", "/review/%00"):
        assert counsel.get(bad).status_code == 404
    assert state(database) == "asked"


def test_in_french(desk: FlaskClient, counsel: FlaskClient, database: Database) -> None:
    address = send(desk, database)
    assert "Ceci peut-il être publié" in counsel.get(f"/fr{address}").text
    assert "chez l’avocat" in desk.get("/fr/desk/updates").text
