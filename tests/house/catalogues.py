"""The French catalogues against what code and templates say. `python -m tests.house.catalogues` reports problems."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import PoFileError, read_po

from fund.web.errors import SENTENCES, TITLES
from tests.fixtures.whole_run import ROOT
from tests.house.tree import python_files, shown, templates

FOLDER = ROOT / "fund/translations/fr"
CALLS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "translate": None,
    "Refusal": None,
    "N_": None,
    "ngettext": (1, 2),
    "translate_plural": (1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}|%%(\w+)%%")
Key = str | tuple[str, ...]


def said() -> dict[Key, str]:
    """Every sentence that is translated, with a place that says it."""
    found: dict[Key, str] = {}
    for path in python_files("fund"):
        for line, message, _, _ in extract_from_file("python", path, keywords=CALLS):
            found.setdefault(_key(message), f"{shown(path)}:{line}")
    options = {"trimmed": "true", "newstyle_gettext": "true"}
    for path in templates():
        for line, message, _, _ in extract_from_file("jinja2.ext:babel_extract", path, keywords=CALLS, options=options):
            found.setdefault(_key(message), f"{shown(path)}:{line}")
    for sentence in (*TITLES.values(), *SENTENCES.values()):
        found.setdefault(sentence, "fund/web/errors.py")
    found.pop("", None)
    return found


def translated() -> tuple[dict[Key, Message], list[str]]:
    """What the catalogues hold, and what is wrong with them as files."""
    messages: dict[Key, Message] = {}
    problems: list[str] = []
    for path in sorted(FOLDER.glob("*.po")):
        for message in _read(path, problems):
            key = _key(message.id)
            known = messages.setdefault(key, message)
            if known.string != message.string:
                problems.append(f"{shown(path)}: two translations of {key!r}")
            problems += [f"{shown(path)}: {problem} {key!r}" for problem in _faults(message)]
    return messages, problems


def missing() -> list[str]:
    known, _ = translated()
    return [f"{place}: {key!r}" for key, place in sorted(said().items(), key=lambda pair: pair[1]) if key not in known]


def _read(path: Path, problems: list[str]) -> Iterator[Message]:
    try:
        with path.open("rb") as source:
            catalogue = read_po(source, locale="fr", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as broken:
        problems.append(f"{shown(path)}: {broken}")
        return
    yield from (message for message in catalogue if message.id)


def _faults(message: Message) -> Iterator[str]:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield "fuzzy"
    if not all(strings):
        yield "empty"
    wanted = _placeholders(message.id if isinstance(message.id, str) else message.id[-1])
    for string in strings:
        if string and not _placeholders(string) <= wanted:
            yield "unknown placeholder in"
    if strings[-1] and _placeholders(strings[-1]) != wanted:
        yield "placeholder lost in"


def _placeholders(text: str) -> set[str]:
    return {next(filter(None, found)) for found in PLACEHOLDER.findall(text)}


def _key(message: object) -> Key:
    if isinstance(message, tuple | list):
        return tuple(str(part) for part in message if part is not None)
    return str(message)


def main() -> int:
    problems = [*translated()[1], *(f"no French for {found}" for found in missing())]
    print(*problems, sep="\n", end="\n" if problems else "")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
