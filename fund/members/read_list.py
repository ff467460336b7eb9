from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from fund.kit.errors import Refusal
from fund.members.list_columns import Columns, guess_columns, has_titles
from fund.members.list_encoding import decode_list, guess_encoding
from fund.members.list_rows import Row, guess_delimiter, read_rows, usual_width

LARGEST_FILE = 50 * 1024 * 1024
MOST_ROWS = 200_000
_SAMPLE = 200
_OPTIONAL = ("name", "locale", "consent_on")


@dataclass(frozen=True, slots=True, repr=False)
class MemberList:
    """A file as it was understood. Has no repr: it holds addresses."""

    encoding: str
    delimiter: str
    columns: Columns
    rows: list[Row]
    """Without the titles."""


def read_list(
    data: bytes,
    *,
    encoding: str = "",
    delimiter: str = "",
    titles: bool | None = None,
    places: Mapping[str, int] | None = None,
) -> MemberList:
    """What is not given is guessed; `places` says of some columns which they are (fields of Columns, from 0).

    Raises Refusal for a file that is no list of people, on field `file`.
    """
    if len(data) > LARGEST_FILE:
        raise Refusal("A file has at most {most} MB.", field="file", status=413, most=LARGEST_FILE // 1024 // 1024)
    encoding = encoding or guess_encoding(data)
    text = decode_list(data, encoding).removeprefix("\ufeff")
    delimiter = delimiter or guess_delimiter(text)
    rows = _rows(text, delimiter)
    sample = [fields for _, fields in rows[:_SAMPLE] if fields is not None]
    if titles is None:
        titles = has_titles(sample)
    names = sample[0] if titles and sample else []
    columns = guess_columns(sample[1:] if titles else sample, names, len(names) or usual_width(sample))
    if columns is None:
        raise Refusal(
            "No column of this file holds e-mail addresses. Is it a text file with one person a line?", field="file"
        )
    columns = _placed(columns, places or {})
    people = rows[1:] if titles else rows
    if len(people) > MOST_ROWS:
        raise Refusal("A file has at most {most} rows. Divide it.", field="file", most=f"{MOST_ROWS:,}")
    return MemberList(encoding, delimiter, columns, people)


def _placed(columns: Columns, places: Mapping[str, int]) -> Columns:
    """With what a person says; a guess gives way to it."""
    if any(place >= columns.width for place in places.values()):
        raise Refusal("This file has {width} columns only.", field="file", width=columns.width)
    told = set(places.values())
    kept = {name: None if place in told else place for name, place in columns.as_json().items() if name in _OPTIONAL}
    return Columns.from_json({**columns.as_json(), **kept, **places})


def _rows(text: str, delimiter: str) -> list[Row]:
    found = list(islice(read_rows(text, delimiter), MOST_ROWS + 2))
    if not found:
        raise Refusal("There is nothing in this file.", field="file")
    return found
