"""Every door is guarded: what a route may be opened by is written on its view, and does what it says."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from fund.db.session import Database
from fund.web.origin import csrf
from fund.web.permissions import PERMISSIONS
from tests.fixtures.databases import sqlite_only
from tests.people import ALICE, BOB, add_member, sign_in

pytestmark = sqlite_only

MACHINES = re.compile(r"^/hooks/|^/unsubscribe/")
"""What may be posted to without a token or an Origin: the callers prove themselves by signature."""


def rules(app: Flask, method: str) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))


def guard(app: Flask, rule: Rule) -> str:
    return str(getattr(app.view_functions[rule.endpoint], "guard", ""))


def is_exempt(app: Flask, rule: Rule) -> bool:
    view = app.view_functions[rule.endpoint]
    return f"{view.__module__}.{view.__name__}" in csrf._exempt_views


def example(rule: Rule) -> str:
    """An address of that rule; whatever it names need not exist."""
    values = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}
    one_of = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)
    return re.sub(r"<(?:(\w+)[^:>]*:)?[^>]+>", lambda part: values.get(part[1], "x"), one_of)


def test_every_route_of_the_desk_names_a_permission(app: Flask) -> None:
    unguarded = {
        rule.rule: guard(app, rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and guard(app, rule).removeprefix("needs:") not in PERMISSIONS
    }
    assert unguarded == {}


def test_every_permission_is_used(app: Flask) -> None:
    used = {guard(app, rule).removeprefix("needs:") for rule in app.url_map.iter_rules()}
    assert set(PERMISSIONS) - used == set()


def test_every_post_is_guarded_against_other_sites(app: Flask) -> None:
    bare = []
    for rule in rules(app, "POST"):
        kind = guard(app, rule)
        by_token = not is_exempt(app, rule)
        by_origin = kind == "anonymous_form"
        by_signature = kind == "machine_post" and MACHINES.match(rule.rule)
        if not (by_token or by_origin or by_signature):
            bare.append(f"{rule.rule}: {kind or 'no guard'}")
    assert bare == []


def test_nobody_changes_anything_with_a_get(app: Flask) -> None:
    """A view that takes only GET is no form's target; PUT, PATCH and DELETE are not used at all."""
    used = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert used <= {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_finds_the_desk_closed(app: Flask, client: FlaskClient, method: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in rules(app, method):
        if guard(app, rule).startswith("needs:"):
            answer = client.open(example(rule), method=method)
            assert answer.status_code in (303, 403), f"{method} {rule.rule}: {answer.status_code}"
            if answer.status_code == 303:
                assert "/login" in answer.location or rule.endpoint == "site.logout", rule.rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_member_finds_the_desk_closed(app: Flask, client: FlaskClient, database: Database, method: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, database, add_member(database, BOB))
    for rule in rules(app, method):
        if rule.rule.startswith("/desk"):
            assert client.open(example(rule), method=method).status_code == 403, f"{method} {rule.rule}"


def test_signed_in_forms_need_their_token(app: Flask, client: FlaskClient, database: Database) -> None:
    sign_in(client, database, add_member(database, ALICE))
    for rule in rules(app, "POST"):
        if guard(app, rule).startswith("needs:"):
            assert client.post(example(rule)).status_code == 400, rule.rule


def test_forms_from_other_sites_are_refused(app: Flask, client: FlaskClient) -> None:
    for rule in rules(app, "POST"):
        if guard(app, rule) == "anonymous_form":
            for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                assert client.post(example(rule), headers=headers).status_code == 403, rule.rule
