import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from config import load_settings
from fund.app import create_app
from fund.db.session import Database
from fund.web.services import Services
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import settings_environ

LIVE = {"SITE_URL": "https://fund.example.org", "REQUIRE_SECOND_FACTOR": "1"}


def app_on(services: Services, database: Database, url: str, folder: Path, **more: str) -> Flask:
    settings = load_settings(settings_environ(url, folder, **more))
    return create_app(services=replace(services, settings=settings, database=database, queue=FakeQueue()))


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    done = app.test_cli_runner().invoke(args=list(arguments))
    return done.exit_code, done.stdout, done.stderr


@sqlite_only
def test_migrating_twice_is_as_good_as_once(services: Services, empty_database_url: str, tmp_path: Path) -> None:
    database = Database(empty_database_url)
    app = app_on(services, database, empty_database_url, tmp_path)
    for _ in range(2):
        assert run(app, "migrate") == (0, "The database is current.\n", "")
    assert app.test_client().get("/readyz").status_code == 200
    assert run(app, "check-ledger")[0] == 0
    database.dispose()


@pytest.fixture
def demo_app(services: Services, tmp_path: Path) -> Flask:
    return app_on(services, services.database, services.settings.database_url, tmp_path, DEMO_PASSWORD="open sesame")


def test_the_demo_fills_an_empty_database_once(demo_app: Flask) -> None:
    status, said, _ = run(demo_app, "demo")
    assert status == 0
    assert all(word in said for word in ("alice@example.org", "bob@example.org", "carol@example.org", "open sesame"))
    again = run(demo_app, "demo")
    assert (again[0], "nothing was added" in again[1]) == (0, True)
    campaigns = demo_app.test_client().get("/api/v1/campaigns").get_json()["data"]
    figures = {one["currency"]: (one["target"], one["members_part"], one["status"]) for one in campaigns}
    assert len(campaigns) == 2
    assert figures["CAD"] == (200_000, 150_000, "open")
    assert figures["SEK"][2] == "open"
    report = json.loads(run(demo_app, "check-ledger", "--json")[1])
    assert (report["ok"], report["entries"]) == (True, 0)


@sqlite_only
def test_the_demo_names_no_password_that_opens_nothing(demo_app: Flask, services: Services, tmp_path: Path) -> None:
    run(demo_app, "demo")
    url = services.settings.database_url
    said = run(app_on(services, services.database, url, tmp_path, DEMO_PASSWORD="a later one"), "demo")[1]
    assert "a later one" not in said
    assert "as set when they were made" in said


@sqlite_only
def test_the_demo_never_touches_production(services: Services, tmp_path: Path) -> None:
    app = app_on(services, services.database, services.settings.database_url, tmp_path, **LIVE)
    status, _, complained = run(app, "demo")
    assert status == 1
    assert "refused" in complained
    assert app.test_client().get("/api/v1/campaigns").get_json() == {"data": []}


@sqlite_only
def test_demo_gifts_are_for_the_sandbox_only(demo_app: Flask) -> None:
    status, _, complained = run(demo_app, "demo", "--gifts")
    assert (status, "sandbox" in complained) == (1, True)


@sqlite_only
@pytest.mark.parametrize("command", ["check-ledger", "export-ledger", "takeover x"])
def test_a_database_that_was_never_migrated_is_said_in_one_line(
    services: Services, empty_database_url: str, tmp_path: Path, command: str
) -> None:
    database = Database(empty_database_url)
    app = app_on(services, database, empty_database_url, tmp_path)
    status, said, complained = run(app, *command.split())
    database.dispose()
    assert (status, said, complained.count("\n")) == (1, "", 1)
    assert "flask migrate" in complained
    assert "SELECT" not in complained
