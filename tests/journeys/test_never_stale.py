"""A change that one process commits shows in the very next request to another, hundreds of times over."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import update

from fund.campaigns.models import CampaignText
from fund.db.session import Database
from fund.db.touch_page import touch_page
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.fund_process import FundProcess

CHANGES = 300
READERS = 3
PATHS = (f"/c/{SLUG}", "/", f"/api/v1/campaigns/{SLUG}")


@pytest.fixture
def fund(database_url: str, tmp_path: Path) -> Iterator[FundProcess]:
    started = FundProcess.start(database_url, tmp_path, WORKERS="0")
    yield started
    started.stop()


class Readers:
    """Visitors in threads of their own, who note every page that is older than what was committed before they asked."""

    def __init__(self, fund: FundProcess) -> None:
        self.fund = fund
        self.committed = 0
        self.stale: list[tuple[str, int, int]] = []
        self.requests = 0
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(READERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def look(self, path: str) -> None:
        before = self.committed
        seen = int(self.fund.get(path).partition("Title number ")[2].split()[0])
        self.requests += 1
        if seen < before:
            self.stale.append((path, before, seen))

    def _read(self, number: int) -> None:
        while not self._ended.is_set():
            self.look(PATHS[number % len(PATHS)])


def test_hundreds_of_changes_by_another_process_and_not_one_old_page(fund: FundProcess, database: Database) -> None:
    campaign_id = make_campaign(database)
    _rename(database, campaign_id, 0)
    with Readers(fund) as readers:
        for number in range(1, CHANGES + 1):
            _rename(database, campaign_id, number)
            readers.committed = number
            readers.look(PATHS[number % len(PATHS)])
    assert readers.stale == []
    assert readers.requests > 2 * CHANGES


def _rename(database: Database, campaign_id: int, number: int) -> None:
    with database.write() as session:
        session.execute(
            update(CampaignText).where(CampaignText.campaign_id == campaign_id).values(title=f"Title number {number} ")
        )
        touch_page(session, campaign_id)
