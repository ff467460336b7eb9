from flask import render_template

from fund.mail.queries import counts_by_state, troubled_deliveries
from fund.web.guards import needs
from fund.web.request_scope import read_session

STATES = ("queued", "sending", "deferred", "sent", "failed", "unsure", "cancelled")


@needs("see_mail")
def mail() -> str:
    """How the mails stand. Names no address: the failed ones show what it was about and the server's codes."""
    session = read_session()
    return render_template(
        "desk/mail.html",
        counts=counts_by_state(session),
        states=STATES,
        troubled=troubled_deliveries(session, limit=100),
    )
