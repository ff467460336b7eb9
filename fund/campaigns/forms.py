"""What the desk sends when a campaign is made or edited: values already parsed, not yet judged."""

from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True)
class TaxForm:
    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class PartyForm:
    side: str
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class PolicyForm:
    kind: str
    text: dict[str, str]


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
