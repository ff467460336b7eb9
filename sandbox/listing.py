"""Lists as Stripe pages them: newest first, `starting_after` onwards, `ending_before` backwards."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from itertools import islice

from sandbox.errors import invalid, missing
from sandbox.objects import Obj
from sandbox.operations import Call
from sandbox.wire import Params

DEFAULT_LIMIT, LARGEST_LIMIT = 10, 100
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def page(call: Call, newest_first: Iterable[Obj], kind: str) -> Obj:
    """Return one page; `newest_first` is already filtered, but for `created`. `kind` names it in a 404."""
    params = call.params
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise invalid(f"Invalid limit: must be between 1 and {LARGEST_LIMIT}", param="limit")
    rows = [each for each in newest_first if _created_fits(each, params)]
    if "starting_after" in params and "ending_before" in params:
        message = "You may only specify one of these parameters: starting_after, ending_before."
        raise invalid(message, param="starting_after")
    if "ending_before" in params:
        before = list(reversed(rows[: _position(rows, params["ending_before"], kind, "ending_before")]))
        chosen = list(reversed(before[:limit]))
        return _list(call, chosen, more=len(before) > limit)
    start = 0
    if "starting_after" in params:
        start = _position(rows, params["starting_after"], kind, "starting_after") + 1
    chosen = list(islice(rows, start, start + limit))
    return _list(call, chosen, more=len(rows) > start + limit)


def matching(rows: Iterable[Obj], params: Params, fields: Iterable[str]) -> Iterable[Obj]:
    """Keep the rows whose fields equal the parameters of the same name that were given."""
    wanted = [(field, params[field]) for field in fields if field in params]
    return (row for row in rows if all(row.get(field) == value for field, value in wanted))


def _list(call: Call, rows: list[Obj], *, more: bool) -> Obj:
    return {"object": "list", "data": rows, "has_more": more, "url": call.address}


def _position(rows: list[Obj], identifier: str, kind: str, param: str) -> int:
    for index, row in enumerate(rows):
        if row["id"] == identifier:
            return index
    raise missing(kind, identifier, param, HTTPStatus.BAD_REQUEST)


def _created_fits(row: Obj, params: Params) -> bool:
    wanted = params.get("created")
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(row["created"] == wanted)
    return all(COMPARISONS[name](row["created"], bound) for name, bound in wanted.items())
