from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.members.models import MemberSession
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE, BOB, PASSWORD, Person, add_member

pytestmark = sqlite_only

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def try_in(client: FlaskClient, person: Person = ALICE, password: str = PASSWORD, **more: str) -> int:
    values = {"email": person.address, "password": password, **more}
    return client.post("/login", data=values, headers=FROM_HERE).status_code


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


@pytest.mark.parametrize(("person", "room"), [(ALICE, "/desk/"), (BOB, "/")])
def test_everybody_lands_in_their_own_room(client: FlaskClient, database: Database, person: Person, room: str) -> None:
    add_member(database, person)
    answer = submit(client, "/login", to="/login", email=f" {person.address.upper()} ", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, room)
    assert client.get("/account").status_code == 200


def test_the_login_page_leads_back_where_one_came_from(client: FlaskClient, database: Database) -> None:
    add_member(database, ALICE)
    away = client.get("/fr/desk/gifts?state=paid").headers["Location"]
    answer = submit(client, away, to="/fr/login", email=ALICE.address, password=PASSWORD)
    assert answer.headers["Location"] == "/fr/desk/gifts?state=paid"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "\t//evil.example", "/\n/x", ""],
)
def test_it_never_leads_to_another_site(client: FlaskClient, database: Database, target: str) -> None:
    add_member(database, BOB)
    answer = client.post("/login", data={"email": BOB.address, "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/"


def test_unknown_address_and_wrong_password_look_alike(client: FlaskClient, database: Database) -> None:
    add_member(database, ALICE)
    pages = set()
    for address in (ALICE.address, "nobody@example.org"):
        answer = client.post("/login", data={"email": address, "password": "not the password"})
        assert answer.status_code == 422
        assert "Set-Cookie" not in answer.headers
        pages.add(answer.text.replace(address, ""))
    assert len(pages) == 1


@pytest.mark.parametrize("address", ["", "\x00", "x" * 10_000, "<script>", "a@example.org\r\nX: y"])
def test_bad_input_is_a_wrong_try_and_comes_back_escaped(client: FlaskClient, address: str) -> None:
    answer = client.post("/login", data={"email": address, "password": "\x00" * 5_000})
    assert answer.status_code == 422
    assert "<script>" not in answer.text


def test_a_copied_cookie_is_dead_after_signing_out(client: FlaskClient, database: Database, app: Flask) -> None:
    add_member(database, BOB)
    assert try_in(client, BOB) == 303
    thief = app.test_client()
    thief.set_cookie("session", cookie_of(client))
    assert thief.get("/account").status_code == 200
    assert submit(client, "/account", to="/logout").status_code == 303
    assert client.get("/account").status_code == 303
    assert thief.get("/account").status_code == 303


def test_signing_out_needs_the_forms_token(client: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    try_in(client, BOB)
    assert client.post("/logout").status_code == 400
    assert client.get("/logout").status_code == 405
    assert client.get("/account").status_code == 200


def test_a_forged_and_an_expired_cookie_open_nothing(client: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IngifQ.aaaaaa.forged")
    assert client.get("/account").status_code == 303
    try_in(client, BOB)
    with database.write() as session:
        session.execute(update(MemberSession).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert client.get("/account").status_code == 303


def test_another_sites_form_signs_nobody_in(client: FlaskClient, database: Database) -> None:
    add_member(database, ALICE)
    values = {"email": ALICE.address, "password": PASSWORD}
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/login", data=values, headers=header).status_code == 403


def test_ten_wrong_tries_close_an_address_for_everybody(app: Flask, database: Database) -> None:
    add_member(database, ALICE)
    add_member(database, BOB)
    for number in range(10):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert try_in(client, password="not the password") == 422
    stranger = app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    assert try_in(stranger) == 429
    assert try_in(stranger, BOB) == 303


def test_ten_wrong_tries_close_the_door_to_a_visitor_and_right_ones_do_not_count(
    app: Flask, database: Database
) -> None:
    add_member(database, ALICE)
    client = app.test_client()
    assert {try_in(client) for _ in range(12)} == {303}
    tries = [try_in(client, Person("x", f"{number}@example.org"), "not the password") for number in range(11)]
    assert tries == [422] * 10 + [429]
    refused = client.post("/login", data={"email": ALICE.address, "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_the_cookie_names_nobody_and_public_pages_set_none(client: FlaskClient, database: Database) -> None:
    add_member(database, ALICE)
    page = client.get("/login")
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    answer = client.post("/login", data={"email": ALICE.address, "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with client.session_transaction() as held:
        assert set(held) <= {"_user_id", "_fresh", "_id", "_permanent", "csrf_token"}
        assert held["_id"] == ""


def test_who_is_signed_in_already_is_led_on(client: FlaskClient, database: Database) -> None:
    add_member(database, ALICE)
    try_in(client)
    assert client.get("/login").headers["Location"] == "/desk/"
    assert client.get("/login?next=/account").headers["Location"] == "/account"


@pytest.mark.parametrize("path", ["/login", "/forgot"])
@pytest.mark.parametrize("typed", ["", "no address"])
def test_whoever_sends_no_address_keeps_nobody_else_from_hearing_so(app: Flask, path: str, typed: str) -> None:
    statuses = []
    for number in range(12):
        visitor = app.test_client()
        visitor.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        statuses.append(visitor.post(path, data={"email": typed}).status_code)
    assert set(statuses) == {422}
