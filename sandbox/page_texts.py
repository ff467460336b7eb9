"""The words of the hosted page, in the languages of the demo."""

ENGLISH = {
    "title": "Sandbox payment",
    "banner": "This is a sandbox. No money moves; use test card numbers only.",
    "pay": "Pay {amount}",
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
