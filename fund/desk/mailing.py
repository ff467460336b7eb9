"""One mailing: how far it is, and its buttons."""

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from fund.desk.answers import done, errors_of
from fund.desk.mail import STATES, campaign_names, figures_of
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.cancel_mailing import cancel_mailing
from fund.mail.models import Mailing
from fund.mail.pause_mailing import pause_mailing
from fund.mail.queries_of_mailings import subjects_of, unsure_deliveries
from fund.mail.resume_mailing import resume_mailing
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

ACTS = ("pause", "resume", "cancel")
UNSURE = 100


@needs("see_mail")
def mailing(mailing_id: int) -> str:
    """Its figures cost one count, whatever its size."""
    return _page(mailing_id, {})


@needs("run_mailings")
def steer(mailing_id: int, act: str) -> Answer:
    """Pause, resume, or cancel once a box says that it is meant."""
    if act not in ACTS:
        raise NotFound
    actor = the_member().actor
    _find(mailing_id)
    try:
        _check_meant(act)
        with write_session() as session:
            if act == "pause":
                pause_mailing(session, mailing_id=mailing_id, actor=actor, now=utc_now())
            elif act == "resume":
                resume_mailing(session, services().queue, mailing_id=mailing_id, actor=actor, now=utc_now())
            else:
                cancel_mailing(session, mailing_id=mailing_id, actor=actor, now=utc_now())
    except Refusal as refusal:
        return _page(mailing_id, errors_of(refusal)), refusal.status
    said = {
        "pause": gettext("The mailing is paused: nothing more leaves."),
        "resume": gettext("The mailing goes on."),
        "cancel": gettext("The mailing is cancelled."),
    }
    return done(said[act], url_for("desk.mailing", mailing_id=mailing_id))


def _check_meant(act: str) -> None:
    if act == "cancel" and not request.form.get("sure"):
        raise Refusal("Tick the box if you mean it: what is cancelled cannot be taken up again.", field="sure")


def _find(mailing_id: int) -> Mailing:
    found = read_session().get(Mailing, mailing_id)
    if found is None:
        raise Refusal("There is no such mailing.", status=404)
    return found


def _page(mailing_id: int, errors: dict[str, str]) -> str:
    found, now = _find(mailing_id), utc_now()
    return render_template(
        "desk/mailing.html",
        mailing=found,
        figures=figures_of(found, now=now),
        states=STATES,
        unsure=unsure_deliveries(read_session(), mailing_id, limit=UNSURE),
        campaign=campaign_names().get(found.campaign_id or 0),
        subject=subjects_of(read_session(), [mailing_id], locale=current_locale()).get(mailing_id),
        rate=services().settings.mail_rate,
        now=now,
        errors=errors,
    )
