from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from fund.db.keyring import Keyring
from fund.db.session import Database
from fund.db.types import address_index, install_keyring
from fund.mail.suppress import suppress
from fund.members.delete_member import delete_member
from fund.members.look_up_addresses import Known, look_up_addresses
from fund.members.models import Member
from fund.members.rules import gone_index
from tests.fixtures.databases import TEST_KEYS, sqlite_only
from tests.people import BOB, CAROL, Person, add_member

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SILENT, STRANGER = "silent@example.com", "stranger@example.com"
EVERYBODY = (BOB.address, CAROL.address, SILENT, STRANGER)


@pytest.fixture
def rotate() -> Iterator[Callable[[], None]]:
    """Puts a new key in front of those there are."""
    keys = list(TEST_KEYS)

    def one_more() -> None:
        keys.insert(0, (f"test{len(keys) + 1}", bytes([len(keys)] * 32)))
        install_keyring(Keyring(keys))

    yield one_more
    install_keyring(Keyring(TEST_KEYS))


def join_and_leave(database: Database, person: Person) -> int:
    member_id = add_member(database, person)
    with database.write() as session:
        delete_member(session, member_id=member_id, now=NOW)
    return member_id


def look(database: Database) -> Known:
    with database.read() as session:
        return look_up_addresses(session, EVERYBODY)


@sqlite_only
def test_everybody_is_known_again_after_the_keys_were_rotated(database: Database, rotate: Callable[[], None]) -> None:
    add_member(database, BOB)
    join_and_leave(database, CAROL)
    with database.write() as session:
        suppress(session, address=SILENT, reason="asked", source="desk", now=NOW)
    for _ in range(3):
        known = look(database)
        assert known.members == {address_index(BOB.address): None}
        assert known.gone == {address_index(CAROL.address)}
        assert known.suppressed == {address_index(SILENT)}
        rotate()


@sqlite_only
def test_who_leaves_again_leaves_one_mark_by_the_newest_key(database: Database, rotate: Callable[[], None]) -> None:
    add_member(database, BOB)
    join_and_leave(database, CAROL)
    rotate()
    with database.write() as session:
        bob = session.scalars(select(Member).where(Member.deleted_at.is_(None))).one()
        delete_member(session, member_id=bob.id, now=NOW)
    join_and_leave(database, CAROL)
    newest = {gone_index(address_index(one.address)) for one in (BOB, CAROL)}
    with database.read() as session:
        found = session.scalars(select(Member.address_index).where(func.length(Member.address_index) > 60))
        assert set(found) == newest
    assert look(database).gone == {address_index(one.address) for one in (BOB, CAROL)}
