"""Whoever asks for the head of a page, as programs that check links do, changes as little as with a GET."""

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from fund.app import create_app
from fund.db.session import Database
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE, add_member, sign_in

pytestmark = sqlite_only


@pytest.fixture
def app(services: Services) -> Flask:
    made = create_app(services=services)

    @made.route("/method", methods=["GET", "POST"])
    def method() -> tuple[str, int, dict[str, str]]:
        return request.method, 200, {"X-Method": request.method}

    return made


def test_every_view_takes_it_for_a_get_and_no_body_is_sent(client: FlaskClient) -> None:
    answer = client.head("/method", data={"step": "book"})
    assert (answer.status_code, answer.headers["X-Method"], answer.data) == (200, "GET", b"")


def test_it_drops_no_draft(client: FlaskClient, database: Database) -> None:
    campaign_id = make_campaign(database)
    sign_in(client, database, add_member(database, ALICE))
    words = {"en_title": "The answer went out", "en_body": "Today.", "audience": "public"}
    page = submit(client, f"/desk/campaigns/{campaign_id}/updates/new", **words).headers["Location"]
    assert client.head(f"{page}/delete").status_code == 200
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("path", ["", "/donate", "/books", "/books.csv", "/timeline.ics", "/updates.atom"])
def test_it_answers_as_the_page_does(client: FlaskClient, database: Database, path: str) -> None:
    make_campaign(database)
    asked, got = client.head(f"/c/{SLUG}{path}"), client.get(f"/c/{SLUG}{path}")
    assert (asked.status_code, asked.content_type, asked.data) == (got.status_code, got.content_type, b"")
