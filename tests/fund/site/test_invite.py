from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from fund.kit.clock import utc_now
from fund.members.imported_link import imported_token
from fund.members.invite_member import invite_member
from fund.members.models import Member
from fund.members.queries import member_by_address
from fund.web.services import Services
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE, CAROL, CHARLIE, PASSWORD, add_member

pytestmark = sqlite_only


@pytest.fixture
def link(services: Services) -> str:
    """The path in the mail that Charlie got."""
    alice = add_member(services.database, ALICE)
    with services.database.write() as session:
        made = invite_member(
            session,
            services.queue,
            services.sender,
            services.signer,
            services.addresses,
            address=CHARLIE.address,
            locale="en",
            invited_by=alice,
            now=utc_now(),
        )
    return f"/invite/{services.signer.sign('invitation', made.id)}"


def is_member(services: Services) -> bool:
    with services.database.read() as session:
        return member_by_address(session, CHARLIE.address) is not None


def test_the_link_makes_a_member_who_is_signed_in(client: FlaskClient, services: Services, link: str) -> None:
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert not is_member(services)
    answer = submit(client, link, name="Charlie", password=PASSWORD)
    assert answer.headers["Location"] == "/account"
    assert CHARLIE.address in client.get("/account").text
    again = client.get(link)
    assert again.status_code == 410
    assert "used already" in again.text


def test_everything_wrong_is_said_at_once_and_the_name_is_kept(
    client: FlaskClient, services: Services, link: str
) -> None:
    answer = submit(client, link, name="", password="short")
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.text
    assert 'id="f-password-error"' in answer.text
    answer = submit(client, link, name="Charlie <b>", password="charlie@example.net")
    assert 'value="Charlie &lt;b&gt;"' in answer.text
    assert not is_member(services)


@pytest.mark.parametrize("wanted", [True, False])
def test_consent_is_as_ticked(client: FlaskClient, services: Services, link: str, wanted: bool) -> None:
    client.get(link)
    ticked = {"updates": "1"} if wanted else {}
    client.post(link, data={"name": "Charlie", "password": PASSWORD, **ticked})
    with services.database.read() as session:
        member = member_by_address(session, CHARLIE.address)
    assert member is not None
    assert (member.wants_updates, bool(member.consent_source)) == (wanted, wanted)


@pytest.mark.parametrize("token", ["x", "1", "%00", "é" * 300])
def test_a_broken_link_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.get(f"/invite/{token}").status_code == 404
    assert client.post(f"/invite/{token}", data={"name": "x", "password": PASSWORD}).status_code == 404


def test_another_sites_form_is_refused(client: FlaskClient, services: Services, link: str) -> None:
    answer = client.post(link, data={"name": "Charlie", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not is_member(services)


def test_somebody_of_a_list_who_agrees_again_or_not_agreed_once(client: FlaskClient, services: Services) -> None:
    """Where they said yes first stays noted."""
    for person, ticked in ((CHARLIE, {"updates": "1"}), (CAROL, {})):
        member_id = add_member(services.database, person)
        with services.database.write() as session:
            session.get_one(Member, member_id).password_hash = ""
        path = f"/invite/{imported_token(services.signer, member_id)}"
        answer = client.post(path, data={"name": "C", "password": PASSWORD, **ticked})
        assert answer.status_code == 303
        with services.database.read() as session:
            member = session.get_one(Member, member_id)
        assert (member.wants_updates, member.consent_source) == (bool(ticked), "the tests")
        client.delete_cookie("session")


def test_somebody_of_a_list_chooses_a_password_once(client: FlaskClient, services: Services) -> None:
    member_id = add_member(services.database, CHARLIE)
    with services.database.write() as session:
        member = session.get_one(Member, member_id)
        member.password_hash, member.wants_updates = "", False
    path = f"/invite/{imported_token(services.signer, member_id)}"
    page = client.get(path).text
    assert 'value="Charlie Roy"' in page
    assert "checked" not in page.split('name="updates"')[1].split(">")[0]
    assert 'id="f-password-error"' in submit(client, path, password="short").text
    assert submit(client, path, password=PASSWORD, updates="1").headers["Location"] == "/account"
    with services.database.read() as session:
        member = session.get_one(Member, member_id)
    assert (member.wants_updates, member.consent_source) == (True, "chosen when accepting the invitation")
    assert client.get(path).status_code == 410
    with time_machine.travel(utc_now() + timedelta(days=31)):
        assert client.get(path).status_code == 410
