"""News that is for some: what the public sees of it, what its readers see, and when it opens to everybody."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from PIL import Image

from fund.db.session import Database
from fund.db.types import address_index
from fund.donations.models import Donation
from fund.files.clean_file import clean_file
from fund.updates.attach_file import attach_file
from fund.updates.draft_update import draft_update
from fund.updates.make_correction import make_correction
from fund.updates.models import Update
from fund.updates.prepare_correction import prepare_correction
from fund.updates.publish_update import publish_update
from fund.updates.reading_key import with_key
from fund.updates.rules import Words
from fund.updates.withdraw_update import withdraw_update
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.people import BOB, CAROL, add_member, sign_in

pytestmark = sqlite_only
PAGE = f"/c/{SLUG}/updates/1"
NOW = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
SECRET = "Only for some"
FEEDS = (f"/c/{SLUG}/updates.atom", "/updates.atom")


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (30, 20), "red").save(kept, "PNG")
    return kept.getvalue()


def published(services: Services, campaign_id: int, audience: str, **more: Any) -> tuple[int, str]:
    """Id of the update, address of its picture."""
    given = services
    with given.database.write() as session:
        draft = draft_update(
            session, campaign_id=campaign_id, words={"en": Words("News", SECRET)}, audience=audience,
            author_id=None, actor="member:1", now=NOW, **more,
        )  # fmt: skip
        words = {"en": "The letter"}
        file_id = attach_file(
            session,
            update_id=draft.id,
            file=clean_file(picture()),
            name="letter.png",
            words=words,
            actor="member:1",
            now=NOW,
        ).file_id
        publish_update(
            session, given.queue, given.sender, given.signer, given.addresses,
            update_id=draft.id, actor="member:1", now=NOW,
        )  # fmt: skip
        return draft.id, f"/files/{file_id}/letter.png"


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


def give(database: Database, campaign_id: int, address: str) -> None:
    gift = Donation(
        campaign_id=campaign_id, state="paid", amount=2500, currency="CAD", visibility="hidden", email=address,
        email_index=address_index(address), locale="en", nonce=uuid4().hex, form_key=uuid4().hex, created_at=NOW,
        expires_at=NOW, paid_at=NOW,
    )  # fmt: skip
    with database.write() as session:
        session.add(gift)


def reads(client: FlaskClient, page: str, file: str) -> tuple[bool, int]:
    return SECRET in client.get(page).text, client.get(file).status_code


def test_the_public_sees_a_title_and_members_the_rest(
    client: FlaskClient, services: Services, database: Database, campaign_id: int
) -> None:
    _, file = published(services, campaign_id, "members")
    assert reads(client, PAGE, file) == (False, 404)
    for everywhere in (
        f"/c/{SLUG}",
        f"/c/{SLUG}/updates",
        f"/c/{SLUG}/updates.atom",
        f"/api/v1/campaigns/{SLUG}/updates",
    ):
        page = client.get(everywhere).text
        assert "News" in page
        assert SECRET not in page
        assert "letter.png" not in page
    sign_in(client, database, add_member(database, BOB))
    assert reads(client, PAGE, file) == (True, 200)
    assert 'alt="The letter" width="30" height="20"' in client.get(PAGE).text


def test_donors_read_theirs_signed_in_with_the_address_they_gave_with(
    client: FlaskClient, services: Services, database: Database, campaign_id: int
) -> None:
    _, file = published(services, campaign_id, "donors")
    give(database, campaign_id, CAROL.address.upper())
    sign_in(client, database, add_member(database, BOB))
    assert reads(client, PAGE, file) == (False, 404)
    sign_in(client, database, add_member(database, CAROL))
    assert reads(client, PAGE, file) == (True, 200)


def test_the_link_in_the_mail_opens_that_page_alone(
    client: FlaskClient, services: Services, database: Database, campaign_id: int
) -> None:
    update_id, file = published(services, campaign_id, "donors")
    with database.read() as session:
        update = session.get_one(Update, update_id)
        key = with_key(services.signer, update, "").removeprefix("?key=")
    page = client.get(f"{PAGE}?key={key}")
    assert SECRET in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert 'content="noindex"' in page.text
    (picture_address,) = re.findall(r'<img src="([^"]+)"', page.text)
    assert client.get(picture_address.replace("&amp;", "&")).status_code == 200
    other_key = services.signer.sign("read", update_id + 1)
    forged = services.signer.sign("unsubscribe", update_id)
    for wrong in (key[:-1], "", "x", other_key, forged, "é", key + "A"):
        assert reads(client, f"{PAGE}?key={wrong}", f"{file}?key={wrong}") == (False, 404)
    published(services, campaign_id, "donors")
    assert SECRET not in client.get(f"/c/{SLUG}/updates/2?key={key}").text


@pytest.mark.parametrize("audience", ["members", "donors"])
def test_from_its_moment_on_everybody_reads_it_though_nothing_is_committed(
    client: FlaskClient, services: Services, campaign_id: int, audience: str
) -> None:
    opens = NOW + timedelta(hours=1)
    _, file = published(services, campaign_id, audience, public_from=opens)
    everywhere = (f"/c/{SLUG}", f"/c/{SLUG}/updates", f"/c/{SLUG}/updates.atom", f"/api/v1/campaigns/{SLUG}/updates")
    with time_machine.travel(opens - timedelta(seconds=1), tick=False) as clock:
        for _ in range(2):
            assert reads(client, PAGE, file) == (False, 404)
            assert not [page for page in everywhere if SECRET in client.get(page).text]
            assert not [page for page in FEEDS if file in client.get(page).text]
        clock.move_to(opens)
        assert reads(client, PAGE, file) == (True, 200)
        assert [page for page in everywhere if SECRET not in client.get(page).text] == []
        assert [page for page in FEEDS if file not in client.get(page).text] == []
        assert "<updated>2026-11-21T15:32:00Z</updated>" in client.get(f"/c/{SLUG}/updates.atom").text


def test_a_correction_shows_both_and_is_new_in_the_feed(
    client: FlaskClient, services: Services, campaign_id: int
) -> None:
    update_id, _ = published(services, campaign_id, "public")
    later, given = NOW + timedelta(days=1), services
    with given.database.write() as session:
        prepare_correction(
            session, update_id=update_id, words={"en": Words("News", "Something <script>else</script>")},
            reason={"en": "It was something else."}, actor="member:1", now=later,
        )  # fmt: skip
    assert "something else" not in client.get(PAGE).text
    with given.database.write() as session:
        make_correction(
            session, given.queue, given.sender, given.signer, given.addresses,
            update_id=update_id, seen=later, tell=False, actor="member:1", now=later,
        )  # fmt: skip
    page = client.get(PAGE).text
    assert page.index("Something &lt;script&gt;") < page.index("It was something else.") < page.index(SECRET)
    assert 'href="#corrections"' in page
    feed = client.get(f"/c/{SLUG}/updates.atom").text
    assert "<updated>2026-11-22T14:32:00Z</updated>" in feed
    assert "<published>2026-11-21T14:32:00Z</published>" in feed


def test_what_was_withdrawn_says_so_and_is_nowhere_else(
    client: FlaskClient, services: Services, database: Database, campaign_id: int
) -> None:
    update_id, file = published(services, campaign_id, "public")
    assert reads(client, PAGE, file) == (True, 200)
    with database.write() as session:
        withdraw_update(session, update_id=update_id, actor="member:1", now=NOW)
    page = client.get(PAGE)
    assert page.status_code == 410
    assert "withdrawn" in page.text
    assert reads(client, PAGE, file) == (False, 404)
    for elsewhere in (f"/c/{SLUG}", f"/c/{SLUG}/updates", f"/c/{SLUG}/updates.atom", "/updates.atom"):
        assert "News" not in re.sub(r"<title>.*?</title>", "", client.get(elsewhere).text.replace("News of the", ""))
