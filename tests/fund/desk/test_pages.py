"""Every room answers its owner, in both languages, filled and empty; nobody else gets in."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.campaigns.close_campaign import close_campaign
from fund.cli.demo_story import stories
from fund.db.session import Database
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.mail.models import Delivery, MailBody
from fund.payments.models import ProcessorEvent
from fund.web.services import Services
from tests.factories import entries
from tests.factories.campaigns import settle_steps
from tests.factories.entries import book
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only

NOW = utc_now()
ROOMS = [
    "/desk/", "/desk/gifts", "/desk/messages", "/desk/campaigns", "/desk/campaigns/new", "/desk/updates",
    "/desk/refunds", "/desk/disputes", "/desk/review", "/desk/offline-gift", "/desk/payouts", "/desk/reconciliation",
    "/desk/members", "/desk/mail", "/desk/mail/suppressed", "/desk/ledger", "/desk/ledger/check", "/desk/costs",
    "/desk/events", "/desk/audit",
]  # fmt: skip
OF_A_CAMPAIGN = [
    "",
    "/preview",
    "/launch",
    "/close",
    "/outcome",
    "/surplus",
    "/surplus/pass-on",
    "/organiser",
    "/updates/new",
]


def open_story(services: Services) -> int:
    from fund.campaigns.launch_campaign import launch_campaign  # noqa: PLC0415
    from fund.campaigns.open_campaign import open_campaign  # noqa: PLC0415

    with services.database.write() as session:
        campaign_id = open_campaign(session, form=stories()[0].form, actor="command", now=NOW).id
    settle_steps(services.database, campaign_id)
    with services.database.write() as session:
        launch_campaign(session, campaign_id=campaign_id, actor="command", now=NOW)
    return campaign_id


def gift(number: int, **values: object) -> Donation:
    made = {
        "campaign_id": 1,
        "amount": 6250,
        "currency": "CAD",
        "state": "paid",
        "visibility": "public",
        "display_name": f"Donor {number}",
        "locale": "en",
        "nonce": str(number),
        "form_key": str(number),
        "created_at": NOW - timedelta(minutes=number),
        "expires_at": NOW,
        "paid_at": NOW,
    }
    return Donation(**{**made, **values})


@pytest.mark.parametrize("language", ["", "/fr"])
def test_an_empty_desk_says_so_everywhere(desk: FlaskClient, language: str) -> None:
    for room in ROOMS:
        page = desk.get(language + room)
        assert page.status_code == 200, room
        assert page.headers["Cache-Control"] == "no-store"
    assert ("Bonne journée" if language else "quiet day") in desk.get(f"{language}/desk/").text


@pytest.mark.parametrize("language", ["", "/fr"])
def test_every_page_of_a_campaign_answers(desk: FlaskClient, services: Services, language: str) -> None:
    campaign = open_story(services)
    for page in OF_A_CAMPAIGN:
        assert desk.get(f"{language}/desk/campaigns/{campaign}{page}").status_code == 200, page


def test_a_member_without_a_role_and_a_stranger_stay_outside(client: FlaskClient, database: Database) -> None:
    for room in ROOMS:
        away = client.get(f"/fr{room}?state=paid")
        assert away.status_code == 303
        assert away.headers["Location"].startswith("/fr/login?next=/fr/desk/")
    sign_in(client, database, add_member(database, BOB))
    assert {client.get(room).status_code for room in ROOMS} == {403}


@pytest.mark.parametrize(
    "path",
    [
        "/desk/campaigns/999", "/desk/campaigns/99999999999999999999", "/desk/campaigns/x", "/desk/updates/7",
        "/desk/updates/99999999999999999999/preview", "/desk/gifts/1", "/desk/campaigns/-1",
        "/desk/gifts/00000000-0000-4000-8000-000000000000",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/desk/members?before=x", "/desk/audit?before=99999999999999999999", "/desk/gifts?before=yesterday",
        "/desk/gifts?before=2026-11-21T10:00:00,x", "/desk/events?before=2026-11-21T10:00:00%2B00:00,",
    ],
)  # fmt: skip
def test_a_place_in_a_list_that_is_none_is_refused(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 400


def test_gifts_are_listed_a_page_at_a_time_and_each_once(desk: FlaskClient, services: Services) -> None:
    open_story(services)
    with services.database.write() as session:
        session.add_all(gift(number) for number in range(120))
    seen: list[str] = []
    path: str | None = "/desk/gifts?state=paid&campaign=1"
    while path:
        page = desk.get(path).text
        seen += re.findall(r'href="/desk/gifts/[^"]+">([^<]*)<', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(older[1]) if older else None
    assert seen == [f"Donor {number}" for number in range(120)]


@pytest.mark.parametrize("query", ["?state=pending", "?campaign=7", "?state=paid&campaign=7"])
def test_a_narrowed_list_may_be_empty(desk: FlaskClient, services: Services, query: str) -> None:
    open_story(services)
    with services.database.write() as session:
        session.add(gift(1))
    assert "Donor 1" not in desk.get(f"/desk/gifts{query}").text
    assert "Donor 1" in desk.get("/desk/gifts?state=what&campaign=x").text


def test_of_a_secret_gift_the_desk_shows_nobody(desk: FlaskClient, services: Services) -> None:
    open_story(services)
    with services.database.write() as session:
        made = gift(1, visibility="secret", email="giver@example.org", display_name="A Name", message="words")
        session.add(made)
    for path in ("/desk/", "/desk/gifts", f"/desk/gifts/{made.id}"):
        page = desk.get(path).text
        assert "hidden from us" in page
        assert not any(word in page for word in ("giver@example.org", "A Name", "words"))


def test_a_message_is_shown_only_after_somebody_read_it(desk: FlaskClient, services: Services) -> None:
    open_story(services)
    with services.database.write() as session:
        made = gift(1, message="Courage <b>to</b> all", message_state="held")
        session.add(made)
    assert "Courage &lt;b&gt;to&lt;/b&gt; all" in desk.get("/desk/messages").text
    assert "1 message from donors" in desk.get("/desk/").text
    action = f"/desk/gifts/{made.id}/message"
    back = submit(desk, "/desk/messages", to=action, decision="show")
    assert (back.status_code, back.headers["Location"]) == (303, "/desk/messages")
    assert "Courage" in desk.get("/c/four-labels").text
    submit(desk, f"/desk/gifts/{made.id}", to=action, decision="decline")
    assert "Courage" not in desk.get("/c/four-labels").text


def test_a_public_name_can_be_taken_off_the_page(desk: FlaskClient, services: Services) -> None:
    open_story(services)
    with services.database.write() as session:
        made = gift(1, display_name="An insult")
        session.add(made)
    path = f"/desk/gifts/{made.id}"
    for decision, shown in (("withhold", False), ("show", True)):
        submit(desk, path, to=f"{path}/name", decision=decision)
        assert ("An insult" in desk.get("/c/four-labels").text) is shown


@pytest.mark.parametrize("decision", ["", "Withhold", "shown", "1"])
def test_an_unknown_decision_changes_nothing(desk: FlaskClient, services: Services, decision: str) -> None:
    open_story(services)
    with services.database.write() as session:
        hidden = gift(1, display_name="An insult", name_withheld_at=NOW)
        said = gift(2, message="Courage", message_state="shown")
        session.add_all([hidden, said])
    for made, what in ((hidden, "name"), (said, "message")):
        path = f"/desk/gifts/{made.id}"
        answer = submit(desk, path, to=f"{path}/{what}", decision=decision)
        assert answer.status_code == 422
        assert "Choose one of the two." in answer.text
    page = desk.get("/c/four-labels").text
    assert "Courage" in page
    assert "An insult" not in page


def test_deciding_the_same_again_is_no_change(desk: FlaskClient, services: Services) -> None:
    open_story(services)
    with services.database.write() as session:
        made = gift(1, message="Courage", message_state="held")
        session.add(made)
    for _ in range(2):
        path = f"/desk/gifts/{made.id}"
        assert submit(desk, path, to=f"{path}/message", decision="show").status_code == 303
    with services.database.read() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "moderate_message")).all()) == 1


def test_money_of_a_closed_campaign_stays_in_sight_while_there_is_any(desk: FlaskClient, services: Services) -> None:
    campaign = open_story(services)
    with services.database.write() as session:
        close_campaign(session, campaign_id=campaign, actor="command", now=NOW)
    assert "/c/four-labels" not in desk.get("/desk/").text.partition('id="money"')[2]
    book(services.database, entries.gift(6250), campaign_id=campaign)
    money = desk.get("/desk/").text.partition('id="money"')[2]
    assert "/c/four-labels" in money
    assert "62.50" in money
    assert "Closed on" in money
    assert "still to raise" not in money


def test_after_a_decision_nobody_is_led_to_another_site(desk: FlaskClient, services: Services) -> None:
    open_story(services)
    with services.database.write() as session:
        made = gift(1, message="words", message_state="held")
        session.add(made)
    for number, target in enumerate(("https://evil.example", "//evil.example", "/\\evil.example", "javascript:1")):
        decision = ("show", "decline")[number % 2]
        answer = submit(
            desk, f"/desk/gifts/{made.id}", to=f"/desk/gifts/{made.id}/message", decision=decision, next=target
        )
        assert answer.headers["Location"] == f"/desk/gifts/{made.id}"


def test_mail_that_failed_is_named_without_its_address(desk: FlaskClient, services: Services) -> None:
    with services.database.write() as session:
        body = MailBody(message="receipt", locale="en", subject="s", text="t", html="h", created_at=NOW)
        session.add(body)
        session.flush()
        for state, reply in (("failed", "550 5.1.1"), ("unsure", ""), ("sent", "250")):
            session.add(
                Delivery(
                    key=state,
                    body_id=body.id,
                    address="charlie@example.net",
                    address_index=state,
                    state=state,
                    last_reply=reply,
                    created_at=NOW,
                    due_at=NOW,
                )
            )
    page = desk.get("/desk/mail").text
    assert "550 5.1.1" in page
    assert "charlie@example.net" not in page
    today = desk.get("/desk/").text
    assert "1 mail failed" in today
    assert "1 mail unsure" in today


def test_an_event_that_was_not_applied_needs_a_hand(desk: FlaskClient, services: Services) -> None:
    with services.database.write() as session:
        session.add(
            ProcessorEvent(
                id="evt_1",
                type="charge.updated",
                livemode=False,
                created=NOW,
                received_at=NOW,
                body_sha256="",
                state="quarantined",
                outcome="no donation for session cs_1",
            )
        )
    assert "1 event was not applied" in desk.get("/desk/").text
    assert "no donation for session cs_1" in desk.get("/desk/events").text
