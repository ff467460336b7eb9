"""The donation form's page: what it shows, and what stands in its fields when it comes back."""

from dataclasses import dataclass, field

from flask import Response, make_response, render_template

from fund.campaigns.models import Campaign
from fund.campaigns.queries import as_rules, current_policy, current_schedule
from fund.campaigns.rules import first_rate, minutes_bought
from fund.donations.fee_cover import added_for_fee, fee_for
from fund.donations.taken_now import taken_now
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import parse_amount, smallest_step
from fund.web.campaign_view import suggestions
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session
from fund.web.services import services


@dataclass(frozen=True, slots=True)
class GiftFields:
    """As typed. The nonce ties the forms of one visit together."""

    amount: str
    nonce: str
    email: str = ""
    visibility: str = "hidden"
    """Hidden until the donor says otherwise: nobody is made public by not choosing."""
    display_name: str = ""
    message: str = ""
    frequency: str = "once"
    stop_at_target: bool = True
    cover_fee: bool = False
    ref: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def gift_page(campaign: Campaign, fields: GiftFields, *, status: int = 200, problem: str = "") -> Response:
    """`problem` is what went wrong when it was no field's fault. Never kept by a cache: it holds the nonce."""
    locale = current_locale()
    session = read_session()
    schedule = as_rules(current_schedule(session, campaign.id))
    amount = amount_or_none(fields.amount, campaign.currency)
    rate = first_rate(schedule)
    page = render_template(
        "site/donate.html",
        campaign=campaign,
        takes=taken_now(session, campaign, now=utc_now()),
        text=campaign.text(locale),
        policy=current_policy(session, campaign.id),
        fields=fields,
        problem=problem,
        amount=amount,
        minutes=minutes_bought(amount, rate) if amount and rate else 0,
        fee=fee_for(services().settings.processing_fees, campaign.currency),
        added=cover(amount, campaign.currency) if amount else 0,
        taxed=bool(schedule.taxes),
        suggestions=suggestions(schedule, campaign),
    )
    return private(make_response(page, status))


def cover(amount: int, currency: str) -> int:
    """What would be added to a gift for the processing fee, in minor units; 0 where we expect no fee."""
    fee = fee_for(services().settings.processing_fees, currency)
    return added_for_fee(amount, fee, step=smallest_step(currency)) if fee else 0


def private(response: Response) -> Response:
    """Kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return response


def amount_or_none(text: str, currency: str) -> int | None:
    """For the sentence below the field only; the form's judgement is `check_gift_form`."""
    try:
        return parse_amount(text, currency, locale=current_locale()) or None
    except Refusal:
        return None
