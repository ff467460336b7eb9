"""What the program itself can say about a step of the launch, beside what a person has to see."""

from email.utils import parseaddr

from fund.campaigns.models import Campaign
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.web.i18n import gettext
from fund.web.services import services


def launch_facts(campaign: Campaign) -> dict[str, str]:
    """By step, in the page's language. Asks Stripe about a draft; says so when it does not answer."""
    settings = services().settings
    facts = {
        "processor_approval": gettext("The key is a live one.")
        if services().gateway.livemode
        else gettext("The key is a test key: no real money moves with it."),
        "mail_authentication": _mail_fact(signed=bool(settings.dkim_key)),
        "privacy_text": gettext("It names {address} as the contact.", address=parseaddr(settings.mail_from)[1]),
    }
    if campaign.status == "draft":
        facts["settlement_currency"] = _currency_fact(campaign.currency)
    return facts


def _mail_fact(*, signed: bool) -> str:
    yes, no = gettext("Mail is signed with a DKIM key."), gettext("No DKIM key is set: mail goes out unsigned.")
    how = gettext("The command “flask doctor” looks into the DNS and says word by word what is missing there.")
    return f"{yes if signed else no} {how}"


def settles_in(currency: str) -> bool | None:
    """Whether Stripe shows a balance in it, be it zero; None if Stripe does not answer or shows none at all."""
    try:
        shown = {balance.currency for balance in services().gateway.balances()}
    except (GatewayUnavailableError, GatewayRefusedError):
        return None
    return currency in shown if shown else None


def _currency_fact(currency: str) -> str:
    settles = settles_in(currency)
    if settles is None:
        return gettext("Stripe could not be asked just now, or has no balance yet.")
    if settles:
        return gettext("Stripe shows a balance in {currency}.", currency=currency)
    return gettext("Stripe shows no balance in {currency}.", currency=currency)
