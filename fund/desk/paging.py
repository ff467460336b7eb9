"""Pages of long lists by key, never by offset: page a thousand costs what page one does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from flask import request, url_for
from werkzeug.exceptions import BadRequest

Row = TypeVar("Row")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Newest first. `newest` and `older` are addresses, None where there is nothing."""

    rows: list[Row]
    newest: str | None
    older: str | None


def page_of(rows: list[Row], key: Callable[[Row], str]) -> Page[Row]:
    """`rows` holds one more than a page if there is an older one; `key` is what `before` will say of the last."""
    kept = rows[:PAGE]
    older = key(kept[-1]) if len(rows) > PAGE else None
    before = request.args.get("before")
    return Page(kept, _here(None) if before else None, _here(older) if older else None)


def before_number() -> int | None:
    text = request.args.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004  a database's largest integer
        raise BadRequest
    return int(text)


def before_moment() -> tuple[datetime, str] | None:
    """A time and an id, written by `moment_key`."""
    text = request.args.get("before", "")
    if not text:
        return None
    moment, _, id_ = text.partition(",")
    try:
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or not id_ or not id_.isprintable():
            raise BadRequest
        return parsed.astimezone(UTC), id_
    except (ValueError, OverflowError):
        raise BadRequest from None


def moment_key(moment: datetime, id_: str) -> str:
    return f"{moment.isoformat()},{id_}"


def _here(before: str | None) -> str:
    kept = {name: value for name, value in request.args.items() if name != "before"}
    path = {**(request.view_args or {}), **kept}
    return url_for(str(request.endpoint), **path, before=before)
