"""The donor's own page of one gift: whoever has its link is the donor. Kept nowhere, found by no search engine."""

from dataclasses import dataclass, field

from flask import Response, make_response, render_template, request

from fund.donations.change_visibility import NEVER_CAME
from fund.donations.gift_link import donation_of_link
from fund.donations.models import Donation, MonthlyGift
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.reports.gift_receipt import GiftReceipt, gift_receipt
from fund.site.gift_page import private
from fund.web.errors import explain
from fund.web.i18n import current_locale
from fund.web.limits import limiter
from fund.web.request_scope import read_session
from fund.web.services import services

LIMIT = "30/10 minutes"
"""Of what costs: drawing a PDF, asking Stripe. Counted for each link."""
DONE = ("visibility", "message", "receipt", "stopped", "portal")


@dataclass(frozen=True, slots=True)
class GiftView:
    """What the page shows, and what it lets its donor do."""

    token: str
    donation: Donation
    receipt: GiftReceipt
    monthly: MonthlyGift | None
    values: dict[str, str]
    """What stands in the form's fields."""
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    done: str = ""

    @property
    def can_change(self) -> bool:
        return self.donation.state not in NEVER_CAME

    @property
    def can_resend(self) -> bool:
        return self.receipt.is_receipt and bool(self.donation.email)


def gift(token: str) -> Response:
    """The receipt, how the gift stands, and what its donor may still change."""
    done = request.args.get("done", "")
    return gift_answer(token, done=done if done in DONE else "")


@limiter.limit(LIMIT, key_func=lambda: f"pdf:{by_link()}")
def gift_pdf(token: str) -> Response:
    """The receipt as a document. There is none before the gift is paid."""
    session, settings = read_session(), services().settings
    donation = donation_of_link(session, services().signer, token)
    if donation.paid_at is None:
        raise Refusal("There is a receipt once the gift is paid.", status=409)
    from fund.reports.receipt_pdf import receipt_pdf  # noqa: PLC0415  a fifth of what every start and command loads

    receipt = gift_receipt(session, donation, locale=current_locale(), now=utc_now())
    response = make_response(
        receipt_pdf(
            receipt,
            currency=donation.currency,
            site_name=settings.site_name,
            postal_address=settings.postal_address,
            site_url=settings.site_url,
        )
    )
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="receipt-{receipt.number}.pdf"'
    return _hidden(response)


def gift_answer(
    token: str,
    *,
    status: int = 200,
    done: str = "",
    refusal: Refusal | None = None,
    values: dict[str, str] | None = None,
) -> Response:
    """The page; after a refusal with its sentence, beside the field it belongs to, and what was typed."""
    session = read_session()
    donation = donation_of_link(session, services().signer, token)
    sentence = explain(refusal) if refusal else ""
    view = GiftView(
        token=token,
        donation=donation,
        receipt=gift_receipt(session, donation, locale=current_locale(), now=utc_now()),
        monthly=session.get(MonthlyGift, donation.monthly_gift_id) if donation.monthly_gift_id else None,
        values=values or {"visibility": donation.visibility, "display_name": donation.display_name or ""},
        errors={refusal.field: sentence} if refusal and refusal.field else {},
        problem="" if refusal and refusal.field else sentence,
        done=done,
    )
    return _hidden(make_response(render_template("site/gift.html", view=view), refusal.status if refusal else status))


def by_link() -> str:
    """One link, whoever opens it: the end of its signature."""
    return str((request.view_args or {}).get("token", ""))[-24:]


def _hidden(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return private(response)
