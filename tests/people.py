"""The people of the tests: alice the owner, bob a member, charlie a follower, mallory a stranger."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from flask.testing import FlaskClient

from fund.db.session import Database
from fund.db.types import address_index
from fund.kit.clock import utc_now
from fund.members.models import Member
from fund.members.passwords import hash_password
from fund.members.sign_in import sign_in as open_session

PASSWORD = "correct horse battery staple"
SINCE = datetime(2026, 9, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    name: str
    address: str
    role: str | None = None
    locale: str = "en"


ALICE = Person("Alice Tremblay", "alice@example.org", role="owner")
BOB = Person("Bob Lindqvist", "bob@example.org")
CAROL = Person("Carol Gagnon", "carol@example.org", locale="fr")
CHARLIE = Person("Charlie Roy", "charlie@example.net")
MALLORY = Person("Mallory", "mallory@example.com")


def add_member(database: Database, person: Person) -> int:
    """The member's id; all share PASSWORD."""
    with database.write() as session:
        member = Member(
            address=person.address,
            address_index=address_index(person.address),
            name=person.name,
            password_hash=_password_hash(),
            role=person.role,
            locale=person.locale,
            consent_source="the tests",
            created_at=SINCE,
        )
        session.add(member)
        session.flush()
        return member.id


def sign_in(client: FlaskClient, database: Database, member_id: int) -> None:
    """Give the client a session as the login page would, without the login page."""
    with database.write() as session:
        token = open_session(session, member_id=member_id, now=utc_now())
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie.permanent = True


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)
