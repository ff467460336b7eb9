"""What the desk sends about the case itself: values already parsed, not yet judged. Texts are by language."""

from dataclasses import dataclass, field
from datetime import date, time


@dataclass(frozen=True, slots=True)
class CounselForm:
    """`email` is where texts to review are sent; it and `consented_on` are never public."""

    name: str
    from_on: date
    firm: str = ""
    email: str = ""
    until_on: date | None = None
    consented_on: date | None = None


@dataclass(frozen=True, slots=True)
class PartyRow:
    side: str
    name: dict[str, str]
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class DemandRow:
    text: dict[str, str]
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class EventForm:
    """`at` is the time of day in `zone`; None: the whole day."""

    kind: str
    day: date
    title: dict[str, str]
    at: time | None = None
    zone: str = "UTC"
    text: dict[str, str] = field(default_factory=dict)
    court: dict[str, str] = field(default_factory=dict)
    file_number: str = ""
    outcome: dict[str, str] = field(default_factory=dict)
