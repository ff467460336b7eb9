"""What a comparison found. Ids and amounts only."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """`rule` is R1 to R7; `repair` says what would mend it: `book` (the command does it), or words for a person."""

    rule: str
    what: str
    repair: str


@dataclass(slots=True)
class Report:
    differences: list[Difference] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.differences

    def differ(self, rule: str, what: str, repair: str) -> None:
        self.differences.append(Difference(rule, what, repair))

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "differences": [{"rule": d.rule, "what": d.what, "repair": d.repair} for d in self.differences],
            "checked": self.checked,
        }
