"""One made-up letter of every kind, for looking at before real ones go out. Nobody real is in it."""

from collections.abc import Callable, Mapping
from typing import Any

from fund.kit.addresses import Addresses
from fund.kit.i18n import format_moment, format_moment_at, translate
from fund.mail.made_up import DAY, NEXT_WEEK, SLUG, TOKEN, Made
from fund.mail.sample_variants import DONOR, USUAL, VARIANTS

LEAVABLE = frozenset({"already_following", "closing", "imported_invitation", "revision", "timeline", "update"})
"""The kinds whose footer has the ways out."""


def sample_values(message: str, *, locale: str, site_url: str, variant: str = USUAL) -> dict[str, Any]:
    """What `templates/mail/<message>` names. KeyError for what is no kind of mail, or no variant of it."""
    made = Made(locale, Addresses(site_url))
    values = _SAMPLES[message](made)
    return values if variant == USUAL else values | VARIANTS[message][variant](made)


def sample_personal(message: str, *, locale: str, site_url: str, variant: str = USUAL) -> Mapping[str, str]:
    """What stands at the places that differ from one person to the next. Its links lead nowhere."""
    made = Made(locale, Addresses(site_url))
    source = made.say("you followed this campaign on its page", "vous suivez cette campagne depuis sa page")
    if message == "timeline":
        source = translate("you asked for each event of this case", locale)
    elif variant == DONOR:
        source = translate("a gift to this campaign", locale)
    personal = {
        "consent": f"{source}, {made.day()}",
        "invite_url": made.addresses.invite(TOKEN, locale),
    }
    if can_leave_sample(message, variant):
        personal["unsubscribe_url"] = made.addresses.unsubscribe(TOKEN, locale)
        personal["preferences_url"] = made.addresses.preferences(TOKEN, locale)
    return personal


def can_leave_sample(message: str, variant: str) -> bool:
    """Whether the footer has the ways out: who gave gets what is about the terms of the gift without one."""
    return message in LEAVABLE and variant != DONOR


def sample_messages() -> tuple[str, ...]:
    """Every kind of mail there is."""
    return tuple(_SAMPLES)


def sample_variants(message: str) -> tuple[str, ...]:
    """In which ways this kind is written, the most common first."""
    return (USUAL, *VARIANTS.get(message, ()))


def _receipt(made: Made) -> dict[str, Any]:
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
        "monthly": False,
        "later": False,
    }


def _refund(made: Made) -> dict[str, Any]:
    return {**made.gift, "refunded": made.money(2000), "whole": False, "surplus": False}


def _paid_by_hand(made: Made) -> dict[str, Any]:
    return {**made.gift, "returned": made.money(2000), "method": "cheque", "paid_on": made.day()}


def _monthly_failing(made: Made) -> dict[str, Any]:
    return {**made.gift, "monthly_amount": made.money(1500)}


def _gift_failed(made: Made) -> dict[str, Any]:
    return {**made.gift, "donate_url": made.addresses.donate(SLUG, made.locale)}


def _update(made: Made) -> dict[str, Any]:
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
        "update_url": made.addresses.update(SLUG, 4, made.locale),
        "number": 4,
        "date": made.day(),
        "members_only": False,
        "donors_only": False,
        "correction": "",
        "attachments": [made.say("The judgment, 6 pages", "Le jugement, 6 pages")],
    }


def _timeline(made: Made) -> dict[str, Any]:
    text = made.say(
        "Both sides argue the motion for an interim **injunction**. The hearing is open to the public.",
        "Les deux parties plaident la demande d’**injonction** interlocutoire. L’audience est publique.",
    )
    return {
        **made.campaign,
        "kind": "hearing",
        "title": made.say("Motion for an interim injunction", "Demande d’injonction interlocutoire"),
        "day": made.day(NEXT_WEEK),
        "when": format_moment_at(NEXT_WEEK, "America/Toronto", locale=made.locale),
        "court": made.say("Superior Court, Montréal", "Cour supérieure, Montréal"),
        "file_number": "500-17-000000-261",
        "text": text,
        "outcome": made.say("Refused, with costs.", "Rejetée, avec frais."),
        "languages": dict.fromkeys(("title", "text", "outcome"), made.locale),
        "document": made.say("Notice of hearing.pdf", "Avis d’audience.pdf"),
        "document_url": made.addresses.page(f"/files/{TOKEN}/notice.pdf", "en"),
        "event_url": f"{made.addresses.timeline(SLUG, made.locale)}#e7",
    }


def _revision(made: Made) -> dict[str, Any]:
    return {
        **made.campaign,
        "title": made.say("The fee schedule was revised", "Le barème d’honoraires a été révisé"),
        "kind": "schedule",
        "reason": made.say("Two more plaintiffs have joined.", "Deux demandeurs de plus se sont joints."),
        "changes": [(made.say("Target", "Objectif"), made.money(200000), made.money(800000))],
        "date": made.day(),
        "history_url": made.addresses.history(SLUG, made.locale),
    }


def _closing(made: Made) -> dict[str, Any]:
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


def _review(made: Made, **more: object) -> dict[str, Any]:
    return {"campaign_title": made.title, "title": _update(made)["title"], **more}


def _differences(made: Made) -> dict[str, Any]:
    what = made.say("Stripe holds 6250 CAD that no gift names", "Stripe détient 6250 CAD qu’aucun don ne nomme")
    return {"count": 3, "differences": [("R2", what)], "more": 2, "desk_url": made.desk("reconciliation")}


def _dispute(made: Made) -> dict[str, Any]:
    return {**made.gift, "due": made.day(NEXT_WEEK), "inquiry": False, "desk_url": made.desk("disputes/1")}


def _new_address(made: Made) -> dict[str, Any]:
    return {
        "side": "old",
        "by_owner": False,
        "new_address": "new@members.example",
        "confirm_url": made.addresses.new_address(TOKEN, made.locale),
        "days": 3,
    }


def _already_member(made: Made) -> dict[str, Any]:
    return {"login_url": made.addresses.login(made.locale), "forgot_url": made.addresses.forgot(made.locale)}


def _imported(made: Made) -> dict[str, Any]:
    consent = made.say(
        "I agree that the association writes to me about its legal defense.",
        "J’accepte que l’association m’écrive au sujet de sa défense juridique.",
    )
    return {"consent_text": consent, "days": 30}


_SAMPLES: dict[str, Callable[[Made], dict[str, Any]]] = {
    "receipt": _receipt,
    "gift_failed": _gift_failed,
    "monthly_failing": _monthly_failing,
    "refund": _refund,
    "paid_by_hand": _paid_by_hand,
    "confirm_follow": lambda made: (
        made.campaign | {"confirm_url": made.addresses.follow(TOKEN, made.locale), "days": 7, "events": False}
    ),
    "already_following": lambda made: made.campaign,
    "update": _update,
    "timeline": _timeline,
    "revision": _revision,
    "closing": _closing,
    "confirm_registration": lambda made: {
        "confirm_url": made.addresses.registration(TOKEN, made.locale),
        "days": 2,
    },
    "already_member": _already_member,
    "invitation": lambda made: {
        "invite_url": made.addresses.invite(TOKEN, made.locale),
        "expires": made.day(NEXT_WEEK),
    },
    "imported_invitation": _imported,
    "reset_password": lambda made: {"reset_url": made.addresses.reset(TOKEN, made.locale), "minutes": 60},
    "password_changed": lambda made: {"when": format_moment(DAY, locale=made.locale)},
    "new_address": _new_address,
    "address_changed": lambda _: {},
    "review_request": lambda made: _review(
        made, review_url=made.addresses.review(TOKEN, made.locale), until=made.day(NEXT_WEEK)
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
