"""Which posts are Stripe's own, to the second and to the letter; the address itself is tested with its door."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fund.kit.clock import from_unix
from fund.payments.gateway import Envelope, NotAuthenticError
from fund.payments.verify_stripe import read_envelope, verify
from tests.factories.stripe_events import event_body, signature

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "whsec_test"
LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


def verified(body: bytes, *, seconds: int = 0, header: str = "t={t},v1={v1}") -> Envelope | str:
    """The envelope of what was signed so many seconds from now, or why it is refused."""
    moment = int((NOW + timedelta(seconds=seconds)).timestamp())
    try:
        return verify(body, header.format(t=moment, v1=signature(body, SECRET, moment)), ["whsec_old", SECRET], now=NOW)
    except NotAuthenticError as refused:
        return str(refused)


def test_a_signature_is_good_for_five_minutes_either_way() -> None:
    answers = {seconds: verified(event_body(), seconds=seconds) for seconds in (-301, -300, 0, 300, 301)}
    assert [seconds for seconds, answer in answers.items() if isinstance(answer, Envelope)] == [-300, 0, 300]
    assert {answers[-301], answers[301]} == {"the signature is too old, or from the future"}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("t={t},v0={v1}", "no signature in the header"),
        ("v1={v1}", "no signature in the header"),
        ("t={t},t={t},v1={v1}", "no signature in the header"),
        ("t=soon,v1={v1}", "no signature in the header"),
        ("t=\u0663,v1={v1}", "no signature in the header"),
        ("t=" + "9" * 13 + ",v1={v1}", "no signature in the header"),
        ("t=" + "9" * 12 + ",v1={v1}", "no signature matches"),
        ("t={t},v1=0{v1}", "no signature matches"),
    ],
)
def test_why_a_header_is_refused(header: str, reason: str) -> None:
    assert verified(event_body(), header=header) == reason


FITS: dict[str, Any] = {
    "id": "e" * 255, "type": "t" * 100, "api_version": "v" * 60, "account": "a" * 255, "livemode": True, "created": 0,
    "data": {"object": {"id": "o" * 255, "object": "k" * 60}},
}  # fmt: skip


def test_an_envelope_holds_as_much_as_is_kept() -> None:
    read = verified(event_body(**FITS))
    assert isinstance(read, Envelope)
    assert (read.id, read.type, read.livemode) == (FITS["id"], FITS["type"], True)
    assert (read.api_version, read.account) == (FITS["api_version"], FITS["account"])
    assert (read.object_id, read.object_type) == ("o" * 255, "k" * 60)
    assert (read.created, len(read.body_sha256)) == (from_unix(0), 64)


def test_what_is_odd_about_an_object_is_left_empty() -> None:
    for odd in ("", "x" * 256, 5, "a\x00"):
        read = verified(event_body(api_version=odd, data={"object": {"id": odd, "object": odd}}, livemode="yes"))
        assert isinstance(read, Envelope)
        assert (read.api_version, read.account, read.object_id, read.object_type) == (None, None, "", "")
        assert not read.livemode
    longer = verified(event_body(api_version="v" * 61, data={"object": {"id": "o", "object": "k" * 61}}))
    assert isinstance(longer, Envelope)
    assert (longer.api_version, longer.object_id, longer.object_type) == (None, "o", "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "e" * 256}, "its id is no id"),
        ({"id": ""}, "its id is no id"),
        ({"id": 5}, "its id is no id"),
        ({"id": "evt_\x00"}, "its id is no id"),
        ({"type": "t" * 101}, "its type is no type"),
        ({"created": -1}, "its created is no time"),
        ({"created": LAST_SECOND + 1}, "its created is no time"),
        ({"created": True}, "its created is no time"),
        ({"created": 1.5}, "its created is no time"),
        ({"object": "v2.core.event"}, "not a snapshot event"),
        ({"data": []}, "without an object"),
        ({"data": {"object": []}}, "without an object"),
    ],
)
def test_why_a_signed_body_is_refused(changes: dict[str, Any], reason: str) -> None:
    refusal = verified(event_body(**changes))
    assert isinstance(refusal, str)
    assert reason in refusal


def test_the_last_second_is_a_time_and_a_listed_event_has_no_digest() -> None:
    read = read_envelope(json.loads(event_body(created=LAST_SECOND)))
    assert (read.created, read.body_sha256) == (from_unix(LAST_SECOND), "")
    with pytest.raises(NotAuthenticError, match="not a snapshot event"):
        read_envelope(["event"])
