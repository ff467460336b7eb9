import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import load_settings
from fund.app import create_app
from fund.cli.database import bring_up_to_date
from fund.db.session import Database
from fund.web.services import Services
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import settings_environ
from tests.fixtures.threads import at_once


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (200, "ok")
    assert all(ready.get_json()["checks"].values())


@pytest.fixture
def unmigrated(empty_database_url: str, services: Services, tmp_path: Path) -> Services:
    settings = load_settings(settings_environ(empty_database_url, tmp_path))
    return replace(services, settings=settings, database=Database(empty_database_url))


@sqlite_only
def test_not_ready_before_the_migrations(unmigrated: Services) -> None:
    client = create_app(services=unmigrated).test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json()["checks"] == {"database": True, "migrations": False, "queue": True}
    bring_up_to_date(unmigrated)
    assert client.get("/readyz").status_code == 200
    unmigrated.database.dispose()


@sqlite_only
def test_not_ready_without_a_database(services: Services, tmp_path: Path) -> None:
    broken = replace(services, database=Database(f"sqlite:///{tmp_path}/no/such/folder/x.sqlite3"))
    client = create_app(services=broken).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert "sqlite" not in client.get("/readyz").text


@sqlite_only
def test_ready_while_somebody_writes(client: FlaskClient, services: Services) -> None:
    """Asked every few seconds, it must neither wait for a writer nor hold one up."""
    path = services.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert client.get("/readyz").status_code == 200
    with services.database.write() as session:
        session.connection()
        assert at_once(1, lambda _n: client.application.test_client().get("/readyz").status_code) == [200]
