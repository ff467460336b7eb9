"""The address that the mail provider posts to: what it takes down, and what it does not let in."""

import hashlib
import hmac
import json
import os
import time
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from structlog.testing import capture_logs

from config import load_settings
from fund.app import create_app
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.models import Delivery, MailHookToken, Mailing, MailReport
from fund.mail.queries_of_reports import find_suppression
from fund.web.services import Services
from tests.factories.mailings import deliveries, make_mailing
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import settings_environ
from tests.people import ALICE, add_member

pytestmark = sqlite_only

HOOK = "/hooks/mail"
OLD, NEW, WRONG = "the-old-secret-of-the-hook", "the-new-secret-of-the-hook", "wrong"
BOB = "bob@example.org"
FLOOD = int(os.environ.get("MAIL_FLOOD", "1000"))


@pytest.fixture
def app(services: Services, tmp_path: Path) -> Flask:
    environ = settings_environ(services.settings.database_url, tmp_path, MAIL_HOOK_SECRET=f"{NEW}, ,{OLD}")
    return create_app(services=replace(services, settings=load_settings(environ)))


@pytest.fixture
def sent(database: Database) -> dict[str, str]:
    return make_mailing(database, BOB, "carol@example.org", now=utc_now())


def bounce(**values: Any) -> bytes:
    return json.dumps({"events": [{"id": "e1", "type": "bounce", "hard": True, "address": BOB, **values}]}).encode()


def signature(body: bytes, *secrets: str, skew: int = 0) -> str:
    moment = int(time.time()) + skew
    signed = f"{moment}.".encode() + body
    each = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={one}" for one in each)])


def post(client: FlaskClient, body: bytes, secret: str = NEW, *, skew: int = 0, **headers: str) -> int:
    made = {"X-Retainer-Signature": signature(body, secret, skew=skew), **headers}
    return client.post(HOOK, data=body, headers=made).status_code


def basic(password: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def reports(database: Database) -> list[tuple[str, bool, bool]]:
    """Kind, hard, and whether it is about a message of ours."""
    with database.read() as session:
        return [
            (one.kind, one.hard, one.delivery_id is not None)
            for one in session.scalars(select(MailReport).order_by(MailReport.id))
        ]


def stopped(database: Database, address: str = BOB) -> str:
    with database.read() as session:
        found = find_suppression(session, address)
        return found.reason if found else ""


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_a_signed_bounce_is_taken_down_once(
    client: FlaskClient, database: Database, sent: dict[str, str], secret: str
) -> None:
    body = bounce(message_id=f"<{sent[BOB]}@example.org>", address=None, status="550 5.1.1 <bob@example.org> is gone")
    body = body.replace(b'"address": null, ', b"")
    assert [post(client, body, secret, skew=skew) for skew in (-299, 299)] == [200, 200]
    assert (reports(database), stopped(database)) == ([("bounce", True, True)], "bounced")
    assert deliveries(database)[f"update:1 {BOB}"] == "bounced"


def test_several_events_in_one_post(client: FlaskClient, database: Database, sent: dict[str, str]) -> None:
    events = [
        {"id": "1", "type": "complaint", "address": BOB, "at": "2026-11-20T10:00:00Z"},
        {"id": "2", "type": "bounce", "address": "carol@example.org", "status": "5.2.2"},
        {"id": "3", "type": "delay", "address": "carol@example.org", "status": "4.4.1"},
        {"id": "4", "type": "bounce", "address": "mallory@example.com", "status": "5.1.1"},
    ]
    assert post(client, json.dumps({"events": events}).encode()) == 200
    assert (stopped(database), stopped(database, "carol@example.org")) == ("complained", "")
    assert sorted(reports(database)) == [
        ("bounce", False, True),
        ("bounce", True, False),
        ("complaint", False, True),
        ("delay", False, True),
    ]


def test_a_thousand_events_are_one_post_and_more_are_none(client: FlaskClient, database: Database) -> None:
    events = [{"id": str(number), "type": "delay", "address": f"p{number}@x.example"} for number in range(1001)]
    assert post(client, json.dumps({"events": events}).encode()) == 400
    assert reports(database) == []
    assert post(client, json.dumps({"events": events[:1000]}).encode()) == 200
    assert len(reports(database)) == 1000


def mailgun(token: str = "t1", secret: str = NEW, *, age: int = 0, **event: Any) -> bytes:
    """As documented by Mailgun, cut to what matters and a little more."""
    moment = str(int(time.time()) - age)
    data = {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": 1521233195.375624,
        "recipient": BOB,
        "recipient-domain": "example.org",
        "delivery-status": {"attempt-no": 1, "code": 550, "enhanced-code": "5.1.1", "message": "no such user"},
        "message": {"headers": {"to": BOB, "message-id": "20130503192659.13651.20287@mg.example.org"}},
        **event,
    }
    signed = hmac.new(secret.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    return json.dumps(
        {"signature": {"timestamp": moment, "token": token, "signature": signed}, "event-data": data}
    ).encode()


def plain(client: FlaskClient, body: bytes, **headers: str) -> int:
    return client.post(HOOK, data=body, headers=headers).status_code


def test_mailgun(client: FlaskClient, database: Database, sent: dict[str, str]) -> None:
    assert plain(client, mailgun()) == 200
    assert (reports(database), stopped(database)) == ([("bounce", True, True)], "bounced")
    headers = {"headers": {"message-id": f"{sent['carol@example.org']}@example.org"}}
    assert plain(client, mailgun("t2", OLD, id="c", event="complained", message=headers)) == 200
    assert stopped(database, "carol@example.org") == "complained"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"severity": "temporary"}, [("delay", False, True)]),
        ({"delivery-status": {"code": 552, "enhanced-code": "5.2.2"}}, [("bounce", False, True)]),
        ({"delivery-status": {"code": 550, "message": "550 User unknown"}}, [("bounce", True, True)]),
        ({"delivery-status": {"code": 605, "message": ""}, "reason": "suppress-bounce"}, [("bounce", True, True)]),
        ({"event": "opened"}, []),
        ({"event": "delivered", "delivery-status": {"code": 250}}, []),
    ],
)
def test_what_mailgun_says_otherwise(
    client: FlaskClient, database: Database, sent: dict[str, str], event: dict[str, Any], expected: list[Any]
) -> None:
    assert plain(client, mailgun(**event)) == 200
    assert reports(database) == expected


def test_a_token_of_mailgun_counts_once(client: FlaskClient, database: Database, sent: dict[str, str]) -> None:
    """Its signature does not cover what is reported: whoever saw one could write another report below it."""
    assert plain(client, mailgun(recipient="nobody@x.example")) == 200
    forged = json.loads(mailgun(id="another", recipient=BOB))
    assert plain(client, json.dumps(forged).encode()) == 200
    assert (stopped(database), len(reports(database))) == ("", 1)
    own = {"signature": forged["signature"] | {"token": "t1"}, "events": json.loads(bounce())["events"]}
    assert plain(client, json.dumps(own).encode()) == 400


def test_old_tokens_are_refused_before_they_are_forgotten(client: FlaskClient, database: Database) -> None:
    assert plain(client, mailgun(age=8 * 3600)) == 200
    assert plain(client, mailgun("t2", age=25 * 3600)) == 400
    assert plain(client, mailgun("t3", age=-301)) == 400
    with time_machine.travel(utc_now() + timedelta(days=4)):
        assert plain(client, mailgun("t4", id="later")) == 200
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailHookToken)) == 1


def postmark(kind: str = "Bounce", type_: str = "HardBounce", **values: Any) -> bytes:
    """As documented by Postmark."""
    return json.dumps(
        {
            "RecordType": kind,
            "ID": 4323372036854775807,
            "Type": type_,
            "TypeCode": 1,
            "Name": "Hard bounce",
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "Email": BOB,
            "BouncedAt": "2026-11-20T10:00:00.1234567Z",
            "Details": "smtp;550 5.1.1 The account does not exist",
            "Inactive": True,
            **values,
        }
    ).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (postmark(), [("bounce", True, True)]),
        (postmark(type_="SoftBounce"), [("bounce", False, True)]),
        (postmark(type_="Transient"), [("delay", False, True)]),
        (postmark("SpamComplaint", "SpamComplaint"), [("complaint", False, True)]),
        (postmark(type_="AutoResponder"), []),
        (postmark("Open", ""), []),
        (bounce(), [("bounce", True, True)]),
        (mailgun(secret=WRONG), [("bounce", True, True)]),
    ],
)
def test_a_password_opens_as_well(
    client: FlaskClient, database: Database, sent: dict[str, str], body: bytes, expected: list[Any]
) -> None:
    assert plain(client, body, **basic(OLD)) == 200
    assert plain(client, body, **basic(NEW, user="")) == 200
    assert reports(database) == expected


FORGED: dict[str, tuple[bytes, dict[str, str]]] = {
    "nothing that proves it": (bounce(), {}),
    "another secret": (bounce(), {"X-Retainer-Signature": signature(bounce(), WRONG)}),
    "an empty secret": (bounce(), {"X-Retainer-Signature": signature(bounce(), "")}),
    "another body": (bounce(id="e2"), {"X-Retainer-Signature": signature(bounce(), NEW)}),
    "too old": (bounce(), {"X-Retainer-Signature": signature(bounce(), NEW, skew=-40_000)}),
    "from the future": (bounce(), {"X-Retainer-Signature": signature(bounce(), NEW, skew=40_000)}),
    "no time": (bounce(), {"X-Retainer-Signature": "v1=00"}),
    "an empty header": (bounce(), {"X-Retainer-Signature": ""}),
    "a signed time of words": (
        bounce(),
        {"X-Retainer-Signature": f"t=now,v1={hmac.new(NEW.encode(), b'now.' + bounce(), hashlib.sha256).hexdigest()}"},
    ),
    "a time of words": (bounce(), {"X-Retainer-Signature": "t=now,v1=é"}),
    "another password": (postmark(), basic(WRONG)),
    "no password": (postmark(), basic("")),
    "a password that is not ASCII": (postmark(), basic("é" * 30)),
    "rubbish for a password": (postmark(), {"Authorization": "Basic %%%"}),
    "a bearer": (postmark(), {"Authorization": f"Bearer {NEW}"}),
    "Postmark without one": (postmark(), {}),
    "Mailgun by another": (mailgun(secret=WRONG), {}),
    "Mailgun without a token": (mailgun(""), {}),
    "Mailgun, large": (mailgun(reason="x" * 70_000), {}),
    "no JSON": (b"{", {}),
    "deep": (b"[" * 60_000, {}),
    "a number": (b"9" * 60_000, {}),
}


def test_what_is_forged_changes_nothing(client: FlaskClient, database: Database, sent: dict[str, str]) -> None:
    answers = {name: client.post(HOOK, data=body, headers=headers) for name, (body, headers) in FORGED.items()}
    assert {name: (one.status_code, one.data) for name, one in answers.items()} == dict.fromkeys(
        FORGED, (400, b"not authentic\n")
    )
    assert (reports(database), stopped(database)) == ([], "")


NO_EVENT = {
    "a list": b"[]",
    "nothing": b"",
    "no events": b"{}",
    "events of words": b'{"events": "bounce"}',
    "another kind": bounce(type="opened"),
    "without an id": bounce(id=""),
    "about nobody": bounce(address=""),
    "an address of half a letter": bounce(address="@@").replace(b"@@", b"\\ud800@example.org"),
    "bytes": b'{"events": "\xff"}',
    "no list": bounce().replace(b"[", b"").replace(b"]", b""),
}


def test_what_is_signed_and_no_event(client: FlaskClient, database: Database) -> None:
    assert {name: post(client, body) for name, body in NO_EVENT.items()} == dict.fromkeys(NO_EVENT, 400)
    assert reports(database) == []


def test_size_and_method(client: FlaskClient, database: Database) -> None:
    fits = bounce(address="x@y.example", status="5.1.1" + " " * 190)
    fits = fits[:-1] + b', "more": "' + b"x" * (1024 * 1024 - len(fits) - 12) + b'"}'
    assert len(fits) == 1024 * 1024
    assert post(client, fits) == 200
    assert post(client, fits + b" ") == 413
    headers = {"X-Retainer-Signature": signature(fits, NEW)}
    unstated = {"wsgi.input": BytesIO(fits + b"   "), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    assert client.post(HOOK, headers=headers, environ_overrides=unstated).status_code == 413
    assert [client.open(HOOK, method=method).status_code for method in ("GET", "PUT", "DELETE")] == [405] * 3
    assert len(reports(database)) == 1


def test_without_a_secret_there_is_nothing(services: Services) -> None:
    client = create_app(services=services).test_client()
    assert [post(client, bounce()), plain(client, mailgun()), plain(client, b"", **basic(""))] == [404] * 3


def test_a_flood_of_forged_posts_costs_no_database(
    client: FlaskClient, database: Database, sent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def used(*_: object, **__: object) -> None:
        raise AssertionError("a forged post reached the database")

    with monkeypatch.context() as watched:
        watched.setattr(Database, "write", used)
        watched.setattr(Database, "read", used)
        forged = list(FORGED.values())[:15]
        with capture_logs() as logs:
            statuses = {
                client.post(HOOK, data=body, headers=headers).status_code
                for body, headers in (forged[number % len(forged)] for number in range(FLOOD))
            }
    assert statuses == {400}
    assert "bob" not in json.dumps(logs)
    assert post(client, bounce()) == 200
    assert len(reports(database)) == 1


def test_complaints_stop_a_mailing_and_the_owners_are_told(
    client: FlaskClient, database: Database, services: Services
) -> None:
    add_member(database, ALICE)
    make_mailing(database, *(f"p{number}@x.example" for number in range(20)), now=utc_now())
    events = [{"id": str(number), "type": "complaint", "address": f"p{number}@x.example"} for number in range(2)]
    for _ in range(2):
        assert post(client, json.dumps({"events": events}).encode()) == 200
    with database.read() as session:
        mailing = session.scalars(select(Mailing)).one()
        told = session.scalars(select(Delivery).where(Delivery.key.startswith("mailing_paused:"))).all()
        assert (mailing.state, mailing.pause_reason, mailing.complaints) == ("paused", "complaints", 2)
        assert [one.address for one in told] == [ALICE.address]
