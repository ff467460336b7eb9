import pytest

from tests.fixtures.databases import sqlite_only
from tests.fund.updates.docket import draft, publish, withdraw
from tests.fund.updates.newsroom import Newsroom

pytestmark = sqlite_only


@pytest.mark.parametrize("filled", [False, True])
def test_what_is_withdrawn_before_it_left_reaches_nobody(newsroom: Newsroom, filled: bool) -> None:
    newsroom.follower("charlie", events=True)
    event_id = draft(newsroom)
    publish(newsroom, event_id)
    if filled:
        newsroom.fill()
    assert [withdraw(newsroom, event_id) for _ in range(2)] == [True, False]
    assert newsroom.recipients() == []


def test_what_has_left_has_left(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    event_id = draft(newsroom)
    publish(newsroom, event_id)
    assert newsroom.recipients() == ["charlie"]
    assert withdraw(newsroom, event_id) is False


def test_what_was_never_mailed_is_withdrawn_all_the_same(newsroom: Newsroom) -> None:
    event_id = draft(newsroom)
    publish(newsroom, event_id)
    assert withdraw(newsroom, event_id) is False
