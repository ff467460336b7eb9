"""How the mails stand: each mailing, the warm-up, and what a person must look at."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for

from fund.campaigns.models import Campaign
from fund.campaigns.queries import all_campaigns
from fund.desk.answers import done, errors_of
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.judge_unsure import judge_unsure
from fund.mail.models import Mailing
from fund.mail.queries import counts_by_state, troubled_deliveries
from fund.mail.queries_of_mailings import (
    count_by_state,
    past_mailings,
    read_pace,
    running_mailings,
    sent_a_minute,
    sent_today,
    subjects_of,
)
from fund.mail.rules import estimate_end, warm_up_allowance
from fund.mail.set_warm_up import set_warm_up
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

STATES = ("queued", "sending", "deferred", "sent", "bounced", "complained", "failed", "unsure", "cancelled")
LATEST = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a mailing is."""

    counts: dict[str, int]
    a_minute: float
    end: datetime | None
    """When it will be done, at this speed; None while it stands still or is over."""

    @property
    def left(self) -> int:
        return sum(self.counts.get(state, 0) for state in ("queued", "deferred", "sending"))

    @property
    def settled(self) -> int:
        return sum(self.counts.values()) - self.left


@needs("see_mail")
def mail() -> str:
    """Names no address: the failed ones show what it was about and the server's codes."""
    return _page("", {})


@needs("run_mailings")
def warm_up() -> Answer:
    """How many messages to many may leave on the first day."""
    typed = request.form.get("first_day", "").strip()
    try:
        with write_session() as session:
            number = int(typed) if typed.isdecimal() and len(typed) < len("10000000") else -1
            set_warm_up(session, first_day=number, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(typed, errors_of(refusal)), refusal.status
    return done(gettext("The warm-up is set."), url_for("desk.mail"))


@needs("run_mailings")
def judge(delivery_id: int) -> Answer:
    """An unsure mail: it arrived, or it is to be sent once more."""
    verdict = request.form.get("verdict", "")
    with write_session() as session:
        judged = judge_unsure(
            session,
            services().queue,
            delivery_id=delivery_id,
            verdict=verdict,
            actor=the_member().actor,
            now=utc_now(),
        )
    said = gettext("It counts as sent.") if verdict == "sent" else gettext("It will be sent once more.")
    back = url_for("desk.mailing", mailing_id=judged.mailing_id) if judged.mailing_id else url_for("desk.mail")
    return done(said, back)


def figures_of(mailing: Mailing, *, now: datetime) -> Figures:
    """One count over its deliveries, and a look at those sent last."""
    session = read_session()
    counts, pace = count_by_state(session, mailing.id), read_pace(session)
    a_minute = sent_a_minute(session, mailing.id, now=now)
    left = sum(counts.get(state, 0) for state in ("queued", "deferred", "sending"))
    end = estimate_end(
        left,
        a_minute=a_minute,
        first_day=pace.first_day,
        since=pace.warm_since,
        sent_today=sent_today(session, now=now),
        now=now,
    )
    return Figures(counts, a_minute, end if left and mailing.state == "sending" else None)


def campaign_names() -> dict[int, Campaign]:
    return {campaign.id: campaign for campaign in all_campaigns(read_session())}


def _page(typed: str, errors: dict[str, str]) -> str:
    session, now = read_session(), utc_now()
    pace, running, past = read_pace(session), running_mailings(session), past_mailings(session, limit=LATEST)
    return render_template(
        "desk/mail.html",
        counts=counts_by_state(session),
        states=STATES,
        troubled=troubled_deliveries(session, limit=100),
        running=[(one, figures_of(one, now=now)) for one in running],
        past=past,
        subjects=subjects_of(session, (one.id for one in (*running, *past)), locale=current_locale()),
        campaigns=campaign_names(),
        pace=pace,
        today=sent_today(session, now=now),
        allowed=warm_up_allowance(pace.first_day, since=pace.warm_since, now=now) if pace.first_day else 0,
        first_day=typed if errors else pace.first_day,
        rate=services().settings.mail_rate,
        errors=errors,
    )
