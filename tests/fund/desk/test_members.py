import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.db.session import Database
from fund.mail.models import Delivery
from fund.members.models import Invitation
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE

pytestmark = sqlite_only

INVITE = "/desk/members/invite"


def test_an_invitation_is_listed_until_it_is_withdrawn(desk: FlaskClient, database: Database) -> None:
    assert submit(desk, "/desk/members", to=INVITE, email="charlie@example.net", locale="fr").status_code == 303
    page = desk.get("/desk/members").text
    assert "on its way to charlie@example.net" in page
    assert "on its way" not in desk.get("/desk/members").text
    submit(desk, "/desk/members", to="/desk/invitations/1/withdraw")
    assert "charlie@example.net" not in desk.get("/desk/members").text.split("withdrawn")[-1]
    with database.read() as session:
        assert session.scalars(select(Invitation.withdrawn_at)).one() is not None


@pytest.mark.parametrize(
    ("typed", "status"),
    [("", 422), ("x@", 422), ("a@example.org\r\nBcc: b@example.org", 422), ("x" * 10_000, 422), (ALICE.address, 409)],
)
def test_whom_we_cannot_invite_is_said_at_the_field(
    desk: FlaskClient, database: Database, typed: str, status: int
) -> None:
    answer = submit(desk, "/desk/members", to=INVITE, email=typed)
    assert answer.status_code == status
    assert 'id="f-email-error"' in answer.text
    with database.read() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_a_form_without_its_token_is_refused(desk: FlaskClient, database: Database) -> None:
    assert desk.post(INVITE, data={"email": "charlie@example.net"}).status_code == 400
    with database.read() as session:
        assert session.scalars(select(Invitation)).all() == []
