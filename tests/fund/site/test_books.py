import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from fund.ledger.check_ledger import check_ledger
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign, make_draft
from tests.factories.donations import give
from tests.factories.entries import book
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

BOOKS = f"/c/{SLUG}/books"


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway(fee=211)


@pytest.fixture
def campaign_id(services: Services) -> int:
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 6250, display_name="Zénobie Q.", email="zenobie@example.org", message="Hold on")
    give(services, campaign_id, 10_000, email="quiet@example.org")
    elsewhere = make_campaign(services.database, slug="other")
    give(services, elsewhere, 777)
    return campaign_id


def rows(client: FlaskClient) -> list[dict[str, str]]:
    answer = client.get(f"{BOOKS}.csv")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


def whole(client: FlaskClient) -> dict[str, Any]:
    answer = client.get(f"{BOOKS}.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json; charset=utf-8")
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.usefixtures("campaign_id")
def test_csv_json_and_api_hold_the_same_postings(client: FlaskClient) -> None:
    def postings(data: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
        return [
            (entry["id"], posting["account"], posting["side"], str(posting["amount"]))
            for entry in data
            for posting in entry["postings"]
        ]

    from_csv = [(row["entry"], row["account"], row["side"], row["amount"]) for row in rows(client)]
    assert len(from_csv) == 6
    assert postings(whole(client)["data"]) == from_csv
    assert postings(client.get(f"/api/v1/campaigns/{SLUG}/books").get_json()["data"]) == from_csv


@pytest.mark.usefixtures("campaign_id")
def test_what_they_add_up_to_is_what_the_page_says(client: FlaskClient) -> None:
    figures = client.get(f"/api/v1/campaigns/{SLUG}").get_json()
    funds = sum(int(row["amount"]) for row in rows(client) if row["account"] == f"funds:{SLUG}")
    kept = sum(int(row["amount"]) for row in rows(client) if row["account"].startswith("exp:"))
    assert (funds, kept) == (figures["raised_gross"], figures["fees"]) == (16_250, 422)
    book = whole(client)
    assert (book["campaign"], book["currency"]) == (SLUG, "CAD")
    assert book["as_of"] == {"entry": book["data"][-1]["number"], "at": figures["updated_at"]}
    page = client.get(BOOKS).text
    for shown in (f"funds:{SLUG}", "162.50", "4.22", "gift"):
        assert shown in page


@pytest.mark.usefixtures("campaign_id")
def test_nobody_is_in_them(client: FlaskClient, services: Services) -> None:
    texts = [
        client.get(path).text for path in (BOOKS, f"{BOOKS}.csv", f"{BOOKS}.json", f"/api/v1/campaigns/{SLUG}/books")
    ]
    with services.database.read() as session:
        assert check_ledger(session).ok
    for text in texts:
        for hidden in ("Zénobie", "zenobie@", "quiet@", "Hold on", "txn", "pi_", "cs_", "ch_"):
            assert hidden not in text


@sqlite_only
def test_more_entries_than_a_page(client: FlaskClient, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    for _ in range(120):
        book(services.database, {"assets:bank:cad": 100, f"funds:{SLUG}": -100}, campaign_id=campaign_id)
    first = client.get(BOOKS).text
    assert first.count('rowspan="2"') == 2 * 50
    older = client.get(f"{BOOKS}?before=71").text
    assert older.count('rowspan="2"') == 2 * 50
    assert client.get(f"{BOOKS}?before=21").text.count('rowspan="2"') == 2 * 20
    address, seen = f"/api/v1/campaigns/{SLUG}/books", []
    after: int | None = 0
    while after is not None:
        page = client.get(f"{address}?after={after}&limit=50").get_json()
        seen += [entry["number"] for entry in page["data"]]
        after = page["next"]
    assert seen == sorted(set(seen))
    assert len(seen) == 120
    assert len(rows(client)) == 240


@sqlite_only
def test_empty_books_and_bad_addresses(client: FlaskClient, services: Services) -> None:
    make_campaign(services.database)
    make_draft(services.database, slug="draft")
    assert "Nothing is booked yet" in client.get(BOOKS).text
    assert "Rien n’est encore inscrit" in client.get(f"/fr{BOOKS}").text
    assert whole(client)["data"] == []
    assert rows(client) == []
    for path in ("/c/draft/books", "/c/draft/books.csv", "/c/draft/books.json", "/api/v1/campaigns/draft/books"):
        assert client.get(path).status_code == 404
    for query in ("after=-1", "after=x", "limit=0", "limit=1001", "after=" + "9" * 30):
        assert client.get(f"/api/v1/campaigns/{SLUG}/books?{query}").status_code == 400
    assert client.get(f"{BOOKS}?before={'9' * 40}").status_code == 200
