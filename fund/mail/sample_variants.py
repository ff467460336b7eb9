"""In which other ways a kind of mail is written: what is different then, by the name of the variant."""

from collections.abc import Callable
from typing import Any

from fund.mail.made_up import Made

USUAL = "usual"
DONOR = "donor"
"""To somebody who gave: without a way to leave."""

Differences = Callable[[Made], dict[str, Any]]


def _with(**values: object) -> Differences:
    return lambda _: values


def _revised(made: Made) -> dict[str, Any]:
    return {
        "title": made.say("What happens to a surplus was revised", "Le sort d’un surplus a été révisé"),
        "kind": "policy",
        "reason": made.say("The club was dissolved.", "Le club a été dissous."),
        "changes": [(
            made.say("The surplus goes to", "Le surplus va à"),
            made.say("a charity", "un organisme de bienfaisance"),
            made.say("everybody who gave", "toutes les personnes qui ont donné"),
        )],
    }  # fmt: skip


def _limits(made: Made) -> dict[str, Any]:
    return {
        "title": made.say("The limits of a gift were revised", "Les limites d’un don ont été révisées"),
        "kind": "limits",
        "reason": made.say("Two donors asked for it.", "Deux donateurs l’ont demandé."),
        "changes": [(made.say("At most", "Au plus"), made.money(100000), made.money(500000))],
    }


def _everything(made: Made) -> dict[str, Any]:
    """All that a text can hold, and words that no line is long enough for."""
    body = made.say(
        "### The dates\n\n| Day | What |\n| --- | --- |\n| 4 February | Examination of *two* witnesses |\n"
        "| 11 March | Hearing on the merits |\n\n---\n\n1. Read the judgment:\n"
        "   https://court.example/judgments/2026/quebec/montreal/500-17-000000-261/interlocutory\n"
        "2. Do **not** write to the witnesses; ~~ask us~~ ask `counsel@carrefour.example`.\n\n"
        "```\n500-17-000000-261   first line of the docket, as it stands there, however long it is\n"
        "    and one that is set in\n```\n",
        "### Les dates\n\n| Jour | Quoi |\n| --- | --- |\n| 4 février | Interrogatoire de *deux* témoins |\n"
        "| 11 mars | Audience sur le fond |\n\n---\n\n1. Lire le jugement :\n"
        "   https://court.example/judgments/2026/quebec/montreal/500-17-000000-261/interlocutory\n"
        "2. N’écrivez **pas** aux témoins; ~~demandez-nous~~ demandez à `counsel@carrefour.example`.\n\n"
        "```\n500-17-000000-261   première ligne du plumitif, telle quelle, si longue soit-elle\n"
        "    et une autre en retrait\n```\n",
    )
    return {"body": body}


def _event(kind: str, english: str, french: str) -> Differences:
    return lambda made: {"kind": kind, "title": made.say(english, french), "text": "", "outcome": ""}


def _ended(kind: str, english: str, french: str) -> Differences:
    return lambda made: {"kind": kind, "words": made.say(english, french)}


def _event_alone(made: Made) -> dict[str, Any]:
    return {
        "kind": "other",
        "when": made.day(),
        **dict.fromkeys(("court", "file_number", "text", "outcome", "document", "document_url"), ""),
    }


VARIANTS: dict[str, dict[str, Differences]] = {
    "receipt": {
        "monthly": _with(monthly=True),
        "later": _with(monthly=True, later=True),
        "hidden": _with(visibility="hidden", display_name=None),
        "secret": _with(visibility="secret", display_name=None),
        "bare": _with(fee_covered="", display_name=None, message=None, surplus_policy=""),
    },
    "refund": {"whole": lambda made: {"refunded": made.money(6250), "whole": True}, "surplus": _with(surplus=True)},
    "paid_by_hand": {"transfer": _with(method="transfer"), "cash": _with(method="cash")},
    "confirm_follow": {"events": _with(events=True)},
    "update": {
        "members": _with(members_only=True),
        "donors": _with(donors_only=True),
        "correction": lambda made: {
            "correction": made.say("the hearing is on 4 February.", "l’audience est le 4 février.")
        },
        "everything": _everything,
        "bare": _with(number=None, attachments=[]),
    },
    "timeline": {
        "letter": _event("letter", "A letter to the host of the site", "Une lettre à l’hébergeur du site"),
        "filing": _event("filing", "The claim is filed", "La demande est déposée"),
        "order": _event("order", "An order to keep all records", "Une ordonnance de tout conserver"),
        "appeal": _event("appeal", "Leave to appeal is asked for", "La permission d’appeler est demandée"),
        "settlement": _event("settlement", "The settlement is signed", "L’entente est signée"),
        "bare": _event_alone,
    },
    "revision": {"policy": _revised, "limits": _limits, DONOR: _with()},
    "closing": {
        "won": _ended("won", "The claim is dismissed, with costs.", "La demande est rejetée, avec frais."),
        "lost": _ended(
            "lost",
            "The claim is allowed in part. We do not appeal.",
            "La demande est accueillie en partie. Nous n’en appelons pas.",
        ),
        "withdrawn": _ended("withdrawn", "The plaintiffs have discontinued.", "Les demandeurs se sont désistés."),
        "site_closed": _ended("site_closed", "Its founders have shut it down.", "Ses fondateurs l’ont fermé."),
        "correction": _with(correction=True),
        "bare": _with(policy=""),
        DONOR: _with(),
    },
    "new_address": {"new": _with(side="new"), "by_owner": _with(by_owner=True)},
    "review_answer": {"cleared": _with(cleared=True, has_comment=False)},
    "dispute_notice": {"inquiry": _with(inquiry=True, due="")},
    "books_differ": {"one": _with(count=1, more=0)},
}
