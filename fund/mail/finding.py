from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "problem", "not checked"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one thing brought. `note`: as it may be, but somebody should have wanted it so."""

    name: str
    state: State
    sentence: str
    add: str = ""
    """Word by word what to put into the DNS."""
