"""The links that mail and feeds carry are pages of the site: kit/addresses knows no Flask, so this proves it."""

import inspect

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from fund.kit.addresses import Addresses
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only
SITE = "http://fund.example"
NAMES = [
    name for name, member in inspect.getmembers(Addresses, inspect.isfunction) if name[0] != "_" and name != "page"
]


def link(name: str, locale: str) -> str:
    method = getattr(Addresses(SITE), name)
    values = {
        key: locale if key == "locale" else 7 if parameter.annotation in (int, "int") else "abc-1"
        for key, parameter in inspect.signature(method).parameters.items()
    }
    return str(method(**values))


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("name", NAMES)
def test_every_link_is_a_page(app: Flask, name: str, locale: str) -> None:
    address = link(name, locale)
    assert address.startswith(SITE + ("/fr/" if locale == "fr" else "/"))
    path = address.removeprefix(SITE).removeprefix("/fr") if locale == "fr" else address.removeprefix(SITE)
    try:
        endpoint, _ = app.url_map.bind("fund.example").match(path, method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect) as wrong:
        pytest.fail(f"{address}: {wrong!r}")
    assert endpoint != "static"
