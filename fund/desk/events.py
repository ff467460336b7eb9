from flask import render_template

from fund.desk.paging import PAGE, before_moment, moment_key, page_of
from fund.desk.stored_words import outcome_words
from fund.payments.queries import count_by_state, latest_events
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_books")
def events() -> str:
    """What Stripe told us and what came of it."""
    session = read_session()
    found = latest_events(session, limit=PAGE + 1, before=before_moment())
    page = page_of(found, lambda event: moment_key(event.received_at, event.id))
    return render_template("desk/events.html", page=page, counts=count_by_state(session), outcome_words=outcome_words)
