import pytest
from flask import Flask

from fund.members.check_credentials import check_credentials
from fund.members.models import Member
from fund.web.services import Services
from tests.fixtures.databases import sqlite_only
from tests.people import BOB, PASSWORD, add_member

pytestmark = sqlite_only


def create_owner(app: Flask, *arguments: str, password: str = PASSWORD) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["create-owner", "--password-stdin", *arguments], input=f"{password}\n")
    return result.exit_code, result.output


def test_an_owner_is_made_and_can_sign_in(app: Flask, services: Services) -> None:
    status, output = create_owner(app, "--email", "dora@example.org")
    assert status == 0
    assert "http://127.0.0.1:8000/login" in output
    with services.database.read() as session:
        member = session.get_one(Member, check_credentials(session, address="dora@example.org", password=PASSWORD))
    assert (member.role, member.name) == ("owner", "dora")


def test_a_member_becomes_an_owner(app: Flask, services: Services) -> None:
    bob = add_member(services.database, BOB)
    assert create_owner(app, "--email", BOB.address, password="an owner’s password")[0] == 0
    with services.database.read() as session:
        assert session.get_one(Member, bob).role == "owner"


@pytest.mark.parametrize(("address", "password"), [("dora", PASSWORD), ("dora@example.org", "short")])
def test_what_does_not_do_is_refused_by_name(app: Flask, services: Services, address: str, password: str) -> None:
    status, output = create_owner(app, "--email", address, password=password)
    assert status == 1
    assert "address" in output or "characters" in output
    with services.database.read() as session:
        assert session.query(Member).count() == 0


def test_without_an_address_it_is_wrong_usage(app: Flask) -> None:
    assert create_owner(app)[0] == 2
