from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy.orm import Session

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.change_password import change_password
from fund.members.delete_member import delete_member
from fund.members.edit_account import edit_account
from fund.members.models import Member
from fund.members.set_update_preference import set_update_preference
from fund.web.services import Services
from tests.fixtures.databases import sqlite_only
from tests.people import ALICE, BOB, CAROL, add_member

pytestmark = sqlite_only

NOW = utc_now()
Act = Callable[[Session], object]


def refused(database: Database, act: Act) -> int:
    with database.write() as session, pytest.raises(Refusal) as refusal:
        act(session)
    return refusal.value.status


def test_the_last_owner_stays_and_nobody_goes_twice(database: Database) -> None:
    alice, bob = add_member(database, ALICE), add_member(database, BOB)
    assert refused(database, partial(delete_member, member_id=alice, now=NOW)) == 409
    with database.write() as session:
        assert delete_member(session, member_id=bob, now=NOW) == BOB.address
    assert refused(database, partial(delete_member, member_id=bob, now=NOW)) == 404
    carol = add_member(database, CAROL)
    with database.write() as session:
        session.get_one(Member, carol).role = "owner"
    with database.write() as session:
        assert delete_member(session, member_id=alice, now=NOW) == ALICE.address
    assert refused(database, partial(delete_member, member_id=carol, now=NOW)) == 409


def test_of_nobody_nothing_is_changed(services: Services) -> None:
    acts: list[Act] = [
        partial(edit_account, member_id=7, name="Mallory", locale="en"),
        partial(set_update_preference, member_id=7, wants_updates=True, source="", now=NOW),
        lambda session: change_password(
            session, services.queue, services.sender, member_id=7, password_hash="x", keep_session=None, now=NOW
        ),
    ]
    assert [refused(services.database, act) for act in acts] == [404, 404, 404]
