"""Rows of a file with delimiters, each with the line it begins in. Pure.

One row with a quotation mark too many would swallow the rest of the file: a row that does not end within some lines is
given up, and reading begins again on the line after its first.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator

DELIMITERS = (",", ";", "\t", "|")
LONGEST_ROW = 12
"""Lines of the file that one row may take."""
_SAMPLE = 60

Row = tuple[int, list[str] | None]
"""The line it begins in, and its fields; None where the quotation marks do not add up."""


def read_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Without empty rows."""
    feed = _Feed(list(io.StringIO(text, newline="")))
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin_row()
        start = feed.position
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            feed.position = start + 1
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            yield start + 1, None
        else:
            if any(field.strip() for field in fields):
                yield start + 1, fields


def guess_delimiter(text: str) -> str:
    """The sign that splits the first rows into the same number of fields, and into the most of them."""
    head = text[:20_000]
    return max(DELIMITERS, key=lambda sign: _evenness(head, sign))


def usual_width(rows: list[list[str]]) -> int:
    """The number of fields that most rows have."""
    return Counter(map(len, rows)).most_common(1)[0][0] if rows else 0


def _evenness(head: str, delimiter: str) -> tuple[float, int]:
    rows = [fields for _, fields in zip(range(_SAMPLE), _good(head, delimiter), strict=False)]
    width = usual_width(rows)
    if width < 2:  # noqa: PLR2004  it splits nothing
        return 0.0, 0
    return round(sum(len(row) == width for row in rows) / len(rows), 1), width


def _good(head: str, delimiter: str) -> Iterator[list[str]]:
    return (fields for _, fields in read_rows(head, delimiter) if fields is not None)


class _Feed:
    """Lines for a reader, at most LONGEST_ROW of them for each row."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self.position = 0
        self._end = 0

    def begin_row(self) -> None:
        self._end = min(self.position + LONGEST_ROW, len(self._lines))

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.position >= self._end:
            raise StopIteration
        self.position += 1
        return self._lines[self.position - 1]
