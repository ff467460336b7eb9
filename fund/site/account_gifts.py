from datetime import UTC, datetime

from flask import render_template, request, url_for
from werkzeug.exceptions import BadRequest

from fund.campaigns.models import Campaign
from fund.donations.gift_link import gift_token
from fund.donations.queries import gifts_of_address
from fund.web.guards import needs_member, the_member
from fund.web.request_scope import read_session
from fund.web.services import services

PAGE = 25


@needs_member
def account_gifts() -> str:
    """What was given with the member's address, also before there was an account: who has the mailbox is the donor."""
    session, member = read_session(), the_member()
    found = gifts_of_address(session, member.address, before=_before(), limit=PAGE + 1)
    gifts = found[:PAGE]
    campaigns = {one.campaign_id: session.get_one(Campaign, one.campaign_id) for one in gifts}
    last = gifts[-1] if len(found) > PAGE else None
    return render_template(
        "site/account_gifts.html",
        rows=[(one, campaigns[one.campaign_id], gift_token(services().signer, one.id)) for one in gifts],
        older=url_for("site.account_gifts", before=f"{last.created_at.isoformat()},{last.id}") if last else None,
        newest=url_for("site.account_gifts") if request.args.get("before") else None,
    )


def _before() -> tuple[datetime, str] | None:
    """Time and id of the last gift of the page before."""
    text = request.args.get("before", "")
    if not text:
        return None
    moment, _, id_ = text.partition(",")
    try:
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or not id_.isprintable():
            raise BadRequest
        return parsed.astimezone(UTC), id_
    except (ValueError, OverflowError):
        raise BadRequest from None
