"""What a cold page costs the database: the same, however many gifts and updates there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import event, insert

from fund.db.session import Database
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.updates.models import Update, UpdateText
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.donations import give

MOST = 12
GIFTS = 1000


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, transactions' own words aside."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_cold_campaign_takes_twelve_statements(app: Flask, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, display_name="Alice")
    _add_gifts_and_updates(services.database, campaign_id)
    with statements(services.database) as seen:
        answer = app.test_client().get(f"/c/{SLUG}")
    assert "Name 999" in answer.text
    assert len(seen) <= MOST, seen
    with statements(services.database) as seen:
        assert app.test_client().get(f"/c/{SLUG}").data == answer.data
    assert seen == []


def _add_gifts_and_updates(database: Database, campaign_id: int) -> None:
    now = utc_now()
    same = {
        "campaign_id": campaign_id,
        "state": "paid",
        "amount": 5000,
        "currency": "CAD",
        "visibility": "public",
        "locale": "en",
        "nonce": "n",
        "created_at": now,
        "expires_at": now,
    }
    rows = [
        {
            **same,
            "id": str(number),
            "form_key": str(number),
            "display_name": f"Name {number}",
            "message": f"Words {number}",
            "message_state": "shown",
            "paid_at": now + timedelta(seconds=number),
        }
        for number in range(GIFTS)
    ]
    with database.write() as session:
        session.execute(insert(Donation), rows)
        for number in range(1, 6):
            news = Update(campaign_id=campaign_id, number=number, state="published", audience="public")
            news.created_at = news.edited_at = news.published_at = now
            news.texts = [UpdateText(locale=locale, title=f"News {number}", body="Words") for locale in ("en", "fr")]
            session.add(news)
