"""Links in mails of long ago: their wishes are dropped, and what is left of them says that it is none."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from config import Settings, load_settings
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.members.forget_wishes import forget_wishes
from fund.members.models import AddressChange, PasswordReset, Registration
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import settings_environ
from tests.forms import submit
from tests.fund.site.mailbox import link_in, mails_to
from tests.people import BOB, CHARLIE, PASSWORD, add_member, sign_in

pytestmark = sqlite_only

NEW = "bob@new.example"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load_settings(settings_environ(database_url, tmp_path, REGISTRATION="open"))


def kept(database: Database) -> list[int]:
    with database.read() as session:
        return [
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Registration, PasswordReset, AddressChange)
        ]


def test_a_link_of_long_ago_is_none(client: FlaskClient, database: Database) -> None:
    bob = add_member(database, BOB)
    typed = {"email": CHARLIE.address, "name": "Charlie", "password": PASSWORD}
    submit(client, "/register", to="/register", **typed)
    submit(client, "/forgot", to="/forgot", email=BOB.address)
    reset = link_in(mails_to(database, BOB.address)[-1][1], "/reset/")
    sign_in(client, database, bob)
    submit(client, "/account", to="/account/address", new_address=NEW, address_password=PASSWORD)
    links = [
        link_in(mails_to(database, CHARLIE.address)[-1][1], "/register/"),
        reset,
        link_in(mails_to(database, NEW)[-1][1], "/account/address/"),
    ]
    for days, left in ((0, [1, 1, 1]), (30, [1, 1, 1]), (30.9, [1, 0, 1]), (34, [0, 0, 0])):
        with database.write() as session:
            forget_wishes(session, now=utc_now() + timedelta(days=days))
        assert kept(database) == left, "each thirty days after it had lapsed"
    assert [client.get(link).status_code for link in links] == [404, 404, 404]
    assert [client.post(link).status_code for link in links] == [404, 404, 404]
