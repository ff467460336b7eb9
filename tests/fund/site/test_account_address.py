import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.queries_of_reports import find_suppression
from fund.mail.suppress import suppress
from fund.members.delete_member import delete_member
from fund.members.queries import member_by_address, member_by_id
from fund.updates.opt_ins import opt_ins, set_opt_ins
from fund.updates.opt_outs import add_opt_outs, opt_outs
from fund.web.limits import limiter
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, submit
from tests.fund.site.mailbox import link_in, mails_to
from tests.people import ALICE, BOB, MALLORY, PASSWORD, Person, add_member, sign_in

pytestmark = sqlite_only

NEW = "bob@new.example"


@pytest.fixture
def bob(database: Database) -> int:
    return add_member(database, BOB)


@pytest.fixture
def browser(client: FlaskClient, database: Database, bob: int) -> FlaskClient:
    sign_in(client, database, bob)
    return client


def ask(browser: FlaskClient, address: str = NEW) -> None:
    answer = submit(browser, "/account", to="/account/address", new_address=address, address_password=PASSWORD)
    assert answer.status_code == 303


def link(database: Database, address: str) -> str:
    return link_in(mails_to(database, address)[-1][1], "/account/address/")


def address(database: Database, member_id: int) -> str:
    with database.read() as session:
        member = member_by_id(session, member_id)
    assert member is not None
    return member.address


def test_both_mailboxes_say_yes_in_either_order(browser: FlaskClient, app: Flask, database: Database, bob: int) -> None:
    ask(browser)
    old, new = link(database, BOB.address), link(database, NEW)
    anybody = app.test_client()
    for _ in range(2):
        assert "Nothing has changed yet" in anybody.get(new).text
        assert "One more yes" in anybody.post(new).text
        assert address(database, bob) == BOB.address
    assert "The new one has" in browser.get("/account").text
    assert "Your address is changed" in anybody.post(old).text
    assert address(database, bob) == NEW
    assert browser.get("/account").status_code == 303
    assert anybody.post("/login", data={"email": NEW, "password": PASSWORD}).status_code == 303
    assert [kind for kind, _ in mails_to(database, BOB.address)] == ["new_address", "address_changed"]
    assert anybody.get(old).status_code == 410
    assert anybody.post(new).status_code == 410


@pytest.mark.parametrize(("reason", "carried"), [("asked", True), ("bounced", False)])
def test_what_came_to_the_old_address_and_what_did_not_holds_for_the_new_one(
    browser: FlaskClient, app: Flask, database: Database, reason: str, *, carried: bool
) -> None:
    refused, wanted = {(1, "updates"), (2, "closing")}, {(3, "timeline")}
    with database.write() as session:
        add_opt_outs(session, BOB.address, refused, now=utc_now())
        set_opt_ins(session, BOB.address, wanted, source="the page", now=utc_now())
        suppress(session, address=BOB.address, reason=reason, source="the tests", now=utc_now())
    ask(browser)
    for one in (BOB.address, NEW):
        with database.read() as session:
            assert opt_outs(session, NEW) == opt_ins(session, NEW) == set()
        app.test_client().post(link(database, one))
    with database.read() as session:
        for one in (BOB.address, NEW):
            assert (opt_outs(session, one), opt_ins(session, one)) == (refused, wanted)
        assert (find_suppression(session, NEW) is not None) is carried


def test_either_mailbox_can_say_no_and_so_can_the_member(
    browser: FlaskClient, app: Flask, database: Database, bob: int
) -> None:
    ask(browser)
    old, new = link(database, BOB.address), link(database, NEW)
    app.test_client().post(new)
    assert "Nothing is changed" in app.test_client().post(old, data={"no": "1"}).text
    assert app.test_client().post(old).status_code == 410
    ask(browser)
    assert app.test_client().post(new).status_code == 410
    old, new = link(database, BOB.address), link(database, NEW)
    assert submit(browser, "/account", to="/account/address/withdraw").status_code == 303
    with database.read() as session:
        newest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert newest is not None
        assert (newest.action, newest.actor) == ("withdraw_address", f"member:{bob}")
    assert [app.test_client().post(one).status_code for one in (old, new)] == [410, 410]
    assert address(database, bob) == BOB.address


def test_asking_again_ends_the_wish_before(browser: FlaskClient, app: Flask, database: Database, bob: int) -> None:
    ask(browser, "bob@typo.example")
    old, new = link(database, BOB.address), link(database, "bob@typo.example")
    ask(browser)
    assert [app.test_client().post(one).status_code for one in (old, new)] == [410, 410]
    assert [app.test_client().post(link(database, one)).status_code for one in (BOB.address, NEW)] == [200, 200]
    assert address(database, bob) == NEW


def test_nobody_moves_who_has_left(app: Flask, database: Database, bob: int) -> None:
    desk = app.test_client()
    sign_in(desk, database, add_member(database, ALICE))
    token = form_to(desk.get(f"/desk/members/{bob}").text, f"/desk/members/{bob}/address").values
    with database.write() as session:
        delete_member(session, member_id=bob, now=utc_now())
    answers = [
        desk.post(f"/desk/members/{id_}/address", data={**token, "new_address": NEW, "reason": "He called."})
        for id_ in (bob, 99)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert mails_to(database, NEW) == []


@pytest.mark.parametrize(
    ("typed", "password", "field"),
    [
        (NEW, "wrong", "address_password"),
        ("", PASSWORD, "new_address"),
        ("bob@new.example\r\nBcc: x@x.example", PASSWORD, "new_address"),
        ("x" * 10_000, PASSWORD, "new_address"),
        (BOB.address.upper(), PASSWORD, "new_address"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(
    browser: FlaskClient, database: Database, typed: str, password: str, field: str
) -> None:
    answer = submit(browser, "/account", to="/account/address", new_address=typed, address_password=password)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert mails_to(database, BOB.address) == []


def test_that_an_address_is_taken_is_said_to_its_owner_alone(
    browser: FlaskClient, app: Flask, database: Database, bob: int
) -> None:
    add_member(database, ALICE)
    ask(browser, ALICE.address)
    old, new = link(database, BOB.address), link(database, ALICE.address)
    assert app.test_client().post(old).status_code == 200
    assert app.test_client().post(new).status_code == 409
    assert address(database, bob) == BOB.address


def test_a_link_of_one_side_says_nothing_for_the_other(browser: FlaskClient, app: Flask, database: Database) -> None:
    ask(browser)
    new = link(database, NEW)
    for _ in range(3):
        app.test_client().post(new)
    with database.read() as session:
        assert member_by_address(session, NEW) is None
    for token in ("x", "é", "a" * 3000):
        assert app.test_client().get(f"/account/address/{token}").status_code == 404


def test_an_owner_speaks_for_a_lost_mailbox_and_it_is_told(app: Flask, database: Database, bob: int) -> None:
    desk = app.test_client()
    sign_in(desk, database, add_member(database, ALICE))
    path = f"/desk/members/{bob}"
    answer = submit(desk, path, to=f"{path}/address", new_address=NEW, reason="")
    assert (answer.status_code, 'id="f-reason-error"' in answer.text) == (422, True)
    submit(desk, path, to=f"{path}/address", new_address=NEW, reason="He called; I know his voice.")
    assert address(database, bob) == BOB.address
    told = mails_to(database, BOB.address)[-1][1]
    assert "An owner of the site was asked to move your account" in told
    assert app.test_client().post(link(database, NEW)).status_code == 200
    assert address(database, bob) == NEW
    assert "He called" in desk.get("/desk/audit").text


def test_a_member_cannot_move_another(client: FlaskClient, database: Database, bob: int) -> None:
    sign_in(client, database, add_member(database, MALLORY))
    assert client.get(f"/desk/members/{bob}").status_code == 403


def test_nobody_is_flooded_by_many_who_say_it_is_theirs(app: Flask, database: Database) -> None:
    limiter.reset()
    statuses = []
    for number in range(4):
        person = Person("Mallory", f"mallory{number}@example.org")
        mallory = app.test_client()
        sign_in(mallory, database, add_member(database, person))
        token = form_to(mallory.get("/account").text, "/account/address").values["csrf_token"]
        typed = {"csrf_token": token, "new_address": BOB.address, "address_password": PASSWORD}
        statuses += [mallory.post("/account/address", data=typed).status_code for _ in range(3)]
    assert statuses == [303] * 10 + [429] * 2
    assert len(mails_to(database, BOB.address)) == 10
    limiter.reset()
