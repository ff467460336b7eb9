"""Mailings at the desk: how far they are, stopping them, the warm-up, and what a person must look at."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.models import MailBody, Mailing, MailPace
from fund.mail.sender import Sender
from fund.mail.transport import InDoubtError
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.fund.mail.postroom import Postroom

pytestmark = sqlite_only

FRENCH = {"message": "update", "locale": "fr", "subject": "La réponse est déposée", "text": "", "html": ""}


@pytest.fixture
def postroom(database: Database) -> Postroom:
    sender = Sender("Le Carrefour", "fund@carrefour.example", "1200, rue Sainte-Élisabeth", "https://fund.example")
    return Postroom(database, sender, utc_now())


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_without_mailings_it_says_so(desk: FlaskClient) -> None:
    page = desk.get("/desk/mail").text
    assert "No mailing is on its way." in page
    assert "Past mailings" not in page


def test_a_mailing_is_paused_goes_on_and_is_cancelled(
    desk: FlaskClient, postroom: Postroom, transport: FakeTransport
) -> None:
    mailing = postroom.mailing(["bob", "carol"])
    path = f"/desk/mail/{mailing}"
    assert f'href="{path}"' in desk.get("/desk/mail").text
    assert "0 of 2" in desk.get(path).text
    assert submit(desk, path, to=f"{path}/pause").status_code == 303
    assert "nothing more leaves" in desk.get(path).text
    assert "somebody paused it" in desk.get("/desk/").text
    assert postroom.send(transport) == 0
    assert submit(desk, path, to=f"{path}/resume").status_code == 303
    postroom.now = utc_now()
    refused = submit(desk, path, to=f"{path}/cancel")
    assert refused.status_code == 422
    assert refused.text.count("Tick the box") == 2, "above, and beside the box"
    assert 'aria-describedby="f-sure-error"' in refused.text
    assert submit(desk, path, to=f"{path}/cancel", sure="1").status_code == 303
    assert postroom.send(transport) == 0
    assert transport.sent == []
    assert set(postroom.states().values()) == {"cancelled"}
    assert "Past mailings" in desk.get("/desk/mail").text
    assert actions(postroom.database)[-3:] == ["pause_mailing", "resume_mailing", "cancel_mailing"]


def test_mailings_are_told_apart_by_the_subject_of_their_mails(desk: FlaskClient, postroom: Postroom) -> None:
    mailing = postroom.mailing(["bob"])
    with postroom.database.write() as session:
        session.scalars(select(MailBody)).one().subject = "The answer is filed"
        session.add(MailBody(mailing_id=mailing, **FRENCH, created_at=postroom.now))
    for path in ("/desk/mail", f"/desk/mail/{mailing}"):
        assert "The answer is filed" in desk.get(path).text
        assert "La réponse est déposée" not in desk.get(path).text
        assert "La réponse est déposée" in desk.get(f"/fr{path}").text


def test_what_is_over_cannot_be_steered(desk: FlaskClient, postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(["bob"])
    path = f"/desk/mail/{mailing}"
    token = {"csrf_token": desk.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]}
    postroom.send(transport)
    for act in ("pause", "resume"):
        assert desk.post(f"{path}/{act}", data=token).status_code == 409
    assert desk.post(f"{path}/cancel", data={**token, "sure": "1"}).status_code == 409
    assert desk.post(f"{path}/burn", data=token).status_code == 404
    assert desk.get("/desk/mail/99999999999").status_code == 404


def test_figures_say_how_fast_and_when_it_ends(desk: FlaskClient, postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing([f"m{n}" for n in range(30)], batch=10)
    with postroom.database.write() as session:
        pace = session.get_one(MailPace, 1)
        pace.first_day, pace.warm_since = 20, utc_now()
    postroom.send(transport)
    page = desk.get(f"/desk/mail/{mailing}").text
    assert "20 of 30" in page
    assert "messages a minute now" in page
    assert "It will be done about" in page
    assert "20 of 20 messages to many have left today" in desk.get("/desk/mail").text


def test_an_unsure_mail_is_judged_by_a_person(desk: FlaskClient, postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(["bob", "carol"])
    transport.answers.extend([InDoubtError(), InDoubtError()])
    postroom.send(transport)
    transport.sent.clear()
    path = f"/desk/mail/{mailing}"
    assert "bob@bob.example" in desk.get(path).text
    assert "2 mails unsure" in desk.get("/desk/").text
    bob, carol = (f"/desk/mail/deliveries/{postroom.delivery(name).id}" for name in ("bob", "carol"))
    assert submit(desk, path, to=bob, verdict="sent").status_code == 303
    assert submit(desk, path, to=carol, verdict="maybe").status_code == 422
    assert submit(desk, path, to=carol, verdict="again").status_code == 303
    postroom.now = utc_now()
    postroom.send(transport)
    assert [one.recipient for one in transport.sent] == ["carol@carol.example"]
    assert postroom.states() == {"bob": "sent", "carol": "sent"}
    assert postroom.state(mailing) == "done"


@pytest.mark.parametrize(("typed", "status"), [("500", 303), ("0", 303), ("-1", 422), ("x", 422), ("9" * 40, 422)])
def test_the_warm_up_is_a_whole_number(desk: FlaskClient, database: Database, typed: str, status: int) -> None:
    answer = submit(desk, "/desk/mail", to="/desk/mail/warm-up", first_day=typed)
    assert answer.status_code == status
    with database.read() as session:
        kept = session.get_one(MailPace, 1).first_day
    if status == 303:
        assert kept == int(typed)
    else:
        assert (kept, f'value="{typed}"' in answer.text) == (0, True)


def test_a_stopped_mailing_waits_on_today(desk: FlaskClient, postroom: Postroom) -> None:
    mailing = postroom.mailing(["bob"])
    with postroom.database.write() as session:
        row = session.get_one(Mailing, mailing)
        row.state, row.paused_from, row.pause_reason, row.complaints = "paused", "sending", "complaints", 3
    assert "3 complaints" in desk.get("/desk/").text
    assert "3 readers marked it as spam" in desk.get(f"/desk/mail/{mailing}").text
    assert "3 lecteurs" in desk.get(f"/fr/desk/mail/{mailing}").text
