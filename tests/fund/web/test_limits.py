"""How often one caller may do what."""

import pytest
from flask import Flask

from fund.web.limits import caller
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


def counted_as(app: Flask, address: str) -> str:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        return caller()


@pytest.mark.parametrize("other", ["2001:db8:1:2::ffff", "2001:db8:1:2:aaaa:bbbb:cccc:dddd"])
def test_who_has_a_whole_network_to_choose_addresses_from_is_one_caller(app: Flask, other: str) -> None:
    assert counted_as(app, other) == counted_as(app, "2001:db8:1:2::1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("192.0.2.1", "192.0.2.2"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
        ("", "192.0.2.1"),
    ],
)
def test_others_are_others(app: Flask, one: str, other: str) -> None:
    assert counted_as(app, one) != counted_as(app, other)


def test_an_address_written_in_two_ways_is_one_caller(app: Flask) -> None:
    assert counted_as(app, "::ffff:192.0.2.1") == counted_as(app, "192.0.2.1")
