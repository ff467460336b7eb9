"""The cache as visitors meet it: through the whole application, on both databases."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask, template_rendered
from werkzeug.test import TestResponse

from fund.campaigns.edit_campaign import edit_campaign
from fund.db.session import Database
from fund.donations.moderate_message import moderate_message
from fund.donations.withhold_name import withhold_name
from fund.kit.clock import utc_now
from fund.updates.draft_update import draft_update
from fund.updates.publish_update import publish_update
from fund.updates.rules import Words
from fund.web.services import Services
from tests.factories.campaigns import (
    ALICE,
    ENGLISH,
    OPENED,
    SLUG,
    campaign_form,
    end_campaign,
    make_campaign,
    make_draft,
)
from tests.factories.donations import give, settle, start_gift
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

PAGE = f"/c/{SLUG}"
PAGES = (
    "/", "/fr/", "/?lang=en", PAGE, f"/fr{PAGE}", f"{PAGE}?ref=newsletter", f"{PAGE}/updates",
    f"{PAGE}/updates?before=9", f"{PAGE}/books", f"{PAGE}/updates.atom", f"{PAGE}/history", f"/fr{PAGE}/history",
    "/updates.atom", "/privacy", "/fr/terms", "/api/v1/campaigns", f"/api/v1/campaigns/{SLUG}",
)  # fmt: skip
OWN = {"vary", "etag", "content-length"}
Get = Callable[..., TestResponse]


@pytest.fixture
def get(app: Flask) -> Get:
    """GET a page as a new visitor; the headers as keywords."""

    def ask(path: str, *, method: str = "GET", **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return app.test_client(use_cookies=False).open(path, method=method, headers=sent)

    return ask


@contextmanager
def renderings(app: Flask) -> Iterator[list[str]]:
    """The templates of the pages that were rendered meanwhile."""
    seen: list[str] = []

    def note(_app: Flask, template: object, **_context: object) -> None:
        seen.append(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        yield seen


def test_the_second_visitor_gets_the_first_ones_page(app: Flask, get: Get, database: Database) -> None:
    make_campaign(database)
    with renderings(app) as seen:
        answers = [get(PAGE) for _ in range(3)]
    assert seen == ["site/campaign.html"]
    assert {answer.data for answer in answers} == {answers[0].data}
    assert answers[0].status_code == 200


@sqlite_only
@pytest.mark.parametrize("path", PAGES)
def test_what_is_kept_is_what_the_application_answers(get: Get, services: Services, path: str) -> None:
    give(services, make_campaign(services.database), display_name="Alice")
    uncached = get(path, Cookie="a=b")
    answers = [get(path) for _ in range(2)]
    for answer in answers:
        assert (answer.status_code, answer.data) == (uncached.status_code, uncached.data)
        assert _others(answer) == _others(uncached)
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def _others(answer: TestResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OWN}


@sqlite_only
def test_a_visitor_with_a_cookie_is_answered_by_the_application(app: Flask, get: Get, database: Database) -> None:
    make_campaign(database)
    with renderings(app) as seen:
        for _ in range(3):
            get(PAGE, Cookie="session=anything")
        assert len(seen) == 3
        get(PAGE)
        assert len(seen) == 4


@sqlite_only
@pytest.mark.parametrize(
    "path",
    [
        f"{PAGE}?ref=a%20b",
        f"{PAGE}?ref=a&ref=b",
        f"{PAGE}?x=1",
        "/?lang=fr",
        f"{PAGE}/updates?before=0",
        f"{PAGE}/donate",
    ],
)
def test_anything_unknown_in_the_address_goes_past(app: Flask, get: Get, database: Database, path: str) -> None:
    make_campaign(database)
    with renderings(app) as seen:
        assert [get(path).status_code for _ in range(2)] == [200, 200]
    assert len(seen) == 2


@sqlite_only
def test_a_link_with_a_source_keeps_its_source(get: Get, database: Database) -> None:
    make_campaign(database)
    for _ in range(2):
        assert 'value="newsletter"' in get(f"{PAGE}?ref=newsletter").text
        assert 'value="newsletter"' not in get(PAGE).text


@sqlite_only
def test_who_has_the_page_is_told_so(get: Get, database: Database) -> None:
    make_campaign(database)
    for path in (PAGE, f"/api/v1/campaigns/{SLUG}"):
        first = get(path)
        for tag in (first.headers["ETag"], f"W/{first.headers['ETag']}", f'"other", {first.headers["ETag"]}', "*"):
            same = get(path, If_None_Match=tag)
            assert (same.status_code, same.data) == (304, b"")
            assert same.headers["ETag"].removeprefix("W/") == first.headers["ETag"]
            assert same.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert get(path, If_None_Match='"other"').status_code == 200


@sqlite_only
def test_who_has_an_old_page_gets_the_new_one_whole(get: Get, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    old = get(PAGE).headers["ETag"]
    give(services, campaign_id)
    renewed = get(PAGE, If_None_Match=old)
    assert renewed.status_code == 200
    assert "62.50" in renewed.text


@sqlite_only
def test_packed_for_who_can_unpack(get: Get, database: Database) -> None:
    make_campaign(database)
    plain = get(PAGE)
    packed = get(PAGE, Accept_Encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in get(PAGE, Accept_Encoding="br, gzip;q=0").headers
    assert get(PAGE, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"]).status_code == 304


@sqlite_only
def test_a_head_is_a_get_without_its_body(get: Get, database: Database) -> None:
    make_campaign(database)
    for _ in range(2):
        head = get(PAGE, method="HEAD")
        assert head.data == b""
    assert dict(head.headers) == dict(get(PAGE).headers)


@sqlite_only
def test_neither_errors_nor_redirects_are_kept(get: Get, services: Services) -> None:
    assert [get(PAGE).status_code, get(PAGE).status_code] == [404, 404]
    make_campaign(services.database)
    assert get(PAGE).status_code == 200
    assert get(f"{PAGE}/updates/1").status_code == 404
    _publish(services, 1)
    assert get(f"{PAGE}/updates/1").status_code == 200


def test_a_draft_stays_unseen(get: Get, database: Database) -> None:
    make_draft(database)
    assert get(PAGE).status_code == 404
    assert SLUG not in get("/").text


def test_whatever_changes_a_page_shows_in_the_next_request(get: Get, services: Services) -> None:
    database = services.database
    for path in ("/", "/api/v1/campaigns"):
        assert SLUG not in get(path).text
    campaign_id = make_campaign(database)
    assert SLUG in get("/").text
    changed = campaign_form(texts={"en": replace(ENGLISH, title="A title that was changed")})
    with database.write() as session:
        edit_campaign(session, campaign_id=campaign_id, form=changed, actor=ALICE, now=OPENED)
    for path in ("/", PAGE, f"{PAGE}/updates", f"/api/v1/campaigns/{SLUG}"):
        assert "A title that was changed" in get(path).text
    donation_id = _give_with_words(services, campaign_id)
    assert "Alice" in get(PAGE).text
    assert get(f"/api/v1/campaigns/{SLUG}").json == get(f"/api/v1/campaigns/{SLUG}", Cookie="a=b").json
    _moderate(database, donation_id)
    assert "For all of us" in get(PAGE).text
    with database.write() as session:
        withhold_name(session, donation_id=donation_id, withhold=True, actor=ALICE, now=utc_now())
    assert "Alice" not in get(PAGE).text
    _publish(services, campaign_id)
    for path in (PAGE, f"{PAGE}/updates", f"{PAGE}/updates.atom", "/updates.atom"):
        assert "News of the letters" in get(path).text
    end_campaign(database, campaign_id, now=utc_now() + timedelta(seconds=1))
    assert "This campaign is closed" in get(PAGE).text


def test_the_page_says_when_its_books_last_changed(get: Get, services: Services) -> None:
    """Not when it was rendered: two processes that keep it would say two things."""
    make_campaign(services.database)
    assert "as of 1 October 2026, 09:30 UTC" in get(PAGE).text


def _give_with_words(services: Services, campaign_id: int) -> str:
    donation_id = start_gift(services, campaign_id, display_name="Alice", message="For all of us")
    assert isinstance(services.gateway, FakeGateway)
    services.gateway.pay(services.gateway.session_of(donation_id).id)
    settle(services, donation_id)
    return donation_id


def _moderate(database: Database, donation_id: str) -> None:
    with database.write() as session:
        moderate_message(session, donation_id=donation_id, show=True, actor=ALICE, now=utc_now())


def _publish(services: Services, campaign_id: int) -> None:
    words = {"en": Words("News of the letters", "They were answered.")}
    with services.database.write() as session:
        draft = draft_update(
            session,
            campaign_id=campaign_id,
            words=words,
            audience="public",
            author_id=None,
            actor=ALICE,
            now=utc_now(),
        )
        publish_update(
            session,
            services.queue,
            services.sender,
            services.signer,
            services.addresses,
            update_id=draft.id,
            actor=ALICE,
            now=utc_now(),
        )
