"""Reading single fields: the library's objects are no dicts, and fields come and go with versions."""

from datetime import datetime
from typing import Any

from fund.kit.clock import from_unix


def field(thing: Any, name: str) -> Any:
    """None for a field that this version or this object does not have."""
    if thing is None:
        return None
    return thing[name] if name in thing else None  # noqa: SIM401  StripeObject has no get


def id_of(thing: Any) -> str | None:
    """Of what may be expanded or not."""
    return thing if thing is None or isinstance(thing, str) else str(thing["id"])


def metadata(thing: Any) -> dict[str, str]:
    found = field(thing, "metadata")
    if found is None:
        return {}
    return {str(key): str(value) for key, value in _dict(found).items()}


def moment(thing: Any, name: str) -> datetime | None:
    seconds = field(thing, name)
    return None if seconds is None else from_unix(seconds)


def plain(thing: Any) -> dict[str, Any]:
    """As JSON can keep it: an exchange rate is text, so that no digit is lost."""
    raw = _dict(thing)
    if raw.get("exchange_rate") is not None:
        raw["exchange_rate"] = str(raw["exchange_rate"])
    return raw


def _dict(thing: Any) -> dict[str, Any]:
    return thing.to_dict() if hasattr(thing, "to_dict") else dict(thing)
