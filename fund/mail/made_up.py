"""What all made-up letters are made of: a campaign, a gift, a day."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day
from fund.kit.money import format_money

DAY = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
NEXT_WEEK = datetime(2026, 11, 30, 14, 32, tzinfo=UTC)
TOKEN = "sample"  # noqa: S105  opens nothing, and is meant to
SLUG = "sample"


@dataclass(frozen=True, slots=True)
class Made:
    """The language and the site that a sample is made for."""

    locale: str
    addresses: Addresses

    def say(self, english: str, french: str) -> str:
        return french if self.locale == "fr" else english

    def money(self, minor: int) -> str:
        return format_money(minor, "CAD", locale=self.locale)

    def day(self, moment: datetime = DAY) -> str:
        return format_day(moment, locale=self.locale)

    @property
    def title(self) -> str:
        return self.say("Defense of a library of games", "Défense d’une ludothèque")

    @property
    def campaign(self) -> dict[str, Any]:
        return {"campaign_title": self.title, "campaign_url": self.addresses.campaign(SLUG, self.locale)}

    @property
    def gift(self) -> dict[str, Any]:
        return {
            **self.campaign,
            "amount": self.money(6250),
            "gift_number": "3F2A99B1",
            "date": self.day(),
            "gift_url": self.addresses.gift(TOKEN, self.locale),
        }

    def desk(self, path: str) -> str:
        return self.addresses.page(f"/desk/{path}", self.locale)
