"""What the desk sends when a campaign is made or edited: values already parsed, not yet judged."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TextForm:
    """One language; all empty means the campaign does not speak it."""

    title: str = ""
    kicker: str = ""
    standfirst: str = ""
    story: str = ""
    if_we_win: str = ""
    if_we_lose: str = ""
    if_we_settle: str = ""
    terms: str = ""

    @property
    def empty(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class LineForm:
    """Hourly when `rate` and `hours_hundredths` are given, else fixed with `amount`; minor units."""

    label: dict[str, str]
    rate: int | None = None
    hours_hundredths: int | None = None
    amount: int | None = None
    taxes: tuple[int, ...] = ()
    """Positions in CampaignForm.taxes."""
    stage: int = 0
    """Position in CampaignForm.stages; 0 where there are none."""
    hours_high_hundredths: int | None = None
    tax_included: bool = False


@dataclass(frozen=True, slots=True)
class TaxForm:
    name: str
    rate_ppm: int
    compound: bool = False


@dataclass(frozen=True, slots=True)
class StageForm:
    title: dict[str, str]
    buys: dict[str, str] = field(default_factory=dict)
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class PartyForm:
    side: str
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class PolicyForm:
    kind: str
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class ScheduleForm:
    """What counsel will bill; stages in the order they come, taxes in the order they are reckoned."""

    lines: tuple[LineForm, ...] = ()
    taxes: tuple[TaxForm, ...] = ()
    stages: tuple[StageForm, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitsForm:
    """How much is taken at most, and from when until when; None: no such limit."""

    hard_cap: int | None = None
    gifts_from: datetime | None = None
    gifts_until: datetime | None = None
    """The moment after the last day."""


@dataclass(frozen=True, slots=True)
class CampaignForm:
    slug: str
    currency: str
    organiser_share: int
    minimum_gift: int
    audience_size: int | None = None
    texts: dict[str, TextForm] = field(default_factory=dict)
    parties: tuple[PartyForm, ...] = ()
    demands: tuple[dict[str, str], ...] = ()
    lines: tuple[LineForm, ...] = ()
    taxes: tuple[TaxForm, ...] = ()
    policy: PolicyForm | None = None
    stages: tuple[StageForm, ...] = ()
    limits: LimitsForm = LimitsForm()
    court: dict[str, str] = field(default_factory=dict)
    file_number: str = ""

    @property
    def schedule(self) -> ScheduleForm:
        return ScheduleForm(self.lines, self.taxes, self.stages)
