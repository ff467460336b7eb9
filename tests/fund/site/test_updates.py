from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from fund.updates.draft_update import draft_update
from fund.updates.publish_update import publish_update
from fund.updates.rules import Words
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only
PAGE = f"/c/{SLUG}/updates"
ATOM = "{http://www.w3.org/2005/Atom}"
FIRST = datetime(2026, 10, 20, 12, tzinfo=UTC)


def publish(
    services: Services, campaign_id: int, title: str, body: str, *, audience: str = "public", days: int = 0
) -> None:
    now = FIRST + timedelta(days=days)
    with services.database.write() as session:
        draft = draft_update(
            session,
            campaign_id=campaign_id,
            words={"en": Words(title, body)},
            audience=audience,
            author_id=None,
            actor="member:1",
            now=now,
        )
        publish_update(
            session,
            services.queue,
            services.sender,
            services.signer,
            services.addresses,
            update_id=draft.id,
            actor="member:1",
            now=now,
        )


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


def test_an_update_is_a_page_and_a_teaser(client: FlaskClient, services: Services, campaign_id: int) -> None:
    publish(services, campaign_id, "A date & a judge", "The hearing is on **5 December**.\n\n<script>x</script>")
    page = client.get(f"{PAGE}/1").text
    assert '<h1 lang="en">A date &amp; a judge</h1>' in page
    assert "<strong>5 December</strong>" in page
    assert "<script" not in page
    assert f'href="{PAGE}/1"' in client.get(f"/c/{SLUG}").text
    assert "20 October 2026" in client.get(PAGE).text


def test_members_only_shows_the_title_to_all_and_the_text_to_members(
    client: FlaskClient, services: Services, database: Database, campaign_id: int
) -> None:
    publish(services, campaign_id, "What five hours bought", "Only members read this.", audience="members")
    for path in (PAGE, f"{PAGE}/1", f"{PAGE}.atom", "/updates.atom", f"/c/{SLUG}"):
        page = client.get(path).text
        assert "What five hours bought" in page, path
        assert "Only members" not in page, path
    sign_in(client, database, add_member(database, BOB))
    read = client.get(f"{PAGE}/1")
    assert "Only members read this." in read.text
    assert read.headers["Cache-Control"] == "no-store"


def test_the_list_goes_back_page_by_page(client: FlaskClient, services: Services, campaign_id: int) -> None:
    for number in range(1, 13):
        publish(services, campaign_id, f"News number {number}.", "Text.", days=number)
    newest = client.get(PAGE).text
    assert newest.index("News number 12.") < newest.index("News number 3.")
    assert "News number 2." not in newest
    older = client.get(f"{PAGE}?before=3").text
    assert "News number 2." in older
    assert "News number 3." not in older
    assert "News number 12." in client.get(f"{PAGE}?before=junk").text


@pytest.mark.usefixtures("campaign_id")
def test_there_is_a_page_before_there_is_an_update(client: FlaskClient) -> None:
    assert "Nothing has been published yet." in client.get(PAGE).text
    for path in ("/1", "/0", "/99999999999999999999", "/x"):
        assert client.get(PAGE + path).status_code == 404


def test_feeds_are_atom_in_both_languages(client: FlaskClient, services: Services, campaign_id: int) -> None:
    publish(services, campaign_id, "One", "First *words*.")
    publish(services, campaign_id, "Two", "Second words.", days=1)
    for path in (f"{PAGE}.atom", "/updates.atom", f"/fr{PAGE}.atom", "/fr/updates.atom"):
        answer = client.get(path)
        assert answer.mimetype == "application/atom+xml"
        feed = ET.fromstring(answer.data)  # noqa: S314  our own
        assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Two", "One"]
        assert feed.findtext(f"{ATOM}updated") == "2026-10-21T12:00:00Z"
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert links["self"] == f"{services.settings.site_url}{path}"


def test_a_feed_without_entries_is_a_feed(client: FlaskClient) -> None:
    feed = ET.fromstring(client.get("/updates.atom").data)  # noqa: S314  our own
    assert feed.findtext(f"{ATOM}updated")
    assert list(feed.iter(f"{ATOM}entry")) == []
