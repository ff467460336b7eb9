"""What holds for every answer, whatever it is about: headers, cookies, hosts, languages, errors."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from config import load_settings
from fund.app import create_app
from fund.web.limits import caller
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import SITE_URL, settings_environ
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only

LIVE = {"SITE_URL": "https://fund.example.org", "REQUIRE_SECOND_FACTOR": "1", "DEFAULT_LOCALE": "fr"}
SECRET_WORDS = "charlie@example.net and the secret words"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "",
    "Permissions-Policy": "camera=()",
}
ANONYMOUS = [
    "/",
    f"/c/{SLUG}",
    f"/c/{SLUG}/donate",
    f"/c/{SLUG}/updates",
    "/updates.atom",
    "/privacy",
    "/terms",
    "/login",
]
ANSWERS = {
    "a page": ("/", 200),
    "a campaign": (f"/c/{SLUG}", 200),
    "a form": (f"/c/{SLUG}/donate", 200),
    "a feed": ("/updates.atom", 200),
    "nothing": ("/nothing", 404),
    "nothing in French": ("/fr/nothing", 404),
    "an error of ours": ("/break", 500),
    "a redirect to the login": ("/desk/", 303),
    "a redirect to the slash": ("/desk", 308),
    "a method that is not": ("/logout", 405),
    "the API": ("/api/v1/campaigns", 200),
    "nothing of the API": ("/api/v1/nothing", 404),
    "a file": ("/static/site/site.css", 200),
    "no file": ("/static/nothing.css", 404),
    "health": ("/healthz", 200),
    "the hook": ("/hooks/stripe", 405),
}


@pytest.fixture
def app(services: Services) -> Flask:
    return breakable(services)


def breakable(services: Services) -> Flask:
    """The application with one view that fails as a driver would, its message full of what nobody may see."""
    made = create_app(services=services)

    @made.get("/break")
    def fail() -> str:
        raise RuntimeError("INSERT INTO donation: " + SECRET_WORDS)

    @made.get("/break/far/below")
    def fail_far_below() -> str:
        class Broken:
            def __str__(self) -> str:
                return fail()

        return made.jinja_env.from_string(
            "{% macro show(it, n) %}{{ show(it, n - 1) if n else it }}{% endmacro %}{{ show(it, 9) }}"
        ).render(it=Broken())

    make_campaign(services.database)
    return made


@pytest.fixture
def live(services: Services, tmp_path: Path) -> FlaskClient:
    """As on a public site."""
    settings = load_settings(settings_environ(services.settings.database_url, tmp_path, **LIVE))
    return breakable(replace(services, settings=settings)).test_client()


def missing(answer: TestResponse) -> list[str]:
    return [name for name, begin in HEADERS.items() if not answer.headers.get(name, "\x00").startswith(begin)]


@pytest.mark.parametrize(("path", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, buffered=True)
    assert (missing(answer), answer.status_code) == ([], status)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_over_https_browsers_are_told_to_stay_there(live: FlaskClient) -> None:
    for path in ("/c/four-labels", "/nothing", "/break", "/api/v1/campaigns", "/static/site/site.css"):
        answer = live.get(path, buffered=True)
        assert missing(answer) == []
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000"), path
        assert "https://checkout.stripe.com" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ANONYMOUS)
def test_a_stranger_gets_no_cookie_and_caches_no_reason(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert path == "/login" or "Cookie" not in answer.headers.get("Vary", "")


def test_a_cookie_that_is_not_ours_changes_nothing(client: FlaskClient) -> None:
    for cookie in ("tracking=1", "session=forged", "session=" + "x" * 4000, "session=\u00e9"):
        answer = client.get("/", headers={"Cookie": cookie})
        assert answer.status_code == 200


def test_who_is_signed_in_is_kept_out_of_caches(client: FlaskClient, services: Services) -> None:
    sign_in(client, services.database, add_member(services.database, BOB))
    for path in ("/", f"/c/{SLUG}", "/account"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
    assert client.get("/desk/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/", f"/c/{SLUG}", "/updates.atom", "/nothing", f"/c/{SLUG}/donate", "/desk", "/desk/"]
)
def test_links_know_one_host_only(client: FlaskClient, path: str) -> None:
    evil = {"Host": "evil.example.org", "X-Forwarded-Host": "evil.example.org", "Forwarded": "host=evil.example.org"}
    for asked in (client.get(path, headers=evil), client.get("/fr" + path, headers=evil)):
        assert "evil.example.org" not in asked.text
        assert "evil.example.org" not in asked.headers.get("Location", "")
        assert set(re.findall(r"https?://[^/\"'<\s]+", asked.text)) <= {
            SITE_URL,
            "http://www.w3.org",
            "http://purl.org",
        }


CALLERS: list[tuple[str, str, dict[str, str], str]] = [
    ("", "198.51.100.7", {"X-Forwarded-For": "203.0.113.9"}, "198.51.100.7"),
    ("10.0.0.0/8", "198.51.100.7", {"X-Forwarded-For": "203.0.113.9"}, "198.51.100.7"),
    ("10.0.0.0/8", "10.1.2.3", {"X-Forwarded-For": "203.0.113.9"}, "203.0.113.9"),
    ("10.0.0.0/8", "10.1.2.3", {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}, "203.0.113.9"),
    ("10.0.0.0/8", "10.1.2.3", {"X-Forwarded-For": "not an address"}, "10.1.2.3"),
    ("10.0.0.0/8", "10.1.2.3", {}, "10.1.2.3"),
    ("::1,10.0.0.1", "::1", {"X-Forwarded-For": "2001:db8::7"}, "2001:db8::7"),
]


@pytest.mark.parametrize("case", CALLERS, ids=str)
def test_forwarded_addresses_are_believed_from_trusted_proxies(
    services: Services, tmp_path: Path, case: tuple[str, str, dict[str, str], str]
) -> None:
    trusted, peer, headers, seen = case
    environ = settings_environ(services.settings.database_url, tmp_path, TRUSTED_PROXIES=trusted)
    app = create_app(services=replace(services, settings=load_settings(environ)))
    met: list[tuple[str | None, str, bool]] = []

    @app.before_request
    def look() -> None:
        met.append((request.remote_addr, request.scheme, seen in caller()))

    forwarded = {**headers, "X-Forwarded-Proto": "https"}
    app.test_client().get("/nothing", headers=forwarded, environ_overrides={"REMOTE_ADDR": peer})
    believed = bool(trusted) and peer != "198.51.100.7"
    assert met == [(seen, "https" if believed else "http", False)]


ORIGINS = [
    ({}, True),
    ({"Origin": SITE_URL}, True),
    ({"Origin": SITE_URL, "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "https://evil.example.org"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": SITE_URL + ".evil.example.org"}, False),
    ({"Origin": SITE_URL.replace("http", "https")}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": SITE_URL, "Sec-Fetch-Site": "cross-site"}, False),
]


@pytest.mark.parametrize("path", [f"/c/{SLUG}/donate", f"/c/{SLUG}/follow"])
def test_forms_of_other_sites_are_refused(client: FlaskClient, path: str) -> None:
    for headers, welcome in ORIGINS:
        answer = client.post(path, data={"amount": "x", "email": "x"}, headers=headers)
        assert (answer.status_code == 403) is not welcome, headers


def test_french_is_a_path(client: FlaskClient) -> None:
    english, french = client.get(f"/c/{SLUG}").text, client.get(f"/fr/c/{SLUG}").text
    assert '<html lang="en"' in english
    assert '<html lang="fr"' in french
    assert f'href="/fr/c/{SLUG}"' in english
    assert f'href="/c/{SLUG}"' in french
    assert f'action="/fr/c/{SLUG}/donate"' in client.get(f"/fr/c/{SLUG}/donate").text
    assert 'href="/static/' in french
    assert client.get("/fr").status_code in (200, 308)
    assert client.get("/fra").status_code == client.get("/fr/fr/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/fr/api/v1/campaigns", "/fr/healthz", "/fr/hooks/stripe", "/fr/static/site/site.css"]
)
def test_machines_addresses_have_one_form(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_where_french_is_the_default_the_front_page_leads_there(live: FlaskClient) -> None:
    front = live.get("/")
    assert (front.status_code, front.headers["Location"].rpartition("example.org")[2]) == (302, "/fr/")
    assert live.get("/?lang=en").status_code == 200
    assert live.get(f"/c/{SLUG}").status_code == 200


@pytest.mark.parametrize("path", ["/break", "/fr/break"])
def test_an_error_of_ours_has_a_reference_and_tells_nothing(client: FlaskClient, path: str) -> None:
    with capture_logs() as logged:
        answer = client.get(path)
    assert answer.status_code == 500
    (line,) = logged
    assert line["reference"] in answer.text
    assert (line["event"], line["error"], line["endpoint"]) == ("unexpected", "RuntimeError", "fail")
    assert any("test_answers.py" in frame for frame in line["frames"])
    for told in (answer.text, str(logged)):
        assert not any(word in told for word in ("charlie", "INSERT", "Traceback", "secret words"))


def test_the_log_names_our_own_place_however_far_below_it_broke(client: FlaskClient) -> None:
    with capture_logs() as logged:
        assert client.get("/break/far/below").status_code == 500
    (line,) = logged
    assert any(frame.startswith("tests/fund/web/test_answers.py:") for frame in line["frames"][:2]), line["frames"]
    assert len(line["frames"]) <= 8


@pytest.mark.parametrize("path", ["/" + "x" * 5000, "/%00", "/c/%ff", "/c/..%2f..%2fetc", "/c/four-labels%0d%0aX: y"])
def test_odd_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "X" not in answer.headers


def test_a_doubled_slash_leads_to_this_site(client: FlaskClient) -> None:
    answer = client.get("/c//other", headers={"Host": "evil.example.org"})
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{SITE_URL}/c/other")
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "query", ["amount=%00", "amount=" + "9" * 5000, "amount=%ff", "ref=<script>", "ref=" + "x" * 5000]
)
def test_odd_queries_of_the_form_are_harmless(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/c/{SLUG}/donate?{query}")
    assert answer.status_code == 200
    assert "<script" not in answer.text


def test_a_huge_form_is_refused(client: FlaskClient) -> None:
    answer = client.post(f"/c/{SLUG}/donate", data={"message": "x" * 300_000})
    assert answer.status_code == 413
    assert "larger than this page accepts" in answer.text
