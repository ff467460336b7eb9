from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fund.campaigns.models import Campaign
from fund.kit.clock import utc_now
from fund.site.gift_page import private
from fund.updates.leave_updates import leave_updates
from fund.updates.rejoin_updates import rejoin_updates
from fund.updates.rules import ASKED_FOR
from fund.updates.unsubscribing import find_subscription
from fund.web.i18n import current_locale
from fund.web.origin import is_cross_site, machine_post
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

ONE_CLICK = "List-Unsubscribe"


@machine_post
def unsubscribe(token: str) -> Response:
    """Leave with one click. A GET changes nothing; the token alone proves who asks, so mail programs may post too.

    The way back is for the person on our page only: it is refused from other sites.
    """
    signer = services().signer
    if request.method == "POST":
        back = request.form.get("again") == "1" and not is_cross_site()
        with write_session() as session:
            (rejoin_updates if back else leave_updates)(session, signer, token=token, now=utc_now())
        if ONE_CLICK in request.form:
            return private(make_response("", 200))
        return redirect(url_for("site.unsubscribe", token=token, done=1), 303)
    subscription = find_subscription(read_session(), signer, token=token)
    campaign = read_session().get(Campaign, subscription.campaign_id)
    page = render_template(
        "site/unsubscribe_events.html" if subscription.topic in ASKED_FOR else "site/unsubscribe.html",
        campaign=campaign,
        text=campaign.text(current_locale()) if campaign else None,
        token=token,
        active=subscription.active,
        of_all=subscription.of_all,
        reached=subscription.reached,
        news=subscription.news,
        done=request.args.get("done") == "1",
    )
    return private(make_response(page))
