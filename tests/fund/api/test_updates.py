from flask.testing import FlaskClient

from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fund.site.test_updates import publish

pytestmark = sqlite_only
UPDATES = f"/api/v1/campaigns/{SLUG}/updates"


def test_updates_newest_first_without_the_words_for_members(client: FlaskClient, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    assert client.get(UPDATES).get_json() == {"data": []}
    publish(services, campaign_id, "First", "It *began*.")
    publish(services, campaign_id, "Second", "For us alone.", audience="members", days=1)
    answer = client.get(UPDATES)
    assert answer.get_json() == {
        "data": [
            {
                "number": 2,
                "audience": "members",
                "public_from": None,
                "corrected_at": None,
                "title": {"en": "Second"},
                "body": None,
                "url": f"http://127.0.0.1:8000/c/{SLUG}/updates/2",
                "published_at": "2026-10-21T12:00:00Z",
            },
            {
                "number": 1,
                "audience": "public",
                "public_from": None,
                "corrected_at": None,
                "title": {"en": "First"},
                "body": {"en": "It *began*."},
                "url": f"http://127.0.0.1:8000/c/{SLUG}/updates/1",
                "published_at": "2026-10-20T12:00:00Z",
            },
        ]
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(UPDATES, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_older_ones_follow(client: FlaskClient, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    for number in range(3):
        publish(services, campaign_id, f"No {number}", "Text.", days=number)
    for asked, numbers in (("3", [2, 1]), ("1", []), ("x", [3, 2, 1]), ("9" * 40, [3, 2, 1]), ("²", [3, 2, 1])):
        found = client.get(UPDATES, query_string={"before": asked}).get_json()["data"]
        assert [update["number"] for update in found] == numbers
