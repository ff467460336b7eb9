"""Files as communities export them: encodings, delimiters, columns, and rows of which something is wrong."""

import codecs

import pytest

from fund.kit.errors import Refusal
from fund.members.list_columns import Columns
from fund.members.read_list import MOST_ROWS, read_list
from tests.factories.member_lists import member_list

HEAD = "Pseudo;Courriel\r\n"
PEOPLE = "Émilie Côté;emilie@club.example\r\nŒuvrard;oe@club.example\r\nZoé – « la Grande »;zoe@club.example\r\n"


def names(data: bytes, **given: str) -> list[str]:
    return [fields[0] for _, fields in read_list(data, **given).rows if fields]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
        ("mac-roman", b""),
    ],
)
def test_the_encoding_is_guessed(encoding: str, mark: bytes) -> None:
    data = mark + (HEAD + PEOPLE * 5).encode(encoding)
    assert names(data)[:3] == ["Émilie Côté", "Œuvrard", "Zoé – « la Grande »"]


def test_latin_nine_is_told_from_latin_one_by_the_letters_it_has_more() -> None:
    data = (HEAD + "Œuvrard;oe@club.example\r\nNoël Cœur;n@club.example\r\n").encode("iso8859-15")
    assert names(data) == ["Œuvrard", "Noël Cœur"]


def test_a_chosen_encoding_that_cannot_be_is_refused_at_its_field() -> None:
    with pytest.raises(Refusal) as refused:
        read_list((HEAD + PEOPLE).encode("cp1252"), encoding="utf-8")
    assert refused.value.field == "encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_also_where_another_one_stands_in_the_names(delimiter: str) -> None:
    others = "".join(one for one in ",;|" if one != delimiter)
    rows = [f"a{others}b{delimiter}p{n}@club.example{delimiter}fr" for n in range(5)]
    found = read_list("\n".join(rows).encode())
    assert found.delimiter == delimiter
    assert next(fields for _, fields in found.rows) == [f"a{others}b", "p0@club.example", "fr"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@x.example\nb@x.example", Columns(0, None, None, None, 1, [])),
        ("Courriel\na@x.example", Columns(0, None, None, None, 1, ["Courriel"])),
        ("7;Bob;a@x.example;fr\n8;Zoé;b@x.example;en", Columns(2, 1, 3, None, 4, [])),
        (
            "id,User name,E-mail,Second e-mail,Opt-in date,Lang\n1,Bob,a@x.example,,2025-01-02,fr",
            Columns(2, 1, 5, 4, 6, ["id", "User name", "E-mail", "Second e-mail", "Opt-in date", "Lang"]),
        ),
    ],
)
def test_the_columns_are_guessed(text: str, expected: Columns) -> None:
    assert read_list(text.encode()).columns == expected


def test_what_a_person_says_of_a_column_goes_before_the_guess() -> None:
    data = b"Bob;a@x.example;b@x.example\nZoe;c@x.example;d@x.example"
    assert read_list(data, places={"address": 2}).columns.address == 2
    moved = read_list(data, places={"consent_on": 0}).columns
    assert (moved.name, moved.consent_on) == (None, 0)
    with pytest.raises(Refusal):
        read_list(data, places={"address": 3})


@pytest.mark.parametrize("data", [b"", b"\n\n;;\n", b"name;phone\nBob;123", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_what_is_no_list_of_people_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_list(data)
    assert refused.value.field in ("file", "encoding")


def test_a_row_that_does_not_end_loses_no_other() -> None:
    rows = [f"p{n};p{n}@club.example" for n in range(60)]
    rows[20] = '"Jean; jean@club.example'
    rows[58] = '"the last; last@club.example'
    found = read_list("\n".join(rows).encode()).rows
    assert [line for line, fields in found if fields is None] == [21, 59]
    assert len(found) == 60


def test_quoted_delimiters_marks_and_line_breaks_are_one_field() -> None:
    data = b'"Roy; dit ""le roi""\nde Laval";roy@club.example\nBob;bob@club.example'
    assert read_list(data).rows == [
        (1, ['Roy; dit "le roi"\nde Laval', "roy@club.example"]),
        (3, ["Bob", "bob@club.example"]),
    ]


def test_too_many_rows_and_a_field_of_a_megabyte() -> None:
    with pytest.raises(Refusal) as refused:
        read_list(b"a@x.example\n" * (MOST_ROWS + 1))
    assert "200,000" in str(refused.value)
    found = read_list(b"Bob;bob@x.example\n" + b"x" * 1_000_000 + b";long@x.example\nZoe;zoe@x.example").rows
    assert [line for line, fields in found if fields is None] == [2]


def test_the_generated_list_is_understood() -> None:
    found = read_list(member_list(460, 8).data)
    assert (found.encoding, found.delimiter, len(found.rows)) == ("cp1252", ";", 460)
    assert found.columns == Columns(1, 0, 2, 3, 4, ["Pseudo", "Courriel", "Langue", "Consentement le"])
