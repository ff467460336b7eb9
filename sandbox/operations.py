"""The table of API operations: each resource file adds its own with `operation`."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params


@dataclass(frozen=True)
class Call:
    """One API request, its parameters checked and typed (`expand` taken out); `path` holds the ids of the address."""

    params: Params
    path: dict[str, str]
    address: str
    user_agent: str = ""


Handler = Callable[[Sandbox, Call], Obj]


@dataclass(frozen=True)
class Operation:
    """One method of one path template of the published document."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    published: bool


OPERATIONS: list[Operation] = []


def operation(method: str, template: str, *, published: bool = True) -> Callable[[Handler], Handler]:
    """Register a handler; `template` as the published document writes it, `/v1/charges/{charge}`.

    One that is not published is there for Stripe's command line alone, its parameters unchecked and untyped.
    """
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))

    def register(handler: Handler) -> Handler:
        OPERATIONS.append(Operation(method, template, pattern, handler, published))
        return handler

    return register


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """Return the operation of an address and the ids in it, or None."""
    for each in OPERATIONS:
        match = each.pattern.fullmatch(path)
        if match and each.method == method:
            return each, match.groupdict()
    return None
