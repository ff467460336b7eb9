"""The address that Stripe posts to: what it stores, what it refuses, and that it never answers 200 for nothing."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from config import load_settings
from fund.app import create_app
from fund.db.session import Database
from fund.payments.models import ProcessorEvent
from fund.payments.stripe_gateway import StripeGateway
from fund.web.services import Services
from tests.factories.stripe_events import event_body, sign, signature
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import settings_environ
from tests.fixtures.threads import at_once

HOOK = "/hooks/stripe"
OLD, NEW, WRONG = "whsec_old", "whsec_new", "whsec_wrong"


@pytest.fixture
def more_settings() -> dict[str, str]:
    return {}


@pytest.fixture
def app(services: Services, tmp_path: Path, more_settings: dict[str, str]) -> Flask:
    """With Stripe's real signatures, and two secrets as during a rotation."""
    environ = {"STRIPE_WEBHOOK_SECRETS": f"{NEW}, ,{OLD},", **more_settings}
    settings = load_settings(settings_environ(services.settings.database_url, tmp_path, **environ))
    return create_app(services=replace(services, settings=settings, gateway=StripeGateway(settings)))


def post(client: FlaskClient, body: bytes, header: str | None, **more: Any) -> int:
    headers = {} if header is None else {"Stripe-Signature": header}
    return client.post(HOOK, data=body, headers=headers, **more).status_code


def stored(database: Database) -> list[ProcessorEvent]:
    with database.read() as session:
        return list(session.scalars(select(ProcessorEvent)))


LIVE = {"STRIPE_SECRET_KEY": "rk_live_x", "SITE_URL": "https://fund.example.org", "REQUIRE_SECOND_FACTOR": "1"}
BODY = event_body()
NOW = int(time.time())
Header = Callable[[], str | None]
GOOD_HEADERS: dict[str, Header] = {
    "the new secret": lambda: sign(BODY, NEW),
    "the old secret": lambda: sign(BODY, OLD),
    "both, during a rotation": lambda: sign(BODY, OLD, NEW),
    "one that we know among others": lambda: sign(BODY, WRONG, OLD),
    "299 seconds old": lambda: sign(BODY, NEW, skew=-299),
    "299 seconds ahead": lambda: sign(BODY, NEW, skew=299),
    "with a v0 of test mode": lambda: sign(BODY, NEW) + ",v0=abcdef",
    "with spaces": lambda: sign(BODY, NEW).replace(",", " , "),
}
BAD_HEADERS: dict[str, Header] = {
    "none": lambda: None,
    "empty": lambda: "",
    "another secret": lambda: sign(BODY, WRONG),
    "an empty secret": lambda: sign(BODY, ""),
    "301 seconds old": lambda: sign(BODY, NEW, skew=-301),
    "302 seconds ahead": lambda: sign(BODY, NEW, skew=302),
    "a day ahead": lambda: sign(BODY, NEW, skew=86_400),
    "v0 only": lambda: sign(BODY, NEW).replace("v1=", "v0="),
    "no time": lambda: sign(BODY, NEW).partition(",")[2],
    "two times": lambda: f"t={NOW},{sign(BODY, NEW)}",
    "no signature": lambda: f"t={NOW}",
    "an empty signature": lambda: f"t={NOW},v1=",
    "letters that are not ASCII": lambda: f"t={NOW},v1=\u00e9\u00fc",
    "a time of words": lambda: f"t=now,v1={signature(BODY, NEW, NOW)}",
    "a time of other digits": lambda: f"t=\u00b2,v1={signature(BODY, NEW, NOW)}",
    "a time that is no time": lambda: f"t={'9' * 400},v1=00",
    "a negative time": lambda: f"t=-1,v1={signature(BODY, NEW, -1)}",
    "upper case": lambda: f"t={NOW},v1={signature(BODY, NEW, NOW).upper()}",
    "cut": lambda: sign(BODY, NEW)[:-1],
    "rubbish": lambda: ",,=,t,v1,==" * 50,
}


@pytest.mark.case(9)
@sqlite_only
@pytest.mark.parametrize("header", GOOD_HEADERS.values(), ids=GOOD_HEADERS.keys())
def test_case_09_signatures_that_are_stripes(client: FlaskClient, database: Database, header: Header) -> None:
    assert post(client, BODY, header()) == 200
    assert len(stored(database)) == 1


@pytest.mark.case(6, 7, 8, 10)
@sqlite_only
def test_cases_06_07_08_10_signatures_that_are_not(client: FlaskClient, database: Database) -> None:
    with capture_logs() as logged:
        answers = {name: post(client, BODY, header()) for name, header in BAD_HEADERS.items()}
        answers["a changed byte"] = post(client, BODY.replace(b"cs_test_1", b"cs_test_2"), sign(BODY, NEW))
        answers["written anew"] = post(client, json.dumps(json.loads(BODY), indent=1).encode(), sign(BODY, NEW))
        answers["no body"] = post(client, b"", sign(BODY, NEW))
    assert {name: status for name, status in answers.items() if status != 400} == {}
    assert stored(database) == []
    assert [line["event"] for line in logged] == ["webhook_refused"] * len(answers)
    assert "cs_test" not in str(logged)
    assert set(logged[0]) == {"event", "reason", "size", "log_level"}


BAD_BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"id": "\xff"}',
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "an empty object": b"{}",
    "fields of another thing": b'{"a": 1}',
    "a thin event": event_body(object="v2.core.event"),
    "no id": event_body(id=None),
    "a number as its id": event_body(id=5),
    "an empty id": event_body(id=""),
    "an id that is too long": event_body(id="e" * 256),
    "an id with a NUL": event_body(id="evt_\x00"),
    "no type": event_body(type=None),
    "a type that is too long": event_body(type="t" * 101),
    "no data": event_body(data=None),
    "data without an object": event_body(data={}),
    "an object that is a list": event_body(data={"object": []}),
    "no time": event_body(created=None),
    "words as its time": event_body(created="now"),
    "a fraction as its time": event_body(created=1.5),
    "true as its time": event_body(created=True),
    "a time before time": event_body(created=-1),
    "a time after time": event_body(created=10**18),
    "depth": b"[" * 100_000 + b"]" * 100_000,
    "a huge number": b'{"id": ' + b"9" * 5000 + b"}",
    "two byte order marks": b"\xef\xbb\xbf" + event_body(),
}


@pytest.mark.case(11)
@sqlite_only
def test_case_11_signed_but_not_an_event(client: FlaskClient, database: Database) -> None:
    answers = {name: post(client, body, sign(body, NEW)) for name, body in BAD_BODIES.items()}
    assert {name: status for name, status in answers.items() if status != 400} == {}
    assert stored(database) == []


@pytest.mark.case(12)
@sqlite_only
def test_case_12_a_body_may_be_large_but_not_huge(client: FlaskClient, database: Database) -> None:
    large = event_body(unknown_field="x" * 900_000)
    assert post(client, large, sign(large, NEW)) == 200
    huge = event_body(unknown_field="x" * 5_000_000)
    assert post(client, huge, sign(huge, NEW)) == 413
    chunks = (huge[at : at + 65_536] for at in range(0, len(huge), 65_536))
    unannounced = client.post(
        HOOK,
        headers={"Stripe-Signature": sign(huge, NEW), "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": _Stream(chunks), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert unannounced.status_code == 413
    assert len(stored(database)) == 1


class _Stream:
    """A body of unknown length that must not be read to its end."""

    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks
        self.given = 0

    def read(self, _size: int = -1) -> bytes:
        chunk: bytes = next(self._chunks, b"")
        self.given += len(chunk)
        assert self.given < 2_000_000
        return chunk

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.case(13)
@sqlite_only
def test_case_13_other_methods_and_other_types(client: FlaskClient, database: Database) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = client.open(HOOK, method=method)
        assert (answer.status_code, set(answer.allow)) == (405, {"POST", "OPTIONS"})
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""):
        body = event_body()
        assert post(client, body, sign(body, NEW), content_type=content_type) == 200
        assert post(client, body, sign(body, WRONG), content_type=content_type) == 400
    assert len(stored(database)) == 4


@sqlite_only
def test_it_needs_no_cookie_and_heeds_no_origin(client: FlaskClient) -> None:
    body = event_body()
    headers = {"Stripe-Signature": sign(body, NEW), "Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
    answer = client.post(HOOK, data=body, headers=headers)
    assert (answer.status_code, answer.text) == (200, "stored\n")
    assert "Set-Cookie" not in answer.headers


OUTCOMES = {
    "case 14: of the other mode": ({"livemode": True}, ("rejected", 0)),
    "case 16: of a connected account": ({"account": "acct_1"}, ("foreign", 0)),
    "case 18: of another API version": ({"api_version": "2017-08-15"}, ("stored", 1)),
    "case 18: of no API version": ({"api_version": None}, ("stored", 1)),
    "case 19: of a type that nobody knows": ({"type_": "galaxy.exploded"}, ("stored", 1)),
    "about an object without an id": ({"data": {"object": {"object": "balance"}}}, ("stored", 1)),
    "about an object with an odd id": ({"data": {"object": {"id": 5}}}, ("stored", 1)),
}


@sqlite_only
@pytest.mark.parametrize(("changes", "outcome"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_what_is_stored_of_an_authentic_event(
    client: FlaskClient, database: Database, queue: FakeQueue, changes: dict[str, Any], outcome: tuple[str, int]
) -> None:
    body = event_body(**changes)
    assert post(client, body, sign(body, NEW)) == 200
    (event,) = stored(database)
    assert (event.state, len(queue.enqueued)) == outcome
    assert event.id == json.loads(body)["id"]


@pytest.mark.case(14)
@sqlite_only
@pytest.mark.parametrize("more_settings", [LIVE])
def test_case_14_a_test_event_where_money_is_real(client: FlaskClient, database: Database, queue: FakeQueue) -> None:
    body = event_body()
    assert post(client, body, sign(body, NEW)) == 200
    assert ([event.state for event in stored(database)], queue.enqueued) == (["rejected"], [])


def test_only_the_envelope_is_kept(client: FlaskClient, database: Database) -> None:
    body = event_body(data={"object": {"id": "cs_1", "object": "x", "customer_details": {"email": "charlie@e.org"}}})
    assert post(client, body, sign(body, NEW)) == 200
    (event,) = stored(database)
    assert "charlie" not in repr(vars(event))
    assert (event.object_id, len(event.body_sha256)) == ("cs_1", 64)


@pytest.mark.case(1)
def test_case_01_the_same_event_from_eight_threads(app: Flask, database: Database, queue: FakeQueue) -> None:
    header = sign(BODY, NEW)
    answers = at_once(8, lambda _n: app.test_client().post(HOOK, data=BODY, headers={"Stripe-Signature": header}))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert (len(stored(database)), queue.enqueued) == (1, [("drain_events", ())])


def test_a_burst_is_stored_whole_and_wakes_one_drain(app: Flask, database: Database, queue: FakeQueue) -> None:
    bodies = [[event_body() for _ in range(20)] for _ in range(8)]

    def send(thread: int) -> list[int]:
        return [post(app.test_client(), body, sign(body, NEW)) for body in bodies[thread]]

    assert {status for statuses in at_once(8, send) for status in statuses} == {200}
    assert {event.id for event in stored(database)} == {json.loads(body)["id"] for some in bodies for body in some}
    assert queue.enqueued == [("drain_events", ())]


@pytest.mark.case(8)
@sqlite_only
@pytest.mark.parametrize("more_settings", [{"STRIPE_WEBHOOK_SECRETS": " , ,"}, {"STRIPE_WEBHOOK_SECRETS": ""}])
def test_case_08_without_a_secret_there_is_no_such_address(client: FlaskClient, database: Database) -> None:
    assert post(client, BODY, sign(BODY, "")) == 404
    assert stored(database) == []
