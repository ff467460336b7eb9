from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fund.campaigns.models import Campaign
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.site.find_campaign import find_campaign
from fund.site.gift_page import private
from fund.site.register import OF_ONE_ADDRESS, REQUESTS, typed_address
from fund.updates.confirm_follow import confirm_follow, find_request, is_granted
from fund.updates.follow_campaign import follow_campaign
from fund.web.errors import explain
from fund.web.i18n import current_locale
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@anonymous_form
@limiter.limit(REQUESTS, methods=["POST"])
@limiter.limit(OF_ONE_ADDRESS, methods=["POST"], key_func=typed_address)
def follow(slug: str) -> Response:
    """Ask for updates by mail. The answer is the same whether or not the address was known."""
    campaign = find_campaign(slug)
    if request.method == "GET":
        return _page(campaign, sent=request.args.get("sent") == "1")
    here, address, events = services(), request.form.get("email", ""), bool(request.form.get("events"))
    try:
        with write_session() as session:
            follow_campaign(
                session,
                here.queue,
                here.sender,
                here.signer,
                here.addresses,
                campaign_id=campaign.id,
                address=address,
                locale=current_locale(),
                events=events,
                now=utc_now(),
            )
    except Refusal as refusal:
        if not refusal.field:
            raise
        errors, campaign = {"email": explain(refusal)}, find_campaign(slug)
        return _page(campaign, address=address, events=events, errors=errors, status=refusal.status)
    return redirect(url_for("site.follow", slug=slug, sent=1), 303)


@anonymous_form
def confirm(token: str) -> Response:
    """What the mail's link opens: a button. Only pressing it changes anything, for programs follow links too."""
    signer = services().signer
    if request.method == "POST":
        with write_session() as session:
            confirm_follow(session, signer, token=token, now=utc_now())
        return redirect(url_for("site.confirm", token=token), 303)
    asked = find_request(read_session(), signer, token=token)
    campaign = read_session().get_one(Campaign, asked.follower.campaign_id)
    page = render_template(
        "site/confirm_follow.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        token=token,
        events=asked.events,
        confirmed=is_granted(read_session(), asked),
    )
    return private(make_response(page))


def _page(
    campaign: Campaign,
    *,
    sent: bool = False,
    address: str = "",
    events: bool = False,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    page = render_template(
        "site/follow.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        sent=sent,
        follow_address=address,
        follow_events=events,
        follow_errors=errors or {},
    )
    return private(make_response(page, status))
