from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from fund.db.keyring import Keyring, UndecryptableError
from fund.db.session import Database
from fund.db.types import address_index, address_indexes, install_keyring
from fund.donations.models import Donation
from tests.factories.campaigns import OPENED, make_campaign
from tests.fixtures.databases import TEST_KEYS, sqlite_only

NAME, ADDRESS, MESSAGE = "Zebulon Quidnunc", "Zebulon.Quidnunc@example.org", "Courage, mes abeilles"


def keep_gift(database: Database, *, now: datetime = OPENED) -> str:
    campaign_id = make_campaign(database)
    with database.write() as session:
        gift = Donation(
            campaign_id=campaign_id, amount=6250, currency="CAD", visibility="public", display_name=NAME,
            message=MESSAGE, email=ADDRESS, email_index=address_index(ADDRESS), locale="en", nonce="n", form_key="k",
            created_at=now, expires_at=now,
        )  # fmt: skip
        session.add(gift)
        session.flush()
        return gift.id


def test_what_a_donor_wrote_is_read_back_and_stored_unreadable(database: Database) -> None:
    gift_id = keep_gift(database)
    with database.read() as session:
        gift = session.get_one(Donation, gift_id)
        assert (gift.display_name, gift.email, gift.message) == (NAME, ADDRESS, MESSAGE)
        raw = repr(session.execute(text("SELECT * FROM donation")).one()).lower()
    assert not any(part.lower() in raw for part in (NAME, ADDRESS, MESSAGE, "quidnunc"))


@sqlite_only
def test_nothing_of_a_donor_is_in_the_files(database: Database, tmp_path: Path) -> None:
    keep_gift(database)
    content = b"".join(path.read_bytes() for path in tmp_path.glob("retainer.sqlite3*"))
    assert b"four-labels" in content
    assert not any(part.encode() in content for part in (NAME, ADDRESS, MESSAGE, ADDRESS.lower(), "Quidnunc"))


def test_a_value_moved_to_another_column_is_refused(database: Database) -> None:
    keep_gift(database)
    with database.write() as session:
        session.execute(text("UPDATE donation SET message = display_name"))
    with database.read() as session, pytest.raises(UndecryptableError):
        session.scalars(select(Donation)).one()


def test_an_address_is_found_whatever_its_case_and_the_key(database: Database) -> None:
    gift_id = keep_gift(database)
    install_keyring(Keyring([("next", b"n" * 32), *TEST_KEYS]))
    try:
        with database.read() as session:
            wanted = Donation.email_index.in_(address_indexes(f" {ADDRESS.upper()} "))
            assert session.scalars(select(Donation.id).where(wanted)).all() == [gift_id]
    finally:
        install_keyring(Keyring(TEST_KEYS))


def test_times_come_back_as_utc(database: Database) -> None:
    there = datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-4)))
    gift_id = keep_gift(database, now=there)
    with database.read() as session:
        found = session.get_one(Donation, gift_id).created_at
    assert (found, found.utcoffset()) == (there, timedelta(0))


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        keep_gift(database, now=datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None))
