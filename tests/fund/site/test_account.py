import pytest
from flask import Flask
from flask.testing import FlaskClient

from fund.db.session import Database
from fund.members.models import Member
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE, BOB, PASSWORD, add_member, sign_in

pytestmark = sqlite_only

NEW_PASSWORD = "quite another password"


@pytest.fixture
def bob(database: Database) -> int:
    return add_member(database, BOB)


@pytest.fixture
def browser(client: FlaskClient, database: Database, bob: int) -> FlaskClient:
    """Bob's, signed in."""
    sign_in(client, database, bob)
    return client


def member(database: Database, member_id: int) -> Member:
    with database.read() as session:
        return session.get_one(Member, member_id)


def test_name_and_language_are_the_members_to_change(browser: FlaskClient, database: Database, bob: int) -> None:
    assert submit(browser, "/account", to="/account/profile", name=" Bobby  L. ", locale="fr").status_code == 303
    assert (member(database, bob).name, member(database, bob).locale) == ("Bobby L.", "fr")


@pytest.mark.parametrize("name", ["", "\u202e", "x" * 81, "x" * 10_000])
def test_a_name_that_is_none_is_refused_and_kept_in_the_form(
    browser: FlaskClient, database: Database, bob: int, name: str
) -> None:
    answer = submit(browser, "/account", to="/account/profile", name=name)
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.text
    assert member(database, bob).name == BOB.name


def test_updates_by_mail_can_be_ended_and_asked_for_again(browser: FlaskClient, database: Database, bob: int) -> None:
    page = browser.get("/account").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post("/account/updates", data={"csrf_token": token, "updates": "1"})
    assert member(database, bob).consent_source == "the tests", "what was so before is no new consent"
    browser.post("/account/updates", data={"csrf_token": token})
    assert member(database, bob).wants_updates is False
    assert member(database, bob).consent_source == "the tests"
    browser.post("/account/updates", data={"csrf_token": token, "updates": "1"})
    assert member(database, bob).wants_updates is True
    assert member(database, bob).consent_source == "set on the account page"


def test_a_new_password_signs_the_other_browsers_out(
    browser: FlaskClient, app: Flask, database: Database, bob: int
) -> None:
    other = app.test_client()
    sign_in(other, database, bob)
    submit(browser, "/account", to="/account/password", current_password=PASSWORD, password=NEW_PASSWORD)
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    fresh = app.test_client()
    assert fresh.post("/login", data={"email": BOB.address, "password": PASSWORD}).status_code == 422
    assert fresh.post("/login", data={"email": BOB.address, "password": NEW_PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("now", "then", "field"),
    [("wrong", NEW_PASSWORD, "current_password"), (PASSWORD, "short", "password"), (PASSWORD, BOB.address, "password")],
)
def test_a_password_that_does_not_do_is_refused_at_its_field(
    browser: FlaskClient, app: Flask, now: str, then: str, field: str
) -> None:
    answer = submit(browser, "/account", to="/account/password", current_password=now, password=then)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert app.test_client().post("/login", data={"email": BOB.address, "password": PASSWORD}).status_code == 303


def test_an_unattended_browser_cannot_guess_the_password(browser: FlaskClient) -> None:
    tries = [
        submit(browser, "/account", to="/account/password", current_password="wrong", password=NEW_PASSWORD).status_code
        for _ in range(11)
    ]
    assert tries == [422] * 10 + [429]


def test_a_lost_browser_can_be_signed_out_from_another(
    browser: FlaskClient, app: Flask, database: Database, bob: int
) -> None:
    lost, third = app.test_client(), app.test_client()
    for one in (lost, third):
        sign_in(one, database, bob)
    submit(browser, "/account", to="/account/sessions/2/end")
    assert [one.get("/account").status_code for one in (browser, lost, third)] == [200, 303, 200]
    submit(browser, "/account", to="/account/sessions/end")
    assert [one.get("/account").status_code for one in (browser, third)] == [200, 303]


def test_nobody_ends_somebody_elses_session(browser: FlaskClient, app: Flask, database: Database) -> None:
    alices = app.test_client()
    sign_in(alices, database, add_member(database, ALICE))
    token = browser.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post("/account/sessions/2/end", data={"csrf_token": token})
    assert alices.get("/account").status_code == 200
