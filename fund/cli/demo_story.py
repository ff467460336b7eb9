"""The demo's stories as data: TOML files beside this one, read into the same forms that the desk sends."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fund.campaigns.forms import CampaignForm, LineForm, PartyForm, PolicyForm, TaxForm, TextForm
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
class Story:
    opened_days_ago: int
    form: CampaignForm
    updates: list[DemoUpdate]
    gifts: list[DemoGift]


def stories() -> list[Story]:
    """In the order they were opened, oldest first."""
    read = [_story(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.toml"))]
    return sorted(read, key=lambda story: -story.opened_days_ago)


def _story(raw: dict[str, Any]) -> Story:
    form = CampaignForm(
        slug=raw["slug"],
        currency=raw["currency"],
        organiser_share=raw["organiser_share"],
        minimum_gift=raw["minimum_gift"],
        audience_size=raw["audience_size"],
        texts={locale: TextForm(**_stripped(text)) for locale, text in raw["texts"].items()},
        parties=tuple(PartyForm(party["side"], party["name"]) for party in raw["parties"]),
        demands=tuple(raw["demands"]),
        lines=tuple(LineForm(**{**line, "taxes": tuple(line.get("taxes", ()))}) for line in raw["lines"]),
        taxes=tuple(TaxForm(**tax) for tax in raw.get("taxes", ())),
        policy=PolicyForm(raw["policy"]["kind"], raw["policy"]["text"]),
    )
    updates = [
        DemoUpdate(u["days_ago"], u["audience"], {loc: Words(**_stripped(t)) for loc, t in u["texts"].items()})
        for u in raw["updates"]
    ]
    return Story(raw["opened_days_ago"], form, updates, [DemoGift(**gift) for gift in raw["gifts"]])


def _stripped(text: dict[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in text.items()}
