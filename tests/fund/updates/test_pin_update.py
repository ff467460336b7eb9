import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.updates.pin_update import pin_update
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import Newsroom

pytestmark = sqlite_only


def test_one_stands_on_top_in_place_of_another_and_twice_is_once(newsroom: Newsroom) -> None:
    first, second, draft = newsroom.draft(), newsroom.draft(), newsroom.draft()
    for one in (first, second):
        newsroom.publish(one)
    for update_id, pinned in ((first, True), (first, True), (second, True), (first, False), (second, False)):
        newsroom.do(pin_update, update_id=update_id, pinned=pinned)
    assert [newsroom.update(one).pinned for one in (first, second)] == [False, False]
    with newsroom.database.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "pin_update").order_by(AuditEntry.id)
        ).all()
    assert [(one.before, one.after) for one in entries] == [
        ({"pinned": []}, {"pinned": [1]}),
        ({"pinned": [1]}, {"pinned": [2]}),
        ({"pinned": [2]}, {"pinned": []}),
    ]
    with pytest.raises(Refusal) as refused:
        newsroom.do(pin_update, update_id=draft, pinned=True)
    assert refused.value.status == 409
