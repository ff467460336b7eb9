"""Whether the books are Stripe's: the last comparisons, and what a treasurer must look at."""

from flask import render_template, request, url_for

from fund.desk.actor_names import actor_names
from fund.desk.answers import done
from fund.desk.find import LARGEST_ID
from fund.desk.stored_words import alert_words, difference_words, repair_words
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.payments.queries import open_alerts, settled_alerts
from fund.payments.settle_alert import settle_alert
from fund.reconciliation.ask_reconciliation import ask_reconciliation
from fund.reconciliation.queries import GIVEN_UP_AFTER, asked_at, last_runs
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

RUNS = 20
MANY = 200
SETTLED = 20


@needs("reconcile")
def reconciliation() -> str:
    return _page("")


@needs("reconcile")
def run() -> Answer:
    """Asks the worker, who leaves the result on the page."""
    try:
        with write_session() as session:
            ask_reconciliation(
                session,
                services().queue,
                repair=request.form.get("repair") == "1",
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(explain(refusal)), refusal.status
    return done(gettext("The comparison has begun. Its result will stand here."), url_for("desk.reconciliation"))


@needs("reconcile")
def settle(alert_id: int) -> Answer:
    if alert_id > LARGEST_ID:
        raise Refusal("There is no such alert.", status=404)
    with write_session() as session:
        settle_alert(session, alert_id=alert_id, actor=the_member().actor, now=utc_now())
    return done(gettext("The alert is settled."), url_for("desk.reconciliation"))


def _page(refused: str) -> str:
    session = read_session()
    asked, runs = asked_at(session), last_runs(session, limit=RUNS)
    settled = settled_alerts(session, limit=SETTLED)
    return render_template(
        "desk/reconciliation.html",
        runs=runs,
        asked=asked,
        gave_up=asked is not None and utc_now() - asked >= GIVEN_UP_AFTER,
        alerts=open_alerts(session, limit=MANY),
        settled=settled,
        names=actor_names([run.cause for run in runs] + [alert.settled_by for alert in settled]),
        refused=refused,
        alert_words=alert_words,
        difference_words=difference_words,
        repair_words=repair_words,
    )
