from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.db.write_again import write_again
from tests.factories.campaigns import make_campaign
from tests.fixtures.databases import postgresql_only
from tests.fixtures.threads import at_once


@postgresql_only
def test_of_two_that_wait_in_a_circle_both_get_done(database: Database) -> None:
    ids = [make_campaign(database, slug=f"campaign-{number}", audience_size=1) for number in range(2)]
    both_hold_one = Barrier(2)
    begun: list[int] = []

    def add(number: int) -> None:
        def work(session: Session) -> None:
            begun.append(number)
            for step, campaign_id in enumerate(ids if number else ids[::-1]):
                campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
                campaign.audience_size = (campaign.audience_size or 0) + 1
                session.flush()
                if step == 0 and begun.count(number) == 1:
                    both_hold_one.wait(10)

        write_again(database, work)

    at_once(2, add)
    assert len(begun) == 3, "one of them was taken back"
    with database.read() as session:
        assert [session.get_one(Campaign, one).audience_size for one in ids] == [3, 3]


def test_what_is_wrong_by_itself_is_not_tried_again(database: Database) -> None:
    tried: list[int] = []

    def work(session: Session) -> None:
        tried.append(1)
        session.execute(text("INSERT INTO mail_day (day, sent) VALUES ('2026-11-21', NULL)"))

    with pytest.raises(IntegrityError):
        write_again(database, work)
    assert len(tried) == 1
