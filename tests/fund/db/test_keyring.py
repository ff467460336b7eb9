import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.db.keyring import Keyring, UndecryptableError

OLD, NEW = ("old", bytes(range(32))), ("new", bytes(range(32, 64)))
PLACE = "donation.email"
RING = Keyring([OLD])
ROTATED = Keyring([NEW, OLD])


@given(st.text())
def test_what_was_written_is_read(text: str) -> None:
    stored = RING.encrypt(text, PLACE)
    assert RING.decrypt(stored, PLACE) == text
    assert ROTATED.decrypt(stored, PLACE) == text


def test_the_same_text_never_looks_the_same() -> None:
    assert RING.encrypt("alice@example.org", PLACE) != RING.encrypt("alice@example.org", PLACE)


def test_the_first_key_writes() -> None:
    stored = ROTATED.encrypt("alice@example.org", PLACE)
    assert stored.startswith("v1.new.")
    with pytest.raises(UndecryptableError, match="no key 'new'"):
        RING.decrypt(stored, PLACE)


def _changed(stored: str) -> str:
    head, _, body = stored.rpartition(".")
    sealed = bytearray(base64.urlsafe_b64decode(body))
    sealed[-1] ^= 1
    return f"{head}.{base64.urlsafe_b64encode(bytes(sealed)).decode()}"


STORED = RING.encrypt("alice@example.org", PLACE)


@pytest.mark.parametrize(
    ("stored", "place"),
    [
        (STORED, "donation.message"),
        (_changed(STORED), PLACE),
        (STORED[:-6], PLACE),
        ("v1.old.", PLACE),
        ("v1.old.AAAA", PLACE),
        ("v1.old.not base64 é", PLACE),
        ("v2" + STORED[2:], PLACE),
        ("alice@example.org", PLACE),
        ("", PLACE),
    ],
    ids=["other column", "one bit", "cut", "empty", "short", "no base64", "version", "plain", "nothing"],
)
def test_a_changed_or_moved_value_is_not_read_and_not_repeated(stored: str, place: str) -> None:
    with pytest.raises(UndecryptableError) as refused:
        RING.decrypt(stored, place)
    assert "alice" not in str(refused.value)


def test_another_secret_under_the_same_name_reads_nothing() -> None:
    with pytest.raises(UndecryptableError):
        Keyring([("old", os.urandom(32))]).decrypt(STORED, PLACE)


def test_a_blind_index_is_found_while_keys_are_rotated() -> None:
    before = RING.blind_index("alice@example.org")
    assert before in ROTATED.blind_indexes("alice@example.org")
    assert ROTATED.blind_index("alice@example.org") == ROTATED.blind_indexes("alice@example.org")[0] != before
    assert RING.blind_index("bob@example.org") not in ROTATED.blind_indexes("alice@example.org")
