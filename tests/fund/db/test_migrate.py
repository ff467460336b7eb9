"""What an older release left in the database, read by this one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

import fund.migrations
from fund.db.migrate import migrate
from fund.db.session import Database
from fund.db.types import address_index, keyring
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.mark_unsure import mark_unsure
from fund.mail.models import Delivery
from fund.mail.record_report import record_report
from fund.mail.report import Report
from fund.mail.rules import message_hash
from fund.mail.send_batch import send_batch
from fund.mail.sender import Sender
from fund.updates.models import Update
from fund.updates.opt_outs import opt_outs
from fund.updates.unsubscribing import find_subscription
from fund.updates.withdraw_update import can_withdraw, withdraw_update
from tests.fakes.transport import FakeTransport

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SENDER = Sender("Le Carrefour", "fund@carrefour.example", "1200, rue Sainte-Élisabeth", "https://fund.example")
_BLANK = {str: "", int: 0, bool: False, datetime: NOW, dict: {}}


class Past:
    """A database of an older release: rows as that one wrote them, whatever the models say by now."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = MetaData()
        self._tables.reflect(connection)

    def add(self, table: str, **values: Any) -> None:
        """What is not given and must be there is blank."""
        columns = self._tables.tables[table].columns
        wanted = [one for one in columns if not one.nullable and one.server_default is None and one.name != "id"]
        row = {one.name: _BLANK[one.type.python_type] for one in wanted} | values
        self._connection.execute(self._tables.tables[table].insert(), [row])

    def person(self, table: str, name: str, **values: Any) -> None:
        address = f"{name}@example.org"
        column, index = ("email", "email_index") if table == "donation" else ("address", "address_index")
        sealed = {column: keyring().encrypt(address, f"{table}.{column}"), index: address_index(address)}
        if table == "member":
            sealed["name"] = keyring().encrypt(name, "member.name")
        self.add(table, **sealed, **values)

    def mail(self, name: str, state: str) -> None:
        texts = {one: keyring().encrypt(one, f"mail_body.{one}") for one in ("subject", "text", "html")}
        if self._connection.scalar(sa.text("SELECT count(*) FROM mail_body")) == 0:
            self.add("mail_body", id=1, message="update", locale="en", list_id="updates.one", **texts)
        key = f"update:1:{address_index(f'{name}@example.org')}"
        personal = keyring().encrypt("{}", "delivery.personal")
        self.person("delivery", name, key=key, body_id=1, personal=personal, state=state, bulk=True, claimed_at=NOW)


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    """As release 3 left it, and brought up to date: people who stayed, left and came back, and half a mailing."""
    opened = Database(empty_database_url)
    config = Config()
    config.set_main_option("script_location", str(Path(fund.migrations.__path__[0])))
    with opened.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        past = Past(connection)
        past.add("campaign", id=1, slug="one", status="open", currency="CAD", policy="{}")
        for number, (name, wants) in enumerate({"stays": True, "silent": False, "back": True}.items(), 1):
            past.person("member", name, id=number, wants_updates=wants, locale="en")
        for number, (name, state) in enumerate({"left": "left", "back": "left", "reads": "confirmed"}.items(), 1):
            past.person("follower", name, id=number, campaign_id=1, state=state, left_at=NOW, locale="en")
        for name in ("silent", "stays"):
            past.person("donation", name, id=name, campaign_id=1, state="paid", nonce=name, form_key=name, locale="en")
        past.add("campaign_update", id=1, campaign_id=1, number=1, state="published", audience="public")
        for name, state in {"stays": "sent", "back": "sending", "reads": "queued"}.items():
            past.mail(name, state)
    migrate(opened.engine)
    yield opened
    opened.dispose()


def test_who_left_has_left_and_old_links_lead_somewhere(database: Database) -> None:
    signer = Signer("a secret key that only the tests know")
    with database.read() as session:
        left = {name: opt_outs(session, f"{name}@example.org") for name in ("stays", "silent", "left", "back", "reads")}
        found = {
            (kind, row): find_subscription(session, signer, token=signer.sign("unsubscribe", [kind, row, 1])).active
            for kind, row in (("m", 1), ("m", 2), ("f", 1), ("f", 3))
        }
    of_all = {(1, "updates"), (1, "closing")}
    assert left == {"stays": set(), "silent": of_all, "left": of_all, "back": set(), "reads": set()}
    assert found == {("m", 1): True, ("m", 2): False, ("f", 1): False, ("f", 3): True}


def test_mail_on_its_way_goes_on_once_and_what_comes_back_is_known(database: Database) -> None:
    later, transport = NOW + timedelta(hours=1), FakeTransport()
    with database.write() as session:
        mark_unsure(session, older_than=timedelta(minutes=15), now=later)
    while send_batch(database, transport, SENDER, now=later):
        pass
    assert [one.recipient for one in transport.sent] == ["reads@example.org"]
    with database.read() as session:
        states = {one.address.partition("@")[0]: one.state for one in session.scalars(sa.select(Delivery))}
    assert states == {"stays": "sent", "back": "unsure", "reads": "sent"}
    hashed = message_hash(f"update:1:{address_index('stays@example.org')}")
    report = Report("bounce:1", "bounce", "bounce message", hard=True, message_hash=hashed, trusted=False)
    with database.write() as session:
        assert record_report(session, report, now=later).word == "recorded"
        assert not can_withdraw(session, session.get_one(Update, 1))
        with pytest.raises(Refusal, match="left already"):
            withdraw_update(session, update_id=1, actor="member:1", now=later)
