"""Form bodies as Stripe reads them: `a[b][0]=c` becomes nested objects and lists, every value a string."""

import re
from typing import Any
from urllib.parse import parse_qsl

Params = dict[str, Any]

DEEPEST = 12
KEYS = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")


def decode_form(text: str) -> Params:
    """Decode a query string or a form body; `a[]=x` appends, `a[0]=x` sets."""
    root: Params = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(root, KEYS.findall(name)[:DEEPEST], value)
    listed = _lists(root)
    return listed if isinstance(listed, dict) else root


def _put(target: Params, keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        inner = target.setdefault(key or str(len(target)), {})
        if not isinstance(inner, dict):
            return
        target = inner
    if keys:
        target[keys[-1] or str(len(target))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(each) for key, each in value.items()}
    numbered = bool(inner) and all(key.isdigit() for key in inner)
    if numbered and sorted(map(int, inner)) == list(range(len(inner))):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
