"""What people typed, without what nobody can see: one rule for names, titles and messages."""

import unicodedata
from collections.abc import Sequence

MOST_MARKS = 3
"""Accents on one letter: no language needs more, and a tower of them covers the lines above."""
_JOINERS = "\u200c\u200d"
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that show nothing."""
_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn")
_MARKS = ("Mn", "Me")


def clean(text: str) -> str:
    """Trimmed, composed, line ends alike; without invisible letters, marks of direction and towers of accents."""
    seen = _without_unseen(text.replace("\r\n", "\n").replace("\r", "\n"))
    return _without_towers(unicodedata.normalize("NFC", seen)).strip()


def clean_title(text: str) -> str:
    """`clean`, in one line."""
    return " ".join(clean(" ".join(text.split())).split())


def _without_unseen(text: str) -> str:
    """Joiners stay where they join: Persian and the scripts of India need them, and so do emoji."""
    kept: list[str] = []
    for position, letter in enumerate(text):
        if letter in _JOINERS:
            if _shows(kept[-1:], "LMS") and _shows(text[position + 1 : position + 2], "LS"):
                kept.append(letter)
        elif letter == "\n" or (letter not in _BLANK and unicodedata.category(letter) not in _DROPPED):
            kept.append(letter)
    return "".join(kept)


def _shows(letter: Sequence[str], kinds: str) -> bool:
    return bool(letter) and letter[0] not in _BLANK and unicodedata.category(letter[0])[0] in kinds


def _without_towers(text: str) -> str:
    kept, marks = [], 0
    for letter in text:
        if unicodedata.category(letter) in _MARKS:
            marks += 1
        elif letter not in _JOINERS:
            marks = 0
        if marks <= MOST_MARKS or letter in _JOINERS:
            kept.append(letter)
    return "".join(kept)
