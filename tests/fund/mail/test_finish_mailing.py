"""A mailing whose last two batches ended at once, so that neither worker saw that the other did."""

from sqlalchemy import update

from fund.mail.finish_mailing import finish_mailings
from fund.mail.models import MailBatch, Mailing
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.postroom import Postroom

pytestmark = sqlite_only


def test_the_sweep_ends_what_nobody_else_ended(postroom: Postroom) -> None:
    over = postroom.mailing(["bob", "carol"], key="update:1", batch=1)
    waits = postroom.mailing(["bob"], key="update:2")
    filled = postroom.mailing([], key="update:3", filled=False)
    with postroom.database.write() as session:
        session.execute(update(MailBatch).where(MailBatch.mailing_id == over).values(next_due=None))
    postroom.later(minutes=1)
    with postroom.database.write() as session:
        finish_mailings(session, now=postroom.now)
    assert [postroom.state(one) for one in (over, waits, filled)] == ["done", "sending", "filling"]
    with postroom.database.read() as session:
        assert session.get_one(Mailing, over).ended_at == postroom.now
        assert session.get_one(Mailing, waits).ended_at is None
