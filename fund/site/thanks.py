from urllib.parse import urlencode

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from fund.donations.ask_again import ask_again
from fund.donations.gift_link import gift_link
from fund.donations.models import Donation
from fund.donations.queries import donation_of_session
from fund.donations.thanks_key import donation_of_thanks_key
from fund.kit.clock import utc_now
from fund.site.find_campaign import find_campaign
from fund.site.gift_page import private
from fund.web.campaign_view import campaign_view
from fund.web.i18n import current_locale
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

LOOKS = 20
"""How often the page looks again by itself while the gift is being confirmed."""
FIRST_WAIT, LONGEST_WAIT = 3, 10
"""Seconds between looks."""
WEBHOOKS_FIRST = 2
"""After so many looks Stripe is asked: its webhook is late or lost."""
NOT_FOUND = 404


def thanks(slug: str) -> Response:
    """The truth so far. Whoever opens this address learns of no person and no amount.

    A donor who left no address comes back with a key of two hours, and is shown the way to the gift's own page.
    """
    campaign = find_campaign(slug)
    session_id = request.args.get("session_id", "")
    donation = donation_of_session(read_session(), session_id) if session_id else None
    if donation is None or donation.campaign_id != campaign.id:
        return _page(slug, "unknown", status=NOT_FOUND)
    truth, looked, key = _truth(donation), _looked(), request.args.get("k", "")
    response = _page(slug, truth, monthly=donation.kind == "monthly", own_page=_own_page(donation, key))
    if truth in ("confirming", "booking") and looked < LOOKS:
        if looked >= WEBHOOKS_FIRST:
            with write_session() as session:
                ask_again(session, services().queue, donation_id=donation.id, now=utc_now())
        asked = {"session_id": session_id, **({"k": key} if key else {}), "n": looked + 1}
        again = f"{url_for('site.thanks', slug=slug)}?{urlencode(asked)}"
        response.headers["Refresh"] = f"{min(FIRST_WAIT + looked, LONGEST_WAIT)}; url={again}"
    return response


def _truth(donation: Donation) -> str:
    """The part of the page that tells it: paid, confirming, booking, processing or ended."""
    if donation.state == "pending":
        return {"processing": "processing", "awaiting_fee": "booking"}.get(donation.progress, "confirming")
    return "ended" if donation.state in ("failed", "expired") else "paid"


def _own_page(donation: Donation, key: str) -> str:
    """The gift's link, for the key that was made for this very gift and is not too old; else empty."""
    here = services()
    named = donation_of_thanks_key(read_session(), here.signer, key, now=utc_now()) if key else None
    return gift_link(here.signer, here.addresses, donation) if named is donation else ""


def _page(slug: str, truth: str, *, status: int = 200, monthly: bool = False, own_page: str = "") -> Response:
    campaign = find_campaign(slug)
    view = campaign_view(read_session(), campaign, locale=current_locale(), now=utc_now())
    page = render_template("site/thanks.html", view=view, truth=truth, monthly=monthly, own_page=own_page)
    return private(make_response(page, status))


def _looked() -> int:
    looked = request.args.get("n", "0")
    return int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 4 else 0  # noqa: PLR2004
