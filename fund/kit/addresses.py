"""Absolute links for mail and feeds, from SITE_URL alone; a house test proves them equal to the URL map."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addresses:
    """`site_url` has no trailing slash. French pages live under `/fr`."""

    site_url: str

    def page(self, path: str, locale: str) -> str:
        return f"{self.site_url}{'/fr' if locale == 'fr' else ''}{path}"

    def home(self, locale: str) -> str:
        return self.page("/", locale)

    def campaign(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}", locale)

    def donate(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/donate", locale)

    def thanks(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/thanks", locale)

    def history(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/history", locale)

    def updates(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/updates", locale)

    def update(self, slug: str, number: int, locale: str) -> str:
        return self.page(f"/c/{slug}/updates/{number}", locale)

    def updates_feed(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/updates.atom", locale)

    def site_feed(self, locale: str) -> str:
        return self.page("/updates.atom", locale)

    def timeline(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/timeline", locale)

    def timeline_calendar(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/timeline.ics", locale)

    def timeline_feed(self, slug: str, locale: str) -> str:
        return self.page(f"/c/{slug}/timeline.atom", locale)

    def follow(self, token: str, locale: str) -> str:
        return self.page(f"/follow/{token}", locale)

    def unsubscribe(self, token: str, locale: str) -> str:
        return self.page(f"/unsubscribe/{token}", locale)

    def preferences(self, token: str, locale: str) -> str:
        return self.page(f"/preferences/{token}", locale)

    def review(self, token: str, locale: str) -> str:
        return self.page(f"/review/{token}", locale)

    def invite(self, token: str, locale: str) -> str:
        return self.page(f"/invite/{token}", locale)

    def gift(self, token: str, locale: str) -> str:
        return self.page(f"/gift/{token}", locale)

    def login(self, locale: str) -> str:
        return self.page("/login", locale)

    def forgot(self, locale: str) -> str:
        return self.page("/forgot", locale)

    def reset(self, token: str, locale: str) -> str:
        return self.page(f"/reset/{token}", locale)

    def registration(self, token: str, locale: str) -> str:
        return self.page(f"/register/{token}", locale)

    def new_address(self, token: str, locale: str) -> str:
        return self.page(f"/account/address/{token}", locale)
