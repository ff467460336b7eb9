from datetime import datetime, timedelta

from sqlalchemy import func, select

from fund.db.session import Database
from fund.mail.models import MailHookToken
from fund.mail.note_token import note_token
from tests.fixtures.databases import sqlite_only


@sqlite_only
def test_a_token_is_taken_once_and_kept_for_three_days(database: Database, now: datetime) -> None:
    def take(token: str, after: timedelta) -> bool:
        with database.write() as session:
            return note_token(session, token, now=now + after)

    assert take("first", timedelta(0))
    assert take("second", timedelta(days=1))
    assert not take("first", timedelta(days=3))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailHookToken)) == 2
    assert take("third", timedelta(days=3, seconds=1))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailHookToken)) == 2, "the oldest is forgotten"
