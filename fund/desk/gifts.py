from flask import render_template, request

from fund.desk.find import LARGEST_ID, campaigns_by_id
from fund.desk.gift_rows import gift_rows
from fund.desk.paging import PAGE, before_moment, moment_key, page_of
from fund.donations.queries import list_donations
from fund.web.guards import needs
from fund.web.request_scope import read_session

STATES = ("paid", "refunded_in_part", "refunded", "disputed", "pending", "failed", "expired")


@needs("see_donations")
def gifts() -> str:
    """Newest first; `state` and `campaign` narrow the list, words that are neither are ignored."""
    state = request.args.get("state", "")
    campaign = request.args.get("campaign", default=0, type=int)
    chosen = campaign if 0 < campaign <= LARGEST_ID else None
    found = list_donations(
        read_session(),
        campaign_id=chosen,
        state=state if state in STATES else None,
        before=before_moment(),
        limit=PAGE + 1,
    )
    page = page_of(gift_rows(read_session(), found), lambda row: moment_key(row.gift.created_at, row.gift.id))
    return render_template(
        "desk/gifts.html", page=page, campaigns=campaigns_by_id(), states=STATES, state=state, campaign=chosen
    )
