import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.models import Delivery
from fund.members.models import Member
from fund.updates.confirm_follow import confirm_token
from fund.updates.models import Follower, OptIn
from fund.updates.opt_ins import ask_for
from fund.updates.unsubscribing import unsubscribe_token
from fund.web.limits import limiter
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import SITE_URL
from tests.fund.site.mailbox import mails_to
from tests.people import BOB, CHARLIE, add_member

pytestmark = sqlite_only
PAGE = f"/c/{SLUG}/follow"
OURS = {"Origin": SITE_URL, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def campaign_id(app: Flask, database: Database) -> int:
    limiter.reset()
    return make_campaign(database)


def follower(database: Database) -> Follower:
    with database.read() as session:
        return session.scalars(select(Follower)).one()


def ask(client: FlaskClient, address: str = CHARLIE.address) -> int:
    return client.post(PAGE, data={"email": address}, headers=OURS).status_code


def confirm(client: FlaskClient, services: Services) -> str:
    """The address that the mail links to, confirmed."""
    link = f"/follow/{confirm_token(services.signer, follower(services.database).id)}"
    assert client.post(link, headers=OURS).status_code == 303
    return link


@pytest.mark.usefixtures("campaign_id")
def test_following_takes_the_form_a_mail_and_a_button(
    client: FlaskClient, services: Services, database: Database
) -> None:
    answer = client.post(PAGE, data={"email": CHARLIE.address}, headers=OURS)
    assert answer.status_code == 303
    assert "Look in your mailbox" in client.get(answer.location).text
    assert CHARLIE.address not in answer.location
    link = f"/follow/{confirm_token(services.signer, follower(database).id)}"
    assert "Do you want these updates?" in client.get(link).text
    assert follower(database).state == "pending"
    assert client.post(link, headers=OURS).status_code == 303
    assert follower(database).state == "confirmed"
    assert "You will hear how it goes" in client.get(link).text
    assert client.post(link, headers=OURS).status_code == 303


@pytest.mark.usefixtures("campaign_id")
def test_known_and_unknown_addresses_get_the_same_answer(client: FlaskClient, services: Services) -> None:
    first = client.post(PAGE, data={"email": CHARLIE.address}, headers=OURS)
    confirm(client, services)
    again = client.post(PAGE, data={"email": CHARLIE.address.upper()}, headers=OURS)
    assert (first.status_code, first.location) == (again.status_code, again.location)


@pytest.mark.usefixtures("campaign_id")
@pytest.mark.parametrize(
    "address", ["", "charlie", "a@b\r\nBcc: x@y.org", "x" * 400 + "@example.org", "<b>@example.org"]
)
def test_what_is_no_address_comes_back_with_it_kept(client: FlaskClient, database: Database, address: str) -> None:
    answer = client.post(PAGE, data={"email": address}, headers=OURS)
    assert answer.status_code == 422
    assert 'id="f-email-error"' in answer.text
    assert "<b>@" not in answer.text
    with database.read() as session:
        assert session.scalars(select(Follower)).all() == []


@pytest.mark.usefixtures("campaign_id")
def test_other_sites_cannot_make_people_follow(client: FlaskClient) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(PAGE, data={"email": CHARLIE.address}, headers=headers).status_code == 403


@pytest.mark.usefixtures("campaign_id")
def test_asking_is_limited(client: FlaskClient) -> None:
    assert {ask(client, f"person{number}@example.org") for number in range(20)} == {303}
    refused = client.post(PAGE, data={"email": "one@example.org"}, headers=OURS)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    in_french = client.post(f"/fr{PAGE}", data={"email": "one@example.org"}, headers=OURS)
    assert (in_french.status_code, "Trop de demandes" in in_french.text) == (429, True)
    limiter.reset()


def test_nobody_is_flooded_by_asking_everywhere_from_everywhere(app: Flask, database: Database) -> None:
    limiter.reset()
    statuses = []
    for number in range(12):
        make_campaign(database, slug=f"case-{number}")
        visitor = app.test_client()
        visitor.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        asked = visitor.post(f"/c/case-{number}/follow", data={"email": CHARLIE.address}, headers=OURS)
        statuses.append(asked.status_code)
    assert statuses == [303] * 10 + [429] * 2
    assert len(mails_to(database, CHARLIE.address)) == 10
    assert int(asked.headers["Retry-After"]) > 0
    limiter.reset()


def test_a_link_that_is_not_ours_opens_nothing(client: FlaskClient) -> None:
    for path in ("/follow/x", "/unsubscribe/x", "/fr/follow/x.y.z"):
        assert client.get(path).status_code == 404
        assert client.post(path, headers=OURS).status_code == 404


def leaving(services: Services, campaign_id: int) -> str:
    return f"/unsubscribe/{unsubscribe_token(services.signer, 'f', follower(services.database).id, campaign_id)}"


def test_looking_at_the_way_out_changes_nothing(client: FlaskClient, services: Services, campaign_id: int) -> None:
    ask(client)
    confirm(client, services)
    page = client.get(leaving(services, campaign_id))
    assert "Nothing has changed yet." in page.text
    assert CHARLIE.address not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert follower(services.database).state == "confirmed"


def test_one_bare_post_leaves_and_repeating_it_is_harmless(
    client: FlaskClient, services: Services, campaign_id: int
) -> None:
    ask(client)
    confirm(client, services)
    for _ in range(2):
        answer = client.post(leaving(services, campaign_id), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert follower(services.database).state == "left"


def test_a_person_leaves_by_the_button_and_has_a_way_back(
    client: FlaskClient, services: Services, campaign_id: int
) -> None:
    ask(client)
    confirm(client, services)
    link = leaving(services, campaign_id)
    left = client.post(link, headers=OURS)
    assert left.status_code == 303
    assert "No more updates will come" in client.get(left.location).text
    client.post(link, data={"again": "1"}, headers=OURS)
    assert follower(services.database).state == "confirmed"
    assert "The mails go on" in client.get(f"{link}?done=1").text


def test_another_site_cannot_bring_anybody_back(client: FlaskClient, services: Services, campaign_id: int) -> None:
    ask(client)
    confirm(client, services)
    link = leaving(services, campaign_id)
    client.post(link)
    client.post(link, data={"again": "1"}, headers={"Origin": "https://evil.example"})
    assert follower(services.database).state == "left"


@pytest.mark.usefixtures("campaign_id")
def test_the_mail_that_asks_is_queued_once(client: FlaskClient, database: Database) -> None:
    ask(client)
    ask(client)
    with database.read() as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_a_members_way_out_says_that_it_is_for_all_campaigns(
    client: FlaskClient, services: Services, campaign_id: int
) -> None:
    bob = add_member(services.database, BOB)
    with services.database.write() as session:
        session.get_one(Member, bob).wants_updates = True
    link = f"/unsubscribe/{unsubscribe_token(services.signer, 'm', bob, campaign_id)}"
    assert "to you as a member, of any campaign" in client.get(link).text
    left = client.get(client.post(link, headers=OURS).location).text
    assert "to you as a member, of any campaign" in left
    assert "a gift or an account of yours still come" in left
    client.post(link, data={"again": "1"}, headers=OURS)
    assert "Updates of all campaigns come to your address." in client.get(f"{link}?done=1").text


@pytest.mark.usefixtures("campaign_id")
def test_the_box_for_events_is_asked_about_by_name_and_kept_when_refused(
    client: FlaskClient, services: Services, database: Database
) -> None:
    refused = client.post(PAGE, data={"email": "charlie", "events": "1"}, headers=OURS)
    assert 'name="events" value="1" checked' in refused.text
    assert 'name="events" value="1" checked' not in client.get(PAGE).text
    client.post(PAGE, data={"email": CHARLIE.address, "events": "1"}, headers=OURS)
    link = f"/follow/{confirm_token(services.signer, follower(database).id, events=True)}"
    for _ in range(2):
        assert "each event of its case" in client.get(link).text
    assert wishes(database) == 0
    assert client.post(link, headers=OURS).status_code == 303
    assert "each event of the case comes once" in client.get(link).text
    assert wishes(database) == 1


def wishes(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(OptIn)).all())


def test_the_way_out_of_an_event_leaves_the_events_and_says_what_still_comes(
    client: FlaskClient, services: Services, campaign_id: int
) -> None:
    ask(client)
    confirm(client, services)
    with services.database.write() as session:
        ask_for(session, CHARLIE.address, (campaign_id, "timeline"), source="x", now=utc_now())
    token = unsubscribe_token(services.signer, "f", 1, campaign_id, topic="timeline")
    link = f"/unsubscribe/{token}"
    for language in ("", "/fr"):
        assert f'href="{language}/preferences/{token}"' in client.get(f"{language}{link}").text
    assert "Stop the mails about events" in client.get(link).text, "looking twice changed nothing"
    for _ in range(2):
        assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    left = client.get(link).text
    for said in ("No more events will come", "Updates of this campaign still come.", f'"/preferences/{token}"'):
        assert said in left
    assert follower(services.database).state == "confirmed"
    assert client.get(f"/preferences/{token}").status_code == 200
    client.post(link, data={"again": "1"}, headers={"Origin": "https://evil.example"})
    assert "No more events will come" in client.get(link).text
    client.post(link, data={"again": "1"}, headers=OURS)
    assert "Each event of this case comes to your address." in client.get(f"{link}?done=1").text
    client.post(leaving(services, campaign_id), headers=OURS)
    gone = client.get(link).text
    assert "That was a mistake" not in gone
    assert "still come" not in gone


def test_a_followers_way_out_says_that_it_is_for_this_campaign(
    client: FlaskClient, services: Services, campaign_id: int
) -> None:
    ask(client)
    confirm(client, services)
    left = client.get(client.post(leaving(services, campaign_id), headers=OURS).location).text
    assert "Updates of this campaign no longer come to your address." in left
    assert "of any campaign" not in left
