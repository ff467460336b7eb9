"""Sentences that are kept in English with their values filled in, and read in another language later.

What is kept is plain text: a row of an older release, or a sentence nobody foresaw, is shown as it stands.
"""

import re
from collections.abc import Iterable

from fund.kit.i18n import translate

_VALUE = re.compile(r"\\\{(\w+)\\\}")


class KeptSentences:
    """`templates` are the English sentences with `{named}` values, as the catalogues know them."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._patterns = [
            (text, re.compile(_VALUE.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)) for text in templates
        ]

    def find(self, kept: str) -> tuple[str, dict[str, str]] | None:
        """Which template a kept sentence was made from, and its values."""
        for template, pattern in self._patterns:
            match = pattern.fullmatch(kept)
            if match is not None:
                return template, match.groupdict()
        return None

    def say(self, kept: str, locale: str) -> str:
        found = self.find(kept)
        return translate(found[0], locale).format(**found[1]) if found else kept
