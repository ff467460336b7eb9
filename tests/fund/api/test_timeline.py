import pytest
from flask.testing import FlaskClient

from fund.campaigns.withdraw_event import withdraw_event
from fund.db.session import Database
from tests.factories.campaigns import SLUG, make_campaign, make_draft
from tests.fixtures.databases import sqlite_only
from tests.fund.files.pdfs import plain_pdf
from tests.fund.site.test_timeline import HEARING, LETTER, NOW, publish

pytestmark = sqlite_only
TIMELINE = f"/api/v1/campaigns/{SLUG}/timeline"


def test_events_oldest_first_with_their_document(client: FlaskClient, database: Database) -> None:
    campaign_id = make_campaign(database)
    hearing = publish(database, campaign_id, HEARING)
    publish(database, campaign_id, LETTER, pdf=plain_pdf())
    letter, later = client.get(TIMELINE).get_json()["data"]
    assert later == {
        "id": hearing,
        "kind": "hearing",
        "date": "2026-12-05",
        "at": "2026-12-05T14:30:00Z",
        "time_zone": "America/Toronto",
        "title": HEARING.title,
        "text": {},
        "court": HEARING.court,
        "file_number": "500-17-1",
        "outcome": {},
        "document": None,
        "url": f"http://127.0.0.1:8000/c/{SLUG}/timeline#e{hearing}",
        "published_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
    }
    assert (letter["date"], letter["at"], letter["time_zone"]) == ("2026-10-02", None, None)
    document = client.get(letter["document"]["url"].removeprefix("http://127.0.0.1:8000"))
    assert len(document.data) == letter["document"]["size"]


def test_other_sites_may_read_it_and_keep_it_until_it_changes(client: FlaskClient, database: Database) -> None:
    campaign_id = make_campaign(database)
    event_id = publish(database, campaign_id, LETTER)
    first = client.get(TIMELINE)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(TIMELINE, headers=tag).status_code == 304
    with database.write() as session:
        withdraw_event(session, event_id=event_id, actor="member:1", now=NOW)
    assert client.get(TIMELINE, headers=tag).get_json() == {"data": []}


@pytest.mark.parametrize("slug", ["draft", "nothing"])
@pytest.mark.parametrize("part", ["timeline", "updates"])
def test_a_draft_and_what_never_was_look_alike(client: FlaskClient, database: Database, slug: str, part: str) -> None:
    make_draft(database, slug="draft")
    answer = client.get(f"/api/v1/campaigns/{slug}/{part}")
    assert (answer.status_code, answer.content_type) == (404, "application/json")
