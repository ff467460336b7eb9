from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.members.models import Member, PasswordReset
from fund.work.arm_drain import disarm_drain
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.fund.site.mailbox import link_in, mails_to
from tests.fund.site.test_campaign_cost import statements
from tests.people import BOB, PASSWORD, add_member, sign_in

pytestmark = sqlite_only

NEW = "quite another password"


def ask(client: FlaskClient, address: str = BOB.address) -> None:
    answer = submit(client, "/forgot", to="/forgot", email=address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/forgot?sent=1")


def newest_link(database: Database) -> str:
    return link_in(mails_to(database, BOB.address)[-1][1], "/reset/")


def works(app: Flask, password: str) -> bool:
    return app.test_client().post("/login", data={"email": BOB.address, "password": password}).status_code == 303


def test_from_the_address_to_a_new_password(client: FlaskClient, app: Flask, database: Database) -> None:
    bob = add_member(database, BOB)
    signed_in = app.test_client()
    sign_in(signed_in, database, bob)
    ask(client, f" {BOB.address.upper()}")
    link = newest_link(database)
    assert BOB.address in client.get(link).text
    assert works(app, PASSWORD)
    answer = submit(client, link, password="short")
    assert (answer.status_code, 'id="f-password-error"' in answer.text) == (422, True)
    assert submit(client, link, password=NEW).headers["Location"] == "/login?done=password"
    assert "Your new password is set" in client.get("/login?done=password").text
    assert works(app, NEW)
    assert not works(app, PASSWORD)
    assert signed_in.get("/account").status_code == 303
    assert [kind for kind, _ in mails_to(database, BOB.address)] == ["reset_password", "password_changed"]
    assert client.get(link).status_code == 410
    assert client.post(link, data={"password": NEW}).status_code == 410


def test_nobody_learns_who_has_an_account(client: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    ask(client)
    ask(client, "nobody@example.net")
    assert mails_to(database, "nobody@example.net") == []
    assert submit(client, "/forgot", to="/forgot", email="no address").status_code == 422


def test_the_answer_costs_the_same_for_an_address_that_nobody_has(
    client: FlaskClient, database: Database, queue: FakeQueue
) -> None:
    add_member(database, BOB)
    work = {}
    for address in ("first@example.net", BOB.address, "nobody@example.net"):  # the first warms up
        with database.write() as session:
            disarm_drain(session, "mail")
        queue.enqueued.clear()
        with statements(database) as seen:
            assert client.post("/forgot", data={"email": address}).status_code == 303
        work[address] = sum(not statement.startswith("SELECT") for statement in seen), list(queue.enqueued)
    assert work["nobody@example.net"] == work[BOB.address]
    assert [kind for kind, _ in mails_to(database, BOB.address)] == ["reset_password"]
    assert mails_to(database, "nobody@example.net") == []


def test_who_came_by_a_list_gets_in_only_this_way(client: FlaskClient, app: Flask, database: Database) -> None:
    add_member(database, BOB)
    with database.write() as session:
        session.execute(update(Member).values(password_hash=""))
    for password in ("", PASSWORD):
        assert not works(app, password)
    ask(client)
    submit(client, newest_link(database), password=NEW)
    assert works(app, NEW)


def test_a_newer_link_ends_the_one_before_and_an_hour_ends_it_too(client: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    ask(client)
    first = newest_link(database)
    ask(client)
    assert client.get(first).status_code == 410
    link = newest_link(database)
    with database.write() as session:
        session.execute(update(PasswordReset).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert client.get(link).status_code == 410


def test_at_most_three_mails_an_hour(client: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    for _ in range(5):
        ask(client)
    assert len(mails_to(database, BOB.address)) == 3


@pytest.mark.parametrize("token", ["x", "0", "é", "a" * 3000])
def test_a_forged_link_is_none(client: FlaskClient, token: str) -> None:
    assert client.get(f"/reset/{token}").status_code == 404
    assert client.post(f"/reset/{token}", data={"password": NEW}).status_code == 404


def test_a_token_of_another_purpose_is_none(client: FlaskClient, app: Flask, database: Database) -> None:
    add_member(database, BOB)
    ask(client)
    signer = app.extensions["services"].signer
    for purpose in ("invitation", "registration", "unsubscribe"):
        assert client.get(f"/reset/{signer.sign(purpose, 1)}").status_code == 404


def test_changing_it_at_the_account_is_told_too(client: FlaskClient, database: Database) -> None:
    sign_in(client, database, add_member(database, BOB))
    ask(client)
    link = newest_link(database)
    submit(client, "/account", to="/account/password", current_password=PASSWORD, password=NEW)
    assert [kind for kind, _ in mails_to(database, BOB.address)] == ["reset_password", "password_changed"]
    assert client.get(link).status_code == 410, "a link that was asked for before sets nothing any more"
