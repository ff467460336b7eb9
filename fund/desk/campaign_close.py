"""Closing a campaign: how it ended, looked over as everybody will read it, then said; and what was said, put right."""

from collections.abc import Callable

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from fund.closing.close_with_outcome import close_with_outcome
from fund.closing.correct_outcome import correct_outcome
from fund.closing.models import Outcome
from fund.closing.queries import outcome_of
from fund.closing.rules import OUTCOMES, check_outcome
from fund.desk.answers import done, errors_of
from fund.desk.back_to_form import goes_back
from fund.desk.find import find_campaign
from fund.desk.typed_days import day_value, read_date
from fund.donations.campaign_progress import campaign_progress
from fund.donations.queries_of_returns import count_stoppable
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

FIELDS = ("kind", "en_text", "fr_text", "ended_on")


@needs("close_campaigns")
def close(campaign_id: int) -> Answer:
    """A GET asks how it ended, its POST shows what will be told, and the POST from there closes."""
    campaign = find_campaign(campaign_id)
    if request.method == "GET" or campaign.status == "draft":
        return _page(campaign_id, {"ended_on": day_value(utc_now())}, {})
    typed = _typed()
    if goes_back():
        return _page(campaign_id, typed, {})
    try:
        if request.form.get("step") != "close":
            return _look_over(campaign_id, typed)
        pages, monthly = _close(campaign_id, typed)
    except Refusal as refusal:
        return _page(campaign_id, typed, errors_of(refusal)), refusal.status
    said = [gettext("The campaign is closed: it takes no more gifts.")]
    if pages:
        said.append(gettext("Pages being closed at Stripe: {count}.", count=pages))
    if monthly:
        said.append(gettext("Monthly gifts being ended: {count}.", count=monthly))
    return done(" ".join(said), url_for("desk.surplus", campaign_id=campaign_id))


@needs("close_campaigns")
def outcome(campaign_id: int) -> Answer:
    """A GET shows what was said, its POST puts it right."""
    campaign = find_campaign(campaign_id)
    found = outcome_of(read_session(), campaign_id)
    kept = {"ended_on": day_value(campaign.closed_at or utc_now())}
    if found is not None:
        texts = {f"{locale}_text": found.text.get(locale, "") for locale in LOCALES}
        kept = {"kind": found.kind, "ended_on": found.ended_on.isoformat(), **texts}
    if request.method == "GET":
        return _outcome_page(campaign_id, kept, {})
    typed = _typed()
    try:
        _correct(campaign_id, typed)
    except Refusal as refusal:
        return _outcome_page(campaign_id, typed, errors_of(refusal)), refusal.status
    return done(gettext("How it ended is saved."), url_for("desk.outcome", campaign_id=campaign_id))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _texts(typed: dict[str, str]) -> dict[str, str]:
    return {locale: typed[f"{locale}_text"] for locale in LOCALES}


def _close(campaign_id: int, typed: dict[str, str]) -> tuple[int, int]:
    with write_session() as session:
        stopped = count_stoppable(session, campaign_id)
        _tell(session, close_with_outcome, campaign_id, typed)
    return stopped


def _correct(campaign_id: int, typed: dict[str, str]) -> None:
    with write_session() as session:
        _tell(session, correct_outcome, campaign_id, typed)


def _tell(session: Session, say: Callable[..., Outcome], campaign_id: int, typed: dict[str, str]) -> None:
    """The same words, whether they are said for the first time or put right."""
    given = services()
    say(
        session,
        given.queue,
        given.sender,
        given.addresses,
        campaign_id=campaign_id,
        kind=typed["kind"],
        text=_texts(typed),
        ended_on=read_date(typed["ended_on"], field="ended_on"),
        actor=the_member().actor,
        now=utc_now(),
    )


def _look_over(campaign_id: int, typed: dict[str, str]) -> str:
    """What would be refused is refused here already."""
    campaign = find_campaign(campaign_id)
    if campaign.status not in ("open", "paused"):
        raise Refusal("This campaign is closed already. Look at how it was said to have ended.", status=409)
    ended_on = read_date(typed["ended_on"], field="ended_on")
    opened_on = campaign.opened_at.date() if campaign.opened_at else None
    text = check_outcome(typed["kind"], _texts(typed), ended_on, opened_on=opened_on, today=utc_now().date())
    pages, monthly = count_stoppable(read_session(), campaign_id)
    return render_template(
        "desk/close_check.html",
        campaign=campaign,
        kind=typed["kind"],
        text=text,
        ended_on=ended_on,
        typed=typed,
        pages=pages,
        monthly=monthly,
    )


def _page(campaign_id: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    campaign = find_campaign(campaign_id)
    pages, monthly = count_stoppable(read_session(), campaign_id)
    return render_template(
        "desk/close.html",
        campaign=campaign,
        progress=campaign_progress(read_session(), campaign),
        pages=pages,
        monthly=monthly,
        outcomes=OUTCOMES,
        typed=typed,
        errors=errors,
        today=day_value(utc_now()),
    )


def _outcome_page(campaign_id: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desk/outcome.html",
        campaign=find_campaign(campaign_id),
        outcome=outcome_of(read_session(), campaign_id),
        outcomes=OUTCOMES,
        typed=typed,
        errors=errors,
        today=day_value(utc_now()),
    )
