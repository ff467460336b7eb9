from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from config import Settings, load_settings
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.members.models import Registration
from fund.members.queries import member_by_address
from fund.updates.opt_outs import add_opt_outs, opt_outs
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import settings_environ
from tests.forms import submit
from tests.fund.site.mailbox import link_in, mails_to
from tests.people import BOB, CHARLIE, PASSWORD, add_member

pytestmark = sqlite_only

TYPED = {"email": CHARLIE.address, "name": "Charlie", "password": PASSWORD}


@pytest.fixture
def registration() -> str:
    """Parametrise it for another setting."""
    return "open"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, registration: str) -> Settings:
    return load_settings(settings_environ(database_url, tmp_path, REGISTRATION=registration))


def ask(client: FlaskClient, **typed: str) -> None:
    answer = submit(client, "/register", to="/register", **{**TYPED, **typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/register?sent=1")


def newest_link(database: Database) -> str:
    return link_in(mails_to(database, CHARLIE.address)[-1][1], "/register/")


def test_from_the_form_to_the_account(client: FlaskClient, database: Database) -> None:
    page = client.get("/register")
    assert "checked" not in page.text.split('name="updates"')[1].split(">")[0]
    assert "Set-Cookie" not in page.headers
    ask(client, updates="1", locale="fr")
    with database.write() as session:
        add_opt_outs(session, CHARLIE.address, [(0, "updates")], now=utc_now())
    link = newest_link(database)
    assert link.startswith("/fr/register/")
    for _ in range(2):
        assert "Charlie" in client.get(link).text
    with database.read() as session:
        assert member_by_address(session, CHARLIE.address) is None
    assert client.post(link).status_code == 303
    assert CHARLIE.address in client.get("/account").text
    with database.read() as session:
        member = member_by_address(session, CHARLIE.address)
        assert opt_outs(session, CHARLIE.address) == set()
    assert member is not None
    assert (member.wants_updates, member.locale, member.consent_source) == (True, "fr", "choisi à l’inscription")
    assert member.consent_at is not None
    assert client.post(link).status_code == 410
    assert client.post("/login", data={"email": CHARLIE.address, "password": PASSWORD}).status_code == 303


def test_who_did_not_ask_for_updates_has_agreed_to_nothing(client: FlaskClient, database: Database) -> None:
    ask(client)
    assert client.post(newest_link(database)).status_code == 303
    with database.read() as session:
        member = member_by_address(session, CHARLIE.address)
    assert member is not None
    assert (member.wants_updates, member.consent_source, member.consent_at) == (False, "", None)


def test_a_known_address_gets_another_mail_and_the_same_answer(client: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    ask(client, email=f" {BOB.address.upper()} ")
    ask(client)
    assert [kind for kind, _ in mails_to(database, BOB.address)] == ["already_member"]
    assert [kind for kind, _ in mails_to(database, CHARLIE.address)] == ["confirm_registration"]
    assert client.post("/login", data={"email": BOB.address, "password": PASSWORD}).status_code == 303


def test_nobody_confirms_what_another_typed_before(client: FlaskClient, database: Database) -> None:
    ask(client, name="Mallory", password="a password of hers")
    first = newest_link(database)
    ask(client)
    assert client.post(first).status_code == 410
    assert client.post(newest_link(database)).status_code == 303
    assert "Charlie" in client.get("/account").text


def test_at_most_five_mails_an_hour_go_to_one_address(client: FlaskClient, database: Database) -> None:
    for _ in range(7):
        ask(client)
    assert len(mails_to(database, CHARLIE.address)) == 5


def test_a_link_lapses_and_a_forged_one_is_none(client: FlaskClient, database: Database) -> None:
    ask(client)
    with database.write() as session:
        session.execute(update(Registration).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert client.post(newest_link(database)).status_code == 410
    for token in ("x", "1", "é", "a" * 3000):
        assert client.get(f"/register/{token}").status_code == 404


def test_what_is_wrong_is_said_at_once_and_kept(client: FlaskClient, database: Database) -> None:
    answer = submit(
        client, "/register", to="/register", email="a@x.example\r\nBcc: b@x.example", name="\u202e", password="short"
    )
    assert answer.status_code == 422
    for field in ("email", "name", "password"):
        assert f'id="f-{field}-error"' in answer.text
    assert mails_to(database, "a@x.example") == []
    again = submit(
        client, "/register", to="/register", email=CHARLIE.address, name="<b>", password="short", updates="1"
    )
    assert 'value="&lt;b&gt;"' in again.text
    assert "short" not in again.text
    assert "checked" in again.text.split('name="updates"')[1].split(">")[0]


def test_another_sites_form_and_a_storm_are_refused(app: Flask, client: FlaskClient, database: Database) -> None:
    assert client.post("/register", data=TYPED, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    statuses = []
    for number in range(12):
        visitor = app.test_client()
        visitor.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        statuses.append(visitor.post("/register", data=TYPED).status_code)
    assert statuses == [303] * 10 + [429] * 2
    assert len(mails_to(database, CHARLIE.address)) == 5


@pytest.mark.parametrize("registration", ["invitation", "off"])
def test_where_it_is_not_open_there_is_no_form(client: FlaskClient, database: Database) -> None:
    for path in ("/register", "/register/x"):
        assert client.get(path).status_code == 404
        assert client.post(path, data=TYPED).status_code == 404
    assert "/register" not in client.get("/login").text
    assert mails_to(database, CHARLIE.address) == []


def test_the_login_page_leads_there_when_it_is_open(client: FlaskClient) -> None:
    assert 'href="/register"' in client.get("/login").text
