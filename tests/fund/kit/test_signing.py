from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from fund.kit.errors import Refusal
from fund.kit.signing import Signer

SIGNER = Signer("the first secret")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BROKEN = ["", ".", "a.b.c", "x" * 5000, "é", "\x00", "%00", "../etc", "InRlc3Qi.AAAA"]


def test_a_token_gives_back_what_was_signed() -> None:
    assert SIGNER.read("leave", SIGNER.sign("leave", ["follower", 7])) == ["follower", 7]
    assert SIGNER.read_dated("form", SIGNER.sign_dated("form", "n"), lifetime=timedelta(hours=1)) == "n"


@pytest.mark.parametrize("token", BROKEN)
def test_what_nobody_signed_is_not_found(token: str) -> None:
    with pytest.raises(Refusal) as refused:
        SIGNER.read("leave", token)
    assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        SIGNER.read_dated("leave", token, lifetime=timedelta(hours=1))
    assert refused.value.status == 404


def test_a_token_of_another_purpose_secret_or_kind_is_not_found() -> None:
    hour = timedelta(hours=1)
    token, dated = SIGNER.sign("leave", 7), SIGNER.sign_dated("leave", 7)
    attempts: list[Callable[[], object]] = [
        lambda: SIGNER.read("follow", token),
        lambda: Signer("another secret").read("leave", token),
        lambda: SIGNER.read("leave", dated),
        lambda: SIGNER.read_dated("leave", token, lifetime=hour),
        lambda: SIGNER.read_dated("follow", dated, lifetime=hour),
        lambda: SIGNER.read("leave", token[:-1] + ("A" if token[-1] != "A" else "B")),
        lambda: SIGNER.read("leave", "x" + token),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.status == 404


def test_a_dated_token_expires_and_says_so() -> None:
    with time_machine.travel(NOON, tick=False):
        token = SIGNER.sign_dated("form", "n")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert SIGNER.read_dated("form", token, lifetime=timedelta(hours=1)) == "n"
    with time_machine.travel(NOON + timedelta(hours=1, seconds=1), tick=False), pytest.raises(Refusal) as refused:
        SIGNER.read_dated("form", token, lifetime=timedelta(hours=1))
    assert refused.value.status == 410
