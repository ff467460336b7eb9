import threading

import pytest

from fund.db.glance import Glance, GlanceError
from fund.db.session import Database
from fund.db.touch_page import touch_page
from tests.factories.campaigns import make_campaign

VERSION = "SELECT version FROM page_version WHERE campaign_id = ?"


def test_each_look_sees_what_was_committed_before_it(database: Database) -> None:
    campaign_id = make_campaign(database)
    before = database.glance.value(VERSION, campaign_id)
    for more in range(1, 4):
        with database.write() as session:
            touch_page(session, campaign_id)
            assert database.glance.value(VERSION, campaign_id) == before + more - 1
        assert database.glance.value(VERSION, campaign_id) == before + more


def test_a_change_that_is_rolled_back_was_none(database: Database) -> None:
    campaign_id = make_campaign(database)
    before = database.glance.value(VERSION, campaign_id)

    def change_and_fail() -> None:
        with database.write() as session:
            touch_page(session, campaign_id)
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert database.glance.value(VERSION, campaign_id) == before


def test_none_where_there_is_no_row(database: Database) -> None:
    assert database.glance.value(VERSION, 4711) is None


def test_it_cannot_write(database_url: str, database: Database) -> None:
    make_campaign(database)
    if database_url.startswith("sqlite"):
        with pytest.raises(GlanceError):
            database.glance.value("DELETE FROM page_version RETURNING version")
    assert database.glance.value("SELECT COUNT(*) FROM page_version") == 1


def test_it_recovers_by_itself(database: Database) -> None:
    with pytest.raises(GlanceError):
        database.glance.value("SELECT nonsense FROM nowhere")
    assert database.glance.value("SELECT COUNT(*) FROM page_version") == 0


def test_every_thread_has_a_connection_of_its_own(database: Database) -> None:
    found: list[int] = []

    def look() -> None:
        found.extend(database.glance.value("SELECT 7") for _ in range(20))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7] * 80


def test_without_a_database_it_says_so() -> None:
    with pytest.raises(GlanceError):
        Glance("sqlite:////nowhere/at/all.sqlite3").value("SELECT 1")
