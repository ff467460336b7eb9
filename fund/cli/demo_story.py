"""The demo's stories as data: TOML files beside this one, read into the same forms that the desk sends."""

import tomllib
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from fund.campaigns.forms import CampaignForm, LineForm, PartyForm, PolicyForm, StageForm, TaxForm, TextForm
from fund.updates.rules import Words

_FOLDER = Path(__file__).parent / "demo_data"


@dataclass(frozen=True, slots=True)
class DemoUpdate:
    days_ago: int
    audience: str
    words: dict[str, Words]


@dataclass(frozen=True, slots=True)
class DemoGift:
    """`amount` in minor units; a gift with `show_message` has its message let through at once."""

    amount: int
    visibility: str
    locale: str
    display_name: str = ""
    message: str = ""
    show_message: bool = False


@dataclass(frozen=True, slots=True)
class DemoCounsel:
    name: str
    firm: str
    since_days_ago: int


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """Its day lies ahead where `days_ago` is negative."""

    days_ago: int
    kind: str
    title: dict[str, str]
    text: dict[str, str]
    court: dict[str, str]
    outcome: dict[str, str]
    at: time | None
    zone: str


@dataclass(frozen=True, slots=True)
class DemoRevision:
    """What a revision adds to the fee schedule."""

    days_ago: int
    reason: dict[str, str]
    stages: tuple[StageForm, ...]
    lines: tuple[LineForm, ...]


@dataclass(frozen=True, slots=True)
class DemoWork:
    """Hours of counsel on one day; what was done stays at the desk."""

    days_ago: int
    hours_hundredths: int
    narrative: str


@dataclass(frozen=True, slots=True)
class DemoBill:
    """`from_trust` and `from_bank` are what was paid of it, in minor units."""

    number: str
    issued_days_ago: int
    work: tuple[DemoWork, ...]
    from_trust: int = 0
    from_bank: int = 0


@dataclass(frozen=True, slots=True)
class DemoMoney:
    """What moved besides the gifts through Stripe; minor units."""

    cheque: int
    advance: int
    bills: tuple[DemoBill, ...]
    signatories: tuple[tuple[str, str], ...]
    """Name and capacity of who answers for the report."""


@dataclass(frozen=True, slots=True)
class Story:
    opened_days_ago: int
    form: CampaignForm
    counsel: DemoCounsel
    events: list[DemoEvent]
    revision: DemoRevision | None
    updates: list[DemoUpdate]
    gifts: list[DemoGift]
    money: DemoMoney | None


def stories() -> list[Story]:
    """In the order they were opened, oldest first."""
    read = [_story(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.toml"))]
    return sorted(read, key=lambda story: -story.opened_days_ago)


def _story(raw: dict[str, Any]) -> Story:
    updates = [
        DemoUpdate(u["days_ago"], u["audience"], {loc: Words(**_stripped(t)) for loc, t in u["texts"].items()})
        for u in raw["updates"]
    ]
    return Story(
        opened_days_ago=raw["opened_days_ago"],
        form=_form(raw),
        counsel=DemoCounsel(**raw["counsel"]),
        events=[_event(event) for event in raw["events"]],
        revision=_revision(raw["revision"]) if "revision" in raw else None,
        updates=updates,
        gifts=[DemoGift(**gift) for gift in raw["gifts"]],
        money=_money(raw["money"]) if "money" in raw else None,
    )


def _form(raw: dict[str, Any]) -> CampaignForm:
    return CampaignForm(
        slug=raw["slug"],
        currency=raw["currency"],
        organiser_share=raw["organiser_share"],
        minimum_gift=raw["minimum_gift"],
        audience_size=raw["audience_size"],
        texts={locale: TextForm(**_stripped(text)) for locale, text in raw["texts"].items()},
        parties=tuple(PartyForm(party["side"], party["name"]) for party in raw["parties"]),
        demands=tuple(raw["demands"]),
        lines=_lines(raw),
        taxes=tuple(TaxForm(**tax) for tax in raw.get("taxes", ())),
        stages=_stages(raw),
        policy=PolicyForm(raw["policy"]["kind"], raw["policy"]["text"]),
    )


def _lines(raw: dict[str, Any]) -> tuple[LineForm, ...]:
    return tuple(LineForm(**{**line, "taxes": tuple(line.get("taxes", ()))}) for line in raw["lines"])


def _stages(raw: dict[str, Any]) -> tuple[StageForm, ...]:
    return tuple(StageForm(**stage) for stage in raw.get("stages", ()))


def _event(raw: dict[str, Any]) -> DemoEvent:
    return DemoEvent(
        days_ago=raw["days_ago"],
        kind=raw["kind"],
        title=raw["title"],
        text=raw.get("text", {}),
        court=raw.get("court", {}),
        outcome=raw.get("outcome", {}),
        at=raw.get("at"),
        zone=raw.get("zone", "UTC"),
    )


def _revision(raw: dict[str, Any]) -> DemoRevision:
    return DemoRevision(raw["days_ago"], raw["reason"], _stages(raw), _lines(raw))


def _money(raw: dict[str, Any]) -> DemoMoney:
    bills = tuple(
        DemoBill(**{**bill, "work": tuple(DemoWork(**work) for work in bill["work"])}) for bill in raw["bills"]
    )
    return DemoMoney(raw["cheque"], raw["advance"], bills, tuple((name, as_) for name, as_ in raw["signatories"]))


def _stripped(text: dict[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in text.items()}
