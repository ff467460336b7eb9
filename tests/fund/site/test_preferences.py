from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.db.session import Database
from fund.db.types import address_index
from fund.kit.clock import utc_now
from fund.mail.models import MailBody, Suppression
from fund.updates.confirm_follow import confirm_token
from fund.updates.models import Follower, OptIn, OptOut
from fund.updates.unsubscribing import unsubscribe_token
from fund.web.limits import limiter
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.forms import submit

pytestmark = sqlite_only
ADDRESS = "charlie@example.org"


@pytest.fixture
def link(database: Database, services: Services) -> str:
    """Charlie follows; the address of the preference page."""
    campaign_id, now = make_campaign(database), utc_now()
    charlie = Follower(
        campaign_id=campaign_id, address=ADDRESS, address_index=address_index(ADDRESS), locale="en", state="confirmed",
        consent_source="asked", requested_at=now, confirmed_at=now,
    )  # fmt: skip
    with database.write() as session:
        session.add(charlie)
        session.flush()
        return "/preferences/" + unsubscribe_token(services.signer, "f", charlie.id, campaign_id)


def count(database: Database, model: type[OptIn] | type[OptOut] | type[Suppression]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_looking_changes_nothing_and_names_nobody(client: FlaskClient, database: Database, link: str) -> None:
    for path in (link, f"/fr{link}"):
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert ADDRESS not in page.text
        assert page.text.count(" checked") == 3
    assert (count(database, OptOut), count(database, Suppression)) == (0, 0)


def test_a_choice_is_kept_and_said(client: FlaskClient, database: Database, link: str) -> None:
    answer = submit(client, link, to=link, wanted="1:closing", locale="fr")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{link}?done=saved")
    page = client.get(f"{link}?done=saved").text
    assert "Saved." in page
    assert page.count(" checked") == 2
    assert count(database, OptOut) == 1
    with database.read() as session:
        assert session.scalars(select(Follower.locale)).one() == "fr"


def test_events_come_only_after_their_box_was_ticked(client: FlaskClient, database: Database, link: str) -> None:
    box = 'value="1:timeline"'
    assert f"{box} checked" not in client.get(link).text
    assert submit(client, link, to=link, wanted="1:timeline").status_code == 303
    assert f"{box} checked" in client.get(link).text
    assert f"{box} checked" in client.get(f"/fr{link}").text
    assert count(database, OptIn) == 1


def test_everything_off_and_the_way_back(client: FlaskClient, database: Database, link: str) -> None:
    for _ in range(2):
        assert client.post(link, data={"act": "stopped"}).status_code == 303
    assert count(database, Suppression) == 1
    page = client.get(link).text
    assert "No news goes to this address" in page
    assert "Save" not in page
    for _ in range(2):
        assert client.post(link, data={"act": "back"}).status_code == 303
    assert count(database, Suppression) == 0
    assert "as you had chosen them" in client.get(f"{link}?done=back").text


@pytest.mark.parametrize("reason", ["bounced", "complained"])
def test_what_came_back_says_who_can_change_that(
    client: FlaskClient, database: Database, services: Services, link: str, reason: str
) -> None:
    limiter.reset()
    with database.write() as session:
        session.scalars(select(Follower)).one().requested_at -= timedelta(days=1)
        session.add(Suppression(address_index=address_index(ADDRESS), reason=reason, since=utc_now()))
    page = client.get(link).text
    assert "none of the news is sent there" in page
    assert "mailto:fund@example.org" in page
    assert "Send them again" not in page
    again = f"/c/{SLUG}/follow"
    assert f'href="{again}"' in page
    submit(client, again, to=again, email=ADDRESS)
    with database.read() as session:
        follower = session.scalars(select(Follower)).one()
        assert session.scalars(select(MailBody.message)).one() == "confirm_follow"
    assert client.post("/follow/" + confirm_token(services.signer, follower.id)).status_code == 303
    assert count(database, Suppression) == 0
    assert "Save" in client.get(link).text


def test_other_sites_and_other_tokens_change_nothing(client: FlaskClient, database: Database, link: str) -> None:
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(link, data={"act": "stopped"}, headers=elsewhere).status_code == 403
    assert client.post(f"{link}x", data={"act": "stopped"}).status_code == 404
    assert client.get("/preferences/x").status_code == 404
    assert (
        client.post(link, data={"wanted": ["9" * 30 + ":updates", "x", ":", "1:\x00"], "locale": "xx"}).status_code
        == 422
    )
    assert (count(database, OptOut), count(database, Suppression)) == (0, 0)
