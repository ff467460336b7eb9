"""One made-up letter of every kind, for looking at before real ones go out. Nobody real is in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day, format_moment, format_moment_at, translate
from fund.kit.money import format_money

_DAY = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
_NEXT_WEEK = datetime(2026, 11, 30, 14, 32, tzinfo=UTC)
_TOKEN = "sample"  # noqa: S105  opens nothing, and is meant to
_SLUG = "sample"
LEAVABLE = frozenset({"already_following", "closing", "imported_invitation", "revision", "timeline", "update"})
"""The kinds whose footer has the ways out."""


@dataclass(frozen=True, slots=True)
class _Made:
    """The language and the site that a sample is made for."""

    locale: str
    addresses: Addresses

    def say(self, english: str, french: str) -> str:
        return french if self.locale == "fr" else english

    def money(self, minor: int) -> str:
        return format_money(minor, "CAD", locale=self.locale)

    def day(self, moment: datetime = _DAY) -> str:
        return format_day(moment, locale=self.locale)

    @property
    def title(self) -> str:
        return self.say("Defense of a library of games", "Défense d’une ludothèque")

    @property
    def campaign(self) -> dict[str, Any]:
        return {"campaign_title": self.title, "campaign_url": self.addresses.campaign(_SLUG, self.locale)}

    @property
    def gift(self) -> dict[str, Any]:
        return {
            **self.campaign,
            "amount": self.money(6250),
            "gift_number": "3F2A99B1",
            "date": self.day(),
            "gift_url": self.addresses.gift(_TOKEN, self.locale),
        }

    def desk(self, path: str) -> str:
        return self.addresses.page(f"/desk/{path}", self.locale)


def sample_values(message: str, *, locale: str, site_url: str) -> dict[str, Any]:
    """What `templates/mail/<message>` names. KeyError for what is no kind of mail."""
    return _SAMPLES[message](_Made(locale, Addresses(site_url)))


def sample_personal(message: str, *, locale: str, site_url: str) -> Mapping[str, str]:
    """What stands at the places that differ from one person to the next. Its links lead nowhere."""
    made = _Made(locale, Addresses(site_url))
    source = made.say("you followed this campaign on its page", "vous suivez cette campagne depuis sa page")
    if message == "timeline":
        source = translate("you asked for each event of this case", locale)
    personal = {
        "consent": f"{source}, {made.day()}",
        "invite_url": made.addresses.invite(_TOKEN, locale),
    }
    if message in LEAVABLE:
        personal["unsubscribe_url"] = made.addresses.unsubscribe(_TOKEN, locale)
        personal["preferences_url"] = made.addresses.preferences(_TOKEN, locale)
    return personal


def sample_messages() -> tuple[str, ...]:
    """Every kind of mail there is."""
    return tuple(_SAMPLES)


def _receipt(made: _Made) -> dict[str, Any]:
    return {
        **made.gift,
        "fee_covered": made.money(218),
        "visibility": "public",
        "display_name": "Ondine",
        "surplus_policy": made.say(
            "What is left over goes back to everybody who gave, in proportion to the gifts.",
            "Ce qui reste est remboursé à toutes les personnes qui ont donné, au prorata des dons.",
        ),
        "terms": made.say(
            "fee schedule of 3 October 2026, version 1", "barème d’honoraires du 3 octobre 2026, version 1"
        ),
        "message": made.say("Hold on!", "Tenez bon!"),
        "monthly": True,
        "later": False,
    }


def _refund(made: _Made) -> dict[str, Any]:
    return {**made.gift, "refunded": made.money(2000), "whole": False, "surplus": False}


def _paid_by_hand(made: _Made) -> dict[str, Any]:
    return {**made.gift, "returned": made.money(2000), "method": "cheque", "paid_on": made.day()}


def _monthly_failing(made: _Made) -> dict[str, Any]:
    return {**made.gift, "monthly_amount": made.money(1500)}


def _gift_failed(made: _Made) -> dict[str, Any]:
    return {**made.gift, "donate_url": made.addresses.donate(_SLUG, made.locale)}


def _update(made: _Made) -> dict[str, Any]:
    body = made.say(
        "The court has **refused the injunction**. Nothing has to come down while the case goes on.\n\n"
        "## What it means\n\n"
        "- The claim itself is still to be heard, in the spring.\n"
        "- Counsel now prepares the examination of two witnesses.\n\n"
        "> The balance of inconvenience favours the defendant.\n\n"
        "Thank you to everybody who made these hours possible.",
        "Le tribunal a **refusé l’injonction**. Rien n’est à retirer pendant l’instance.\n\n"
        "## Ce que cela veut dire\n\n"
        "- La demande elle-même sera entendue au printemps.\n"
        "- Nos avocats préparent maintenant l’interrogatoire de deux témoins.\n\n"
        "> La prépondérance des inconvénients favorise la défenderesse.\n\n"
        "Merci à toutes les personnes qui ont rendu ces heures possibles.",
    )
    return {
        **made.campaign,
        "title": made.say("The injunction is refused", "L’injonction est refusée"),
        "body": body,
        "text_locale": made.locale,
        "update_url": made.addresses.update(_SLUG, 4, made.locale),
        "number": 4,
        "date": made.day(),
        "members_only": False,
        "donors_only": False,
        "correction": "",
        "attachments": [made.say("The judgment, 6 pages", "Le jugement, 6 pages")],
    }


def _timeline(made: _Made) -> dict[str, Any]:
    text = made.say(
        "Both sides argue the motion for an interim **injunction**. The hearing is open to the public.",
        "Les deux parties plaident la demande d’**injonction** interlocutoire. L’audience est publique.",
    )
    return {
        **made.campaign,
        "kind": "hearing",
        "title": made.say("Motion for an interim injunction", "Demande d’injonction interlocutoire"),
        "day": made.day(_NEXT_WEEK),
        "when": format_moment_at(_NEXT_WEEK, "America/Toronto", locale=made.locale),
        "court": made.say("Superior Court, Montréal", "Cour supérieure, Montréal"),
        "file_number": "500-17-000000-261",
        "text": text,
        "outcome": made.say("Refused, with costs.", "Rejetée, avec frais."),
        "languages": dict.fromkeys(("title", "text", "outcome"), made.locale),
        "document": made.say("Notice of hearing.pdf", "Avis d’audience.pdf"),
        "document_url": made.addresses.page(f"/files/{_TOKEN}/notice.pdf", "en"),
        "event_url": f"{made.addresses.timeline(_SLUG, made.locale)}#e7",
    }


def _revision(made: _Made) -> dict[str, Any]:
    return {
        **made.campaign,
        "title": made.say("The fee schedule was revised", "Le barème d’honoraires a été révisé"),
        "kind": "schedule",
        "reason": made.say("Two more plaintiffs have joined.", "Deux demandeurs de plus se sont joints."),
        "changes": [(made.say("Target", "Objectif"), made.money(200000), made.money(800000))],
        "date": made.day(),
        "history_url": made.addresses.history(_SLUG, made.locale),
    }


def _closing(made: _Made) -> dict[str, Any]:
    return {
        **made.campaign,
        "kind": "settled",
        "words": made.say(
            "Both sides have signed. The damages are *dropped*; the library stays open.",
            "Les deux parties ont signé. Les dommages-intérêts sont *abandonnés*; la ludothèque reste ouverte.",
        ),
        "ended_on": made.day(),
        "correction": False,
        "policy": _receipt(made)["surplus_policy"],
    }


def _review(made: _Made, **more: object) -> dict[str, Any]:
    return {"campaign_title": made.title, "title": _update(made)["title"], **more}


def _differences(made: _Made) -> dict[str, Any]:
    what = made.say("Stripe holds 6250 CAD that no gift names", "Stripe détient 6250 CAD qu’aucun don ne nomme")
    return {"count": 3, "differences": [("R2", what)], "more": 2, "desk_url": made.desk("reconciliation")}


def _dispute(made: _Made) -> dict[str, Any]:
    return {**made.gift, "due": made.day(_NEXT_WEEK), "inquiry": False, "desk_url": made.desk("disputes/1")}


def _new_address(made: _Made) -> dict[str, Any]:
    return {
        "side": "old",
        "by_owner": False,
        "new_address": "new@members.example",
        "confirm_url": made.addresses.new_address(_TOKEN, made.locale),
        "days": 3,
    }


def _already_member(made: _Made) -> dict[str, Any]:
    return {"login_url": made.addresses.login(made.locale), "forgot_url": made.addresses.forgot(made.locale)}


def _imported(made: _Made) -> dict[str, Any]:
    consent = made.say(
        "I agree that the association writes to me about its legal defense.",
        "J’accepte que l’association m’écrive au sujet de sa défense juridique.",
    )
    return {"consent_text": consent, "days": 30}


_SAMPLES: dict[str, Callable[[_Made], dict[str, Any]]] = {
    "receipt": _receipt,
    "gift_failed": _gift_failed,
    "monthly_failing": _monthly_failing,
    "refund": _refund,
    "paid_by_hand": _paid_by_hand,
    "confirm_follow": lambda made: (
        made.campaign | {"confirm_url": made.addresses.follow(_TOKEN, made.locale), "days": 7, "events": False}
    ),
    "already_following": lambda made: made.campaign,
    "update": _update,
    "timeline": _timeline,
    "revision": _revision,
    "closing": _closing,
    "confirm_registration": lambda made: {
        "confirm_url": made.addresses.registration(_TOKEN, made.locale),
        "days": 2,
    },
    "already_member": _already_member,
    "invitation": lambda made: {
        "invite_url": made.addresses.invite(_TOKEN, made.locale),
        "expires": made.day(_NEXT_WEEK),
    },
    "imported_invitation": _imported,
    "reset_password": lambda made: {"reset_url": made.addresses.reset(_TOKEN, made.locale), "minutes": 60},
    "password_changed": lambda made: {"when": format_moment(_DAY, locale=made.locale)},
    "new_address": _new_address,
    "address_changed": lambda _: {},
    "review_request": lambda made: _review(
        made, review_url=made.addresses.review(_TOKEN, made.locale), until=made.day(_NEXT_WEEK)
    ),
    "review_answer": lambda made: _review(made, cleared=False, has_comment=True, desk_url=made.desk("updates/1")),
    "dispute_notice": _dispute,
    "books_differ": _differences,
    "surplus_short": lambda made: {
        "campaign_title": made.title,
        "lacks": made.money(11_500),
        "desk_url": made.desk("campaigns/1/surplus"),
    },
    "campaign_slowed": lambda made: {"campaign_title": made.title, "desk_url": made.desk("")},
    "mailing_paused": lambda made: {
        "campaign_title": made.title,
        "complaints": 12,
        "sent": 9800,
        "desk_url": made.desk("mail/1"),
    },
}
