"""A gift that came otherwise than planned stays as it is, once somebody has looked at what it is now."""

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.donations.accept_review import accept_review
from fund.kit.errors import Refusal
from tests.factories.campaigns import ALICE, make_draft
from tests.factories.gift_rows import NOON, add_gift
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def gift(database: Database) -> str:
    return add_gift(database, make_draft(database), "gift", review="late")


def accept(database: Database, donation_id: str, *, seen: str = "late") -> str:
    with database.write() as session:
        return accept_review(session, donation_id=donation_id, seen=seen, actor=ALICE, now=NOON).review


def test_it_is_accepted_once_and_written_down(database: Database, gift: str) -> None:
    assert [accept(database, gift) for _ in range(2)] == ["", ""]
    with database.read() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "accept_review"))
        assert (entry.actor, entry.subject) == (ALICE, "donation:gift")
        assert (entry.before, entry.after) == ({"review": "late"}, {"review": ""})


def test_what_has_changed_since_it_was_looked_at_is_looked_at_again(database: Database, gift: str) -> None:
    for donation_id, status in ((gift, 409), ("none", 404)):
        with pytest.raises(Refusal) as refused:
            accept(database, donation_id, seen="amount_differs")
        assert refused.value.status == status
    assert accept(database, gift) == ""
