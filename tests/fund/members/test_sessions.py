from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.change_password import change_password
from fund.members.check_credentials import check_credentials
from fund.members.create_owner import create_owner
from fund.members.models import Member, MemberSession
from fund.members.passwords import is_password, new_password_hash
from fund.members.queries import live_session, live_sessions
from fund.members.register_member import register_member
from fund.members.revoke_all_sessions import revoke_all_sessions
from fund.members.revoke_session import revoke_session
from fund.members.rules import SESSION_LIFETIME
from fund.members.see_session import see_session
from fund.members.sign_in import sign_in
from fund.members.sign_out import sign_out
from fund.web.services import Services
from tests.people import ALICE, BOB, PASSWORD, add_member

NOW = utc_now()


def opened(database: Database, member_id: int) -> str:
    with database.write() as session:
        return sign_in(session, member_id=member_id, now=NOW)


def is_live(database: Database, token: str, later: timedelta = timedelta()) -> bool:
    with database.read() as session:
        return live_session(session, token, now=NOW + later) is not None


def test_a_token_opens_its_members_session_and_is_not_in_the_database(database: Database) -> None:
    alice = add_member(database, ALICE)
    token = opened(database, alice)
    with database.read() as session:
        found = live_session(session, token, now=NOW)
        stored = session.scalars(select(MemberSession.token_sha256)).all()
    assert found is not None
    assert found[1].id == alice
    assert all(token not in digest for digest in stored)


def test_a_session_ends_at_sign_out_and_after_thirty_days(database: Database) -> None:
    first, second = (opened(database, add_member(database, person)) for person in (ALICE, BOB))
    with database.write() as session:
        sign_out(session, token=first, now=NOW)
        sign_out(session, token=first, now=NOW)
    assert not is_live(database, first)
    assert is_live(database, second, SESSION_LIFETIME - timedelta(seconds=1))
    assert not is_live(database, second, SESSION_LIFETIME)


def test_who_is_gone_since_the_password_was_checked_is_not_signed_in(database: Database) -> None:
    alice = add_member(database, ALICE)
    with pytest.raises(Refusal):
        opened(database, alice + 1)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MemberSession)) == 0


def test_only_the_members_own_sessions_can_be_revoked(database: Database) -> None:
    alice, bob = add_member(database, ALICE), add_member(database, BOB)
    token = opened(database, alice)
    with database.read() as session:
        (theirs,) = live_sessions(session, alice, now=NOW)
    with database.write() as session:
        assert not revoke_session(session, member_id=bob, session_id=theirs.id, now=NOW)
    assert is_live(database, token)
    with database.write() as session:
        assert revoke_session(session, member_id=alice, session_id=theirs.id, now=NOW)
        assert not revoke_session(session, member_id=alice, session_id=theirs.id, now=NOW)
    assert not is_live(database, token)


def test_revoking_all_spares_the_browser_that_asked_and_everybody_else(database: Database) -> None:
    alice, bob = add_member(database, ALICE), add_member(database, BOB)
    old, mine, bobs = opened(database, alice), opened(database, alice), opened(database, bob)
    with database.write() as session:
        found = live_session(session, mine, now=NOW)
        assert found is not None
        assert revoke_all_sessions(session, member_id=alice, keep=found[0].id, now=NOW) == 1
    assert [is_live(database, token) for token in (old, mine, bobs)] == [False, True, True]


def test_a_use_is_noted_at_most_every_ten_minutes(database: Database) -> None:
    token = opened(database, add_member(database, ALICE))
    seen = []
    for minutes in (9, 10, 15):
        with database.write() as session:
            found = live_session(session, token, now=NOW)
            assert found is not None
            see_session(session, session_id=found[0].id, now=NOW + timedelta(minutes=minutes))
        with database.read() as session:
            seen.append(session.scalars(select(MemberSession.seen_at)).one())
    assert seen == [NOW, NOW + timedelta(minutes=10), NOW + timedelta(minutes=10)]


def test_a_new_password_signs_the_other_browsers_out(services: Services) -> None:
    database = services.database
    alice = add_member(database, ALICE)
    old, mine = opened(database, alice), opened(database, alice)
    hashed = new_password_hash("another good password", address=ALICE.address)
    with database.write() as session:
        found = live_session(session, mine, now=NOW)
        assert found is not None
        change_password(
            session,
            services.queue,
            services.sender,
            member_id=alice,
            password_hash=hashed,
            keep_session=found[0].id,
            now=NOW,
        )
    assert [is_live(database, token) for token in (old, mine)] == [False, True]
    with database.read() as session:
        assert check_credentials(session, address=ALICE.address, password="another good password") == alice
        with pytest.raises(Refusal):
            check_credentials(session, address=ALICE.address, password=PASSWORD)


def test_address_and_password_are_found_in_any_case_and_any_composition(database: Database) -> None:
    with database.write() as session:
        member = register_member(
            session,
            address="Eve@example.org",
            name="Ève",
            password_hash=new_password_hash("un été à Montréal", address="Eve@example.org"),
            locale="fr",
            wants_updates=True,
            consent_source="the tests",
            now=NOW,
        )
    with database.read() as session:
        assert (
            check_credentials(session, address=" eve@EXAMPLE.org", password="un e\u0301te\u0301 à Montréal")
            == member.id
        )


def test_one_sentence_for_an_unknown_address_and_a_wrong_password(database: Database) -> None:
    add_member(database, ALICE)
    sentences = set()
    with database.read() as session:
        for address, password in ((ALICE.address, "not the password"), ("nobody@example.org", PASSWORD), ("", "")):
            with pytest.raises(Refusal) as refused:
                check_credentials(session, address=address, password=password)
            sentences.add(str(refused.value))
    assert len(sentences) == 1


def test_a_password_is_never_cut_short() -> None:
    longest = "0123456789" * 20
    stored = new_password_hash(longest, address="a@example.org")
    assert is_password(stored, longest)
    assert not is_password(stored, longest + "x")
    assert not is_password("not a hash", longest)


def test_an_address_has_one_member(database: Database) -> None:
    add_member(database, ALICE)
    with database.write() as session, pytest.raises(Refusal) as refused:
        register_member(
            session,
            address="ALICE@example.org",
            name="Mallory",
            password_hash="x",
            locale="en",
            wants_updates=False,
            consent_source="",
            now=NOW,
        )
    assert (refused.value.status, refused.value.field) == (409, "email")


def test_making_a_member_an_owner_gives_the_desk_a_new_password_and_no_old_session(database: Database) -> None:
    bob = add_member(database, BOB)
    token = opened(database, bob)
    hashed = new_password_hash("a password for the owner", address=BOB.address)
    with database.write() as session:
        create_owner(
            session, address=BOB.address, name="Bob", password_hash=hashed, locale="en", actor="command", now=NOW
        )
    assert not is_live(database, token)
    with database.read() as session:
        assert session.get_one(Member, bob).role == "owner"
        assert session.scalar(select(func.count()).select_from(Member)) == 1
        assert check_credentials(session, address=BOB.address, password="a password for the owner") == bob
        change = session.scalars(select(AuditEntry)).one()
    assert (change.before, change.after["role"]) == ({"role": None}, "owner")
