import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/privacy", "What we hold, and who can see it"),
        ("/fr/privacy", "Ce que nous gardons, et qui peut le voir"),
        ("/terms", "It is no purchase, no loan and no share in the outcome."),
        ("/fr/terms", "Ce n’est ni un achat, ni un prêt"),
    ],
)
def test_pages_of_words(client: FlaskClient, path: str, words: str) -> None:
    assert words in client.get(path).text


def test_robots_may_not_follow_forms_and_personal_links(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    for path in ("/desk", "/fr/desk", "/unsubscribe/", "/c/*/donate", "/fr/c/*/thanks", "/hooks/"):
        assert f"Disallow: {path}" in lines


def test_browsers_find_the_icon_by_its_old_name(client: FlaskClient) -> None:
    assert client.get("/favicon.ico").location.startswith("/static/shared/icon.svg?v=")


def test_what_is_not_there_is_said_in_the_language_of_the_address(client: FlaskClient) -> None:
    missing = client.get("/fr/nulle-part")
    assert missing.status_code == 404
    assert "Il n’y a rien ici" in missing.text
    assert "There is nothing here" in client.get("/nowhere").text


def test_each_page_names_itself_and_its_twin(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    page = client.get(f"/fr/c/{SLUG}?ref=banner").text
    here = "http://127.0.0.1:8000"
    assert f'<link rel="canonical" href="{here}/fr/c/{SLUG}">' in page
    assert f'hreflang="en" href="{here}/c/{SLUG}"' in page
    assert f'href="/c/{SLUG}?ref=banner" lang="en" hreflang="en">English</a>' in page
    assert f'<meta property="og:url" content="{here}/fr/c/{SLUG}">' in page


def test_where_french_comes_first_the_start_page_leads_there_and_back(client: FlaskClient, services: Services) -> None:
    object.__setattr__(services.settings, "default_locale", "fr")
    assert client.get("/").status_code == 302
    assert client.get("/").location == "/fr/"
    assert client.get("/?lang=en").status_code == 200
    assert 'href="/?lang=en" lang="en"' in client.get("/fr/").text
    assert '<a class="wordmark" href="/?lang=en">' in client.get("/privacy").text


def test_french_has_one_start_page(client: FlaskClient) -> None:
    moved = client.get("/fr?ref=banner")
    assert (moved.status_code, moved.location) == (308, "/fr/?ref=banner")
    assert client.get("/fr").location == "/fr/"
    assert client.get("/fr/").status_code == 200


@pytest.mark.parametrize("path", ["/privacy", "/fr/privacy", "/terms"])
def test_write_to_us_names_an_address(client: FlaskClient, path: str) -> None:
    assert 'href="mailto:fund@example.org"' in client.get(path).text


def test_without_a_postal_address_every_page_says_where_to_write(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = client.application.jinja_env.globals
    assert isinstance(known["settings"], dict)
    monkeypatch.setitem(known, "settings", known["settings"] | {"postal_address": ""})
    assert 'href="mailto:fund@example.org"' in client.get("/").text.partition("<footer")[2]
