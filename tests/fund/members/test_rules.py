import pytest

from fund.kit.errors import Refusal
from fund.members.rules import check_password, clean_address, clean_name

ADDRESS = "alice@example.org"


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "x" * 201,
        "alice@EXAMPLE.org",
        "Password1234",
        "motdepasse123",
        "aaaaaaaaaaaaaaa",
        "abababababababab",
        "",
    ],
)
def test_weak_passwords_are_refused_at_their_field(password: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_password(password, address=ADDRESS)
    assert refused.value.field == "password"


@pytest.mark.parametrize("password", ["twelve chars", "l’été à Montréal", "x" * 100 + "abcdef", "   spaces   "])
def test_length_is_all_that_is_asked(password: str) -> None:
    check_password(password, address=ADDRESS)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "alice",
        "alice@",
        "a@b c.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\u202e",
        "a\x00@b.org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        clean_address(typed)
    assert refused.value.field == "email"


def test_an_address_is_trimmed_and_otherwise_kept() -> None:
    assert clean_address("  Alice.B+fund@Example.org ") == "Alice.B+fund@Example.org"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Marie-Ève \n Tremblay ", "Marie-Ève Tremblay"),
        ("\u202eecilA", "ecilA"),
        ("Al\x00ice", "Alice"),
        ("<b>Alice</b>", "<b>Alice</b>"),
        ("李小龍", "李小龍"),
    ],
)
def test_a_name_is_one_clean_line(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", " \t ", "\u202e\x00", "x" * 81, "x" * 10_000])
def test_a_name_that_is_none_or_too_long_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        clean_name(typed)
    assert refused.value.field == "name"
