from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from fund.db.session import BusyError, Database
from fund.hooks.stripe import EXTENSION
from fund.payments.models import ProcessorEvent
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

HOOK = "/hooks/stripe"


def post(client: FlaskClient, gateway: FakeGateway, *, straight: bool = True) -> TestResponse:
    """One new event; without a stated length it goes the view's way."""
    body, signature = gateway.event("checkout.session.completed", "cs_1")
    headers = {"Stripe-Signature": signature}
    if straight:
        return client.post(HOOK, data=body, headers=headers)
    by_view = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return client.post(HOOK, headers=headers, environ_overrides=by_view)


@sqlite_only
def test_both_ways_store_and_answer_the_same(client: FlaskClient, gateway: FakeGateway, database: Database) -> None:
    straight, by_view = post(client, gateway), post(client, gateway, straight=False)
    assert (straight.status_code, straight.data) == (by_view.status_code, by_view.data) == (200, b"stored\n")
    assert sorted(straight.headers) == sorted(by_view.headers)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ProcessorEvent)) == 2


@sqlite_only
def test_what_cannot_be_stored_is_not_said_to_be(
    client: FlaskClient, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_items: object) -> None:
        raise BusyError

    monkeypatch.setattr(client.application.extensions[EXTENSION], "_write", busy)
    answer = post(client, gateway)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    monkeypatch.undo()
    assert post(client, gateway).status_code == 200
