"""Links of whoever is no longer on record: they say so, and change nothing for anybody."""

import pytest
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.mail.models import Suppression
from fund.updates.allow_again import allow_again
from fund.updates.preferences import find_preferences
from fund.updates.set_preferences import set_preferences
from fund.updates.stop_everything import stop_everything
from fund.updates.unsubscribing import unsubscribe_token
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import Newsroom

pytestmark = sqlite_only


@pytest.mark.parametrize("kind", ["m", "f", "d"])
def test_the_preferences_of_nobody_are_gone(newsroom: Newsroom, kind: str) -> None:
    token = unsubscribe_token(newsroom.signer, kind, "99" if kind == "d" else 99, newsroom.campaign_id)
    with newsroom.database.read() as session:
        assert find_preferences(session, newsroom.signer, token=token) is None
    statuses = []
    for act in (stop_everything, allow_again):
        with newsroom.database.write() as session, pytest.raises(Refusal) as refused:
            act(session, newsroom.signer, token=token, now=newsroom.now)
        statuses.append(refused.value.status)
    with newsroom.database.write() as session, pytest.raises(Refusal) as refused:
        set_preferences(session, newsroom.signer, token=token, wanted=(), locale="en", now=newsroom.now)
    assert [*statuses, refused.value.status] == [410, 410, 410]
    with newsroom.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Suppression)) == 0
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_the_way_there_and_back_is_in_the_audit_log(newsroom: Newsroom) -> None:
    member_id = newsroom.member("bob")
    token = unsubscribe_token(newsroom.signer, "m", member_id, newsroom.campaign_id)
    for act in (stop_everything, allow_again, allow_again):
        with newsroom.database.write() as session:
            act(session, newsroom.signer, token=token, now=newsroom.now)
    with newsroom.database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.action, one.actor, one.subject) for one in entries] == [
        ("stop_everything", "link", "preferences"),
        ("allow_again", "link", "preferences"),
    ]


@pytest.mark.parametrize("named", [99, [99, "timeline"], "99", [99]])
def test_a_following_that_is_not_there_cannot_be_confirmed(newsroom: Newsroom, named: object) -> None:
    token = newsroom.signer.sign_dated("follow", named)
    with pytest.raises(Refusal) as refused:
        newsroom.confirm(token)
    assert refused.value.status == 404
