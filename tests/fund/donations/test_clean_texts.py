import pytest

from fund.donations.rules import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Al\u200bice", "Alice"),
        ("\ufeffAl\u00adice\u2060", "Alice"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f469\u200d\u2695\ufe0f", "\U0001f469\u200d\u2695\ufe0f"),
        ("Z" + "\u0336" * 40 + "oe", "Z" + "\u0336" * 3 + "oe"),
        ("a\u200d\u200db", "a\u200db"),
        ("e\u200b\u0301", "\u00e9"),
    ],
)
def test_what_shows_nothing_is_dropped_and_what_joins_is_kept(typed: str, kept: str) -> None:
    assert clean_line(typed, 80, "display_name") == kept
    assert clean_text(f"{typed}\n\n{typed}", 1_000, "message") == f"{kept}\n\n{kept}"
