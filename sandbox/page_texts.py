"""The words of the hosted pages, in the languages of the demo."""

from datetime import UTC, datetime

from babel.dates import format_date

ENGLISH = {
    "title": "Sandbox payment",
    "banner": "This is a sandbox. No money moves; use test card numbers only.",
    "pay": "Pay {amount}",
    "monthly": "every month",
    "keep": "Keep the card for later",
    "fail": "Let the payment fail",
    "leave": "Leave without paying",
    "email": "E-mail",
    "card": "Card number",
    "card_hint": "4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined.",
    "by_card": "Card",
    "by_debit": "Pre-authorised debit (settles in five days of the sandbox's clock)",
    "method": "Pay by",
    "bad_email": "This is not an e-mail address.",
    "authenticate_title": "Your bank asks you to confirm",
    "authenticate": "Confirm at the bank",
    "refuse": "Refuse",
    "complete": "This session has already been completed.",
    "expired": "This session has expired. Nothing was paid.",
    "unknown": "There is no such session.",
    "back": "Back to the site",
}
FRENCH = {
    "title": "Paiement du bac à sable",
    "banner": "Ceci est un bac à sable. Aucun argent ne circule ; utilisez seulement des cartes de test.",
    "pay": "Payer {amount}",
    "monthly": "chaque mois",
    "keep": "Garder la carte pour plus tard",
    "fail": "Faire échouer le paiement",
    "leave": "Partir sans payer",
    "email": "Courriel",
    "card": "Numéro de carte",
    "card_hint": "4242 4242 4242 4242 paie, 4000 0000 0000 0002 est refusée.",
    "by_card": "Carte",
    "by_debit": "Débit préautorisé (réglé après cinq jours de l’horloge du bac à sable)",
    "method": "Payer par",
    "bad_email": "Ce n’est pas une adresse de courriel.",
    "authenticate_title": "Votre banque demande une confirmation",
    "authenticate": "Confirmer à la banque",
    "refuse": "Refuser",
    "complete": "Cette session est déjà terminée.",
    "expired": "Cette session a expiré. Rien n’a été payé.",
    "unknown": "Cette session n’existe pas.",
    "back": "Retour au site",
}
PORTAL_ENGLISH = {
    "title": "Your monthly gifts",
    "banner": ENGLISH["banner"],
    "unknown": "There is no such page.",
    "none": "There is no monthly gift.",
    "monthly": "{amount} every month",
    "next": "The next payment is on {day}.",
    "stops": "It stops on {day}.",
    "ended": "It has stopped.",
    "past_due": "The last payment was refused and will be tried again.",
    "stop_later": "Stop at the end of the period",
    "stop_now": "Stop now",
    "go_on": "Do not stop",
    "amount": "Amount each month",
    "change_amount": "Change the amount",
    "card": "Card number (now ends in {last4})",
    "change_card": "Change the card",
    "bad_amount": "This is not an amount.",
    "gone": "This monthly gift cannot be changed.",
    "back": ENGLISH["back"],
}
PORTAL_FRENCH = {
    "title": "Vos dons mensuels",
    "banner": FRENCH["banner"],
    "unknown": "Cette page n’existe pas.",
    "none": "Il n’y a aucun don mensuel.",
    "monthly": "{amount} chaque mois",
    "next": "Le prochain paiement aura lieu le {day}.",
    "stops": "Il s’arrête le {day}.",
    "ended": "Il s’est arrêté.",
    "past_due": "Le dernier paiement a été refusé et sera essayé de nouveau.",
    "stop_later": "Arrêter à la fin de la période",
    "stop_now": "Arrêter maintenant",
    "go_on": "Ne pas arrêter",
    "amount": "Montant de chaque mois",
    "change_amount": "Changer le montant",
    "card": "Numéro de carte (se termine maintenant par {last4})",
    "change_card": "Changer la carte",
    "bad_amount": "Ce n’est pas un montant.",
    "gone": "Ce don mensuel ne peut pas être changé.",
    "back": FRENCH["back"],
}
LOCALES = {"fr": "fr_CA", "fr-CA": "fr_CA", "en": "en_CA", "en-GB": "en_GB", "sv": "sv_SE"}
DEFAULT = "en_CA"


def locale_of(wanted: str | None, accepted: list[str]) -> str:
    """Return the Babel locale: what the session asks for, else what the browser prefers."""
    choices = [wanted] if wanted and wanted != "auto" else accepted
    for each in choices:
        found = LOCALES.get(each) or LOCALES.get(each.partition("-")[0])
        if found:
            return found
    return DEFAULT


def texts(locale: str) -> dict[str, str]:
    """Return the words in French for a French locale, else in English."""
    return FRENCH if locale.startswith("fr") else ENGLISH


def portal_texts(locale: str) -> dict[str, str]:
    """Return the words of the billing portal in French for a French locale, else in English."""
    return PORTAL_FRENCH if locale.startswith("fr") else PORTAL_ENGLISH


def day(moment: int, locale: str) -> str:
    """Return the day (UTC) of a moment in seconds as a person reads it."""
    return format_date(datetime.fromtimestamp(moment, UTC), "long", locale=locale)
