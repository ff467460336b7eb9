from datetime import UTC, datetime, timedelta

import pytest

from fund.updates.queries import (
    campaign_updates,
    drafts,
    find_update,
    latest_updates,
    published_update,
    published_updates,
)
from fund.updates.rules import ANYBODY, Reader, body_is_visible
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import Newsroom

NOW = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)


def test_pages_go_back_to_the_first_update_without_gap_or_repeat(newsroom: Newsroom) -> None:
    for _ in range(7):
        newsroom.publish(newsroom.draft())
    newsroom.draft()
    seen, before = [], None
    with newsroom.database.read() as session:
        while True:
            page = published_updates(session, newsroom.campaign_id, limit=3, before=before)
            seen.append([update.number for update in page.updates])
            before = page.before
            if before is None:
                break
    assert seen == [[7, 6, 5], [4, 3, 2], [1]]


def test_a_last_page_that_is_full_is_the_last(newsroom: Newsroom) -> None:
    for _ in range(3):
        newsroom.publish(newsroom.draft())
    with newsroom.database.read() as session:
        assert published_updates(session, newsroom.campaign_id, limit=3).before is None


def test_a_draft_has_no_page(newsroom: Newsroom) -> None:
    newsroom.publish(newsroom.draft(audience="members"))
    draft_id = newsroom.draft()
    with newsroom.database.read() as session:
        first = published_update(session, newsroom.campaign_id, 1)
        assert first is not None
        assert first.text("fr").title == "Refusée"
        assert published_update(session, newsroom.campaign_id, 2) is None
        assert published_update(session, newsroom.campaign_id + 1, 1) is None
        assert find_update(session, draft_id) is not None
        assert [one.id for one in drafts(session)] == [draft_id]
        assert [one.number for one in campaign_updates(session, newsroom.campaign_id)] == [None, 1]


def test_the_sites_feed_has_what_is_public_newest_first(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    newsroom.publish(newsroom.draft())
    newsroom.later(days=1)
    newsroom.publish(newsroom.draft(campaign_id=make_campaign("host", "closed")))
    newsroom.later(days=1)
    newsroom.publish(newsroom.draft())
    newsroom.draft(campaign_id=make_campaign("hidden", "draft"))
    with newsroom.database.read() as session:
        latest = latest_updates(session, limit=10)
    assert [(campaign.slug, update.number) for update, campaign in latest] == [
        ("four-labels", 2),
        ("host", 1),
        ("four-labels", 1),
    ]


def test_who_may_read_the_text() -> None:
    member, donor = Reader(is_member=True), Reader(gave=True)
    assert [body_is_visible("public", one, now=NOW) for one in (ANYBODY, member, donor)] == [True, True, True]
    assert [body_is_visible("members", one, now=NOW) for one in (ANYBODY, member, donor)] == [False, True, False]
    assert [body_is_visible("donors", one, now=NOW) for one in (ANYBODY, member, donor)] == [False, False, True]


@pytest.mark.parametrize("audience", ["members", "donors"])
def test_from_its_moment_on_everybody_may_read(audience: str) -> None:
    assert not body_is_visible(audience, public_from=NOW + timedelta(seconds=1), now=NOW)
    assert body_is_visible(audience, public_from=NOW, now=NOW)
