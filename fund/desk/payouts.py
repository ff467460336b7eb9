from flask import render_template

from fund.desk.paging import PAGE, before_moment, moment_key, page_of
from fund.payments.queries import newest_payouts
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_payouts")
def payouts() -> str:
    """Money between Stripe and our bank."""
    found = newest_payouts(read_session(), before=before_moment(), limit=PAGE + 1)
    return render_template(
        "desk/payouts.html", page=page_of(found, lambda payout: moment_key(payout.created, payout.id))
    )
