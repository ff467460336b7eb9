from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """One address of many. Has no repr: it holds an address."""

    address: str
    locale: str
    """Which of the mailing's bodies it gets, together with `variant`."""
    variant: str = ""
    personal: Mapping[str, str] = field(default_factory=dict)
    """What to put for each `%%name%%`."""
    unsubscribe_url: str | None = None
