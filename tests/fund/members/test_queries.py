from sqlalchemy import update

from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.members.delete_member import delete_member
from fund.members.models import Member
from fund.members.queries import count_members, members_with_role, names_of_members, newest_members
from tests.fixtures.databases import sqlite_only
from tests.people import ALICE, BOB, CAROL, CHARLIE, MALLORY, add_member


@sqlite_only
def test_the_list_of_members_page_by_page_and_by_kind(database: Database) -> None:
    alice, bob, carol, charlie, mallory = (add_member(database, one) for one in (ALICE, BOB, CAROL, CHARLIE, MALLORY))
    with database.write() as session:
        session.execute(update(Member).where(Member.id == carol).values(password_hash=""))
        session.execute(update(Member).where(Member.id.in_([bob, mallory])).values(wants_updates=False))
        delete_member(session, member_id=mallory, now=utc_now())
    with database.read() as session:
        assert [one.id for one in newest_members(session, limit=2)] == [charlie, carol]
        assert [one.id for one in newest_members(session, before=carol, limit=9)] == [bob, alice]
        assert newest_members(session, before=alice, limit=9) == []
        assert [one.id for one in newest_members(session, kind="waiting", limit=9)] == [carol]
        assert [one.id for one in newest_members(session, kind="left", limit=9)] == [bob]
        assert newest_members(session, kind="imported", limit=9) == []
        assert count_members(session) == {"all": 4, "imported": 0, "waiting": 1, "left": 1}
        assert [one.id for one in members_with_role(session, "owner")] == [alice]
        assert names_of_members(session, set()) == {}
        assert names_of_members(session, {bob, 99}) == {bob: BOB.name}
