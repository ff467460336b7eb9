import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.donations.models import Donation
from fund.members.models import Member
from fund.updates.models import Follower, OptIn
from fund.updates.opt_ins import ask_for
from fund.updates.opt_outs import opt_outs
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE, BOB, CAROL, PASSWORD, add_member, sign_in

pytestmark = sqlite_only

LATER = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.fixture
def campaign(services: Services) -> int:
    add_member(services.database, ALICE)
    return make_campaign(services.database)


@pytest.fixture
def bob(services: Services, campaign: int) -> int:
    return add_member(services.database, BOB)


@pytest.fixture
def browser(client: FlaskClient, services: Services, bob: int) -> FlaskClient:
    sign_in(client, services.database, bob)
    return client


def follow(services: Services, campaign: int, index: str) -> None:
    with services.database.write() as session:
        session.add(
            Follower(
                campaign_id=campaign,
                address=BOB.address,
                address_index=index,
                locale="en",
                state="confirmed",
                consent_source="the page",
                requested_at=LATER,
                confirmed_at=LATER,
            )
        )


def row(services: Services, member_id: int) -> Member:
    with services.database.read() as session:
        return session.get_one(Member, member_id)


def delete(browser: FlaskClient, **typed: str) -> int:
    values = {"delete_password": PASSWORD, **typed}
    return submit(browser, "/account/delete", to="/account/delete", **values).status_code


def test_own_gifts_are_listed_also_those_from_before(browser: FlaskClient, services: Services, campaign: int) -> None:
    assert "Nothing was given with your address yet" in browser.get("/account/gifts").text
    mine = give(services, campaign, 6250, email=BOB.address.upper())
    give(services, campaign, 9900, email=CAROL.address)
    page = browser.get("/account/gifts").text
    assert "62.50" in page
    assert "99.00" not in page
    link = page.split('href="/gift/')[1].split('"')[0]
    assert mine[:8].upper() in browser.get(f"/gift/{link}").text


def test_many_gifts_come_a_page_at_a_time_each_once(browser: FlaskClient, services: Services, campaign: int) -> None:
    for number in range(27):
        give(services, campaign, 1000 + number, email=BOB.address)
    first = browser.get("/account/gifts").text
    older = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    second = browser.get(older).text
    assert (first.count('href="/gift/'), second.count('href="/gift/')) == (25, 2)
    assert not {part[:20] for part in first.split('href="/gift/')[1:]} & {
        part[:20] for part in second.split('href="/gift/')[1:]
    }
    early, late = "0001-01-01T00:00:00%2B23:59,x", "9999-12-31T23:59:59-23:59,x"  # neither is a time anywhere else
    for wrong in ("x", "2026-01-01,x", "2026-01-01T00:00:00%2B00:00,%00", early, late):
        assert browser.get(f"/account/gifts?before={wrong}").status_code == 400


def test_the_file_holds_what_is_kept_and_only_ones_own(
    browser: FlaskClient, services: Services, campaign: int, bob: int
) -> None:
    give(services, campaign, 6250, email=BOB.address, display_name="Bob L.")
    give(services, campaign, 9900, email=CAROL.address, display_name="Carol G.")
    follow(services, campaign, row(services, bob).address_index)
    browser.post("/forgot", data={"email": BOB.address})
    refused = submit(browser, "/account", to="/account/export", export_password="wrong")
    assert (refused.status_code, 'id="f-export_password-error"' in refused.text) == (422, True)
    answer = submit(browser, "/account", to="/account/export", export_password=PASSWORD)
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    kept = json.loads(answer.text)
    assert kept["account"]["address"] == BOB.address
    assert kept["consent"]["source"] == "the tests"
    assert [(gift["amount"], gift["name"]) for gift in kept["gifts"]] == [("62.50", "Bob L.")]
    assert [one["campaign"] for one in kept["followed_campaigns"]] == ["four-labels"]
    assert len(kept["browsers"]) == 1
    assert [mail["kind"] for mail in kept["mails"]] == ["reset_password"]
    for secret in (CAROL.address, "Carol G.", "argon2"):
        assert secret not in answer.text


@pytest.mark.parametrize("hide", [True, False])
def test_a_deleted_account_names_nobody_and_gets_no_mail(
    browser: FlaskClient, app: Flask, services: Services, campaign: int, bob: int, *, hide: bool
) -> None:
    gift = give(services, campaign, 6250, email=BOB.address, display_name="Bob L.")
    follow(services, campaign, row(services, bob).address_index)
    other = app.test_client()
    sign_in(other, services.database, bob)
    assert delete(browser, **({"hide_gifts": "1"} if hide else {})) == 303
    gone = row(services, bob)
    assert (gone.address, gone.name, gone.password_hash, gone.wants_updates) == ("", "", "", False)
    assert gone.deleted_at is not None
    assert [one.get("/account").status_code for one in (browser, other)] == [303, 303]
    with services.database.read() as session:
        assert session.scalars(select(Follower.state)).all() == ["left"]
        assert (0, "updates") in opt_outs(session, BOB.address)
        kept = session.get_one(Donation, gift)
    assert (kept.visibility, kept.amount, kept.email) == ("hidden" if hide else "public", 6250, BOB.address)
    assert ("Bob L." in browser.get("/c/four-labels").text) is not hide
    stranger = app.test_client()
    assert stranger.post("/login", data={"email": BOB.address, "password": PASSWORD}).status_code == 422
    assert "Bob Lindqvist" not in audit_log(services)


def test_what_was_asked_for_is_in_the_file_and_goes_with_the_account(
    browser: FlaskClient, services: Services, campaign: int
) -> None:
    with services.database.write() as session:
        ask_for(session, BOB.address, (campaign, "timeline"), source="the page", now=LATER)
    kept = json.loads(submit(browser, "/account", to="/account/export", export_password=PASSWORD).text)
    assert kept["asked_for"] == [
        {"campaign": "four-labels", "kind": "timeline", "source": "the page", "since": "2026-10-05T00:00:00Z"}
    ]
    assert delete(browser) == 303
    with services.database.read() as session:
        assert session.scalars(select(OptIn)).all() == []


def audit_log(services: Services) -> str:
    with services.database.read() as session:
        return " ".join(
            f"{entry.subject} {entry.before} {entry.after}" for entry in session.scalars(select(AuditEntry))
        )


def test_it_takes_the_password_and_another_owner(
    browser: FlaskClient, app: Flask, services: Services, bob: int
) -> None:
    assert delete(browser, delete_password="wrong") == 422
    assert row(services, bob).deleted_at is None
    alice = app.test_client()
    sign_in(alice, services.database, 1)
    answer = submit(alice, "/account/delete", to="/account/delete", delete_password=PASSWORD)
    assert answer.status_code == 409
    assert "last owner" in answer.text
    assert row(services, 1).role == "owner"


def test_the_same_person_can_come_again_and_go_again(app: Flask, services: Services, campaign: int) -> None:
    for _ in range(2):
        member_id = add_member(services.database, BOB)
        client = app.test_client()
        sign_in(client, services.database, member_id)
        assert delete(client) == 303
        assert row(services, member_id).deleted_at is not None
    desk = app.test_client()
    sign_in(desk, services.database, 1)
    assert desk.get(f"/desk/members/{member_id}").status_code == 404
    assert "bob" not in desk.get("/desk/members").text.lower()
