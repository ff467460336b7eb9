"""`expand[]`: ids replaced by their objects, to four levels, and the lists that are absent unless asked for."""

import copy
from collections.abc import Callable

from sandbox.errors import StripeError, invalid
from sandbox.objects import Obj
from sandbox.state import Sandbox

DEEPEST = 4
# object -> field -> the kind (or kinds) of object its id names
EXPANDABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "checkout.session": {
        "customer": ("customer",),
        "payment_intent": ("payment_intent",),
        "invoice": ("invoice",),
        "setup_intent": ("setup_intent",),
        "subscription": ("subscription",),
    },
    "payment_intent": {
        "customer": ("customer",),
        "latest_charge": ("charge",),
        "payment_method": ("payment_method",),
    },
    "charge": {
        "balance_transaction": ("balance_transaction",),
        "customer": ("customer",),
        "failure_balance_transaction": ("balance_transaction",),
        "payment_intent": ("payment_intent",),
    },
    "balance_transaction": {"source": ("charge", "refund", "dispute", "payout")},
    "refund": {
        "balance_transaction": ("balance_transaction",),
        "charge": ("charge",),
        "customer": ("customer",),
        "failure_balance_transaction": ("balance_transaction",),
        "payment_intent": ("payment_intent",),
        "payment_method": ("payment_method",),
    },
    "dispute": {"charge": ("charge",), "payment_intent": ("payment_intent",)},
    "payout": {
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
    },
    "invoice": {"customer": ("customer",)},
    "invoice_payment": {"invoice": ("invoice",)},
    "subscription": {"customer": ("customer",)},
    "payment_method": {"customer": ("customer",)},
    "setup_intent": {"customer": ("customer",), "payment_method": ("payment_method",)},
    # parts of an invoice and of its payment: they have no `object` of their own
    "": {"payment_intent": ("payment_intent",), "subscription": ("subscription",)},
    "price": {"product": ("product",)},
}
Included = Callable[[Sandbox, Obj], Obj]
# lists that are only there when asked for; resource files add theirs
INCLUDED: dict[tuple[str, str], Included] = {}


def expanded(sandbox: Sandbox, answer: Obj, paths: list[str]) -> Obj:
    """Return a copy of `answer` with each path expanded; raises the 400 of a path that cannot be."""
    answer = copy.deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST:
            message = f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}"
            raise invalid(message, param="expand")
        _expand(sandbox, answer, parts, path)
    return answer


def _expand(sandbox: Sandbox, holder: Obj, parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    if name == "data" and isinstance(holder.get("data"), list):
        for each in holder["data"]:
            if rest:
                _expand(sandbox, each, rest, path)
        return
    kind = str(holder.get("object", ""))
    included = INCLUDED.get((kind, name))
    value = holder.get(name)
    if included is not None and not isinstance(value, dict):
        value = holder[name] = copy.deepcopy(included(sandbox, holder))
    elif isinstance(value, str):
        value = holder[name] = copy.deepcopy(_find(sandbox, kind, name, value, path))
    elif not isinstance(value, dict) and (value is not None or name not in EXPANDABLE.get(kind, {})):
        raise _refused(path)
    if rest and isinstance(value, dict):
        _expand(sandbox, value, rest, path)


def _find(sandbox: Sandbox, kind: str, name: str, identifier: str, path: str) -> Obj:
    for table in EXPANDABLE.get(kind, {}).get(name, ()):
        found = sandbox.table(table).get(identifier)
        if found is not None:
            return found
    raise _refused(path)


def _refused(path: str) -> StripeError:
    return invalid(f"This property cannot be expanded ({path}).", param="expand")
