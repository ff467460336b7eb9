"""Each kind of mail looked at from the desk, with made-up values."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.db.session import Database
from fund.mail.models import Delivery, MailBody
from fund.mail.samples import sample_messages, sample_variants
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE

pytestmark = sqlite_only

ROOM = "/desk/mail/messages"


def test_the_list_leads_to_every_mail_and_is_found_from_the_room_of_mail(desk: FlaskClient) -> None:
    assert f'href="{ROOM}"' in desk.get("/desk/mail").text
    listed = set(re.findall(rf'href="{ROOM}/(\w+)"', desk.get(ROOM).text))
    assert listed == set(sample_messages())
    assert "mot de passe" in desk.get(f"/fr{ROOM}").text


@pytest.mark.parametrize("name", sample_messages())
def test_each_mail_is_shown_in_both_languages(desk: FlaskClient, name: str) -> None:
    for locale, reason in (("en", "get this"), ("fr", "recevez")):
        page = desk.get(f"{ROOM}/{name}?locale={locale}")
        assert page.status_code == 200
        assert reason in page.text
        assert f'<pre class="sheet" tabindex="0" lang="{locale}">' in page.text


def test_a_part_by_itself_can_do_nothing_on_the_desk(desk: FlaskClient) -> None:
    html = desk.get(f"{ROOM}/receipt?locale=fr&part=html")
    assert '<html lang="fr">' in html.text
    assert html.mimetype == "text/html"
    text = desk.get(f"{ROOM}/receipt?part=text")
    assert text.mimetype == "text/plain"
    assert text.text.startswith("Thank you. Your gift has arrived.")
    for part in (html, text):
        policy = part.headers["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", [name for name in sample_messages() if sample_variants(name)[1:]])
def test_each_way_in_which_a_mail_is_written_is_one_link_away(desk: FlaskClient, name: str) -> None:
    page = desk.get(f"{ROOM}/{name}").text
    led = dict.fromkeys(re.findall(rf'href="{ROOM}/{name}\?locale=en&amp;variant=(\w+)">', page))
    assert tuple(led) == sample_variants(name)[1:]
    for variant in led:
        there = desk.get(f"{ROOM}/{name}?locale=fr&variant={variant}").text
        assert f'<input type="hidden" name="variant" value="{variant}"' in there
        assert f"locale=fr&amp;variant={variant}&amp;part=html" in there


def test_a_variant_shows_what_is_different(desk: FlaskClient) -> None:
    assert "We lost" in desk.get(f"{ROOM}/closing?variant=lost&part=text").text
    assert "Nous avons perdu" in desk.get(f"{ROOM}/closing?locale=fr&variant=lost&part=html").text
    assert "/unsubscribe/" not in desk.get(f"{ROOM}/closing?variant=donor&part=text").text
    assert desk.get(f"{ROOM}/closing?variant=nothing").text.count("The case was settled") > 0


def test_a_test_is_of_the_variant_that_was_looked_at(desk: FlaskClient, database: Database) -> None:
    page = f"{ROOM}/refund?locale=en&variant=whole"
    sent = submit(desk, page, to=f"{ROOM}/refund/test", variant="whole", locale="en")
    assert sent.location.endswith("variant=whole")
    with database.read() as session:
        body = session.scalars(select(MailBody)).one()
    assert "Your gift is on its way back to you" in body.text


def test_what_is_no_mail_is_not_found(desk: FlaskClient) -> None:
    for name in ("shared", "nothing", "receipt.html"):
        assert desk.get(f"{ROOM}/{name}").status_code == 404
    hidden = dict(re.findall(r'name="(csrf_token|nonce)"[^>]* value="([^"]+)"', desk.get(f"{ROOM}/receipt").text))
    assert desk.post(f"{ROOM}/nothing/test", data=hidden).status_code == 404
    assert desk.get(f"{ROOM}/receipt?locale=xx").status_code == 200


def test_a_test_goes_to_who_asks_once_and_says_that_it_is_one(desk: FlaskClient, database: Database) -> None:
    page = f"{ROOM}/update?locale=fr"
    nonce = re.findall(r'name="nonce" value="([^"]+)"', desk.get(page).text)[0]
    for _ in range(2):
        assert submit(desk, page, to=f"{ROOM}/update/test", nonce=nonce).status_code == 303
    with database.read() as session:
        delivery = session.scalars(select(Delivery)).one()
        body = session.scalars(select(MailBody)).one()
    assert delivery.address == ALICE.address
    assert delivery.unsubscribe_url is None
    assert body.locale == "fr"
    assert body.subject.startswith("Essai")
    assert body.subject.endswith("L’injonction est refusée")


def test_a_test_says_how_to_leave_only_where_the_mail_would(desk: FlaskClient, database: Database) -> None:
    for name in ("update", "receipt"):
        submit(desk, f"{ROOM}/{name}", to=f"{ROOM}/{name}/test")
    with database.read() as session:
        texts = dict(session.execute(select(MailBody.message, MailBody.text)).all())
    assert "%%unsubscribe_url%%" in texts["update"]
    assert "%%unsubscribe_url%%" not in texts["receipt"]


def test_nobody_is_flooded_with_tests(desk: FlaskClient) -> None:
    answers = [submit(desk, f"{ROOM}/receipt", to=f"{ROOM}/receipt/test").status_code for _ in range(22)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_nobody_else_gets_in(client: FlaskClient) -> None:
    for path in (ROOM, f"{ROOM}/receipt", f"{ROOM}/receipt?part=html"):
        assert client.get(path).status_code in (302, 303, 401, 403, 404)
