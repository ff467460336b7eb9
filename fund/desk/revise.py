"""A revision of the terms: typed, looked over beside what stands now, made in public. One page for each kind."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from fund.campaigns.check_form import POLICIES
from fund.campaigns.models import Campaign, Revision
from fund.campaigns.progress import Progress
from fund.campaigns.revision_words import Change, changes_of
from fund.desk.announce import announce
from fund.desk.answers import done, errors_of
from fund.desk.campaign_edit import sums_of
from fund.desk.campaign_form import PAGE_NAMES
from fund.desk.find import find_campaign
from fund.desk.revise_kinds import KINDS, Terms, read_terms, save_terms, values_of_terms
from fund.desk.schedule_form import schedule_rows
from fund.donations.campaign_progress import campaign_progress
from fund.donations.stop_when_over import stop_when_over
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES, format_hours
from fund.kit.money import format_money
from fund.updates.count_recipients import count_recipients
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

MORE = ("more", "stage")
MOVES_FIGURES = ("schedule", "share")
TOLD = ("donors", "members", "followers")
"""Of a revision: donors whatever they left, because it is about the terms of their gift."""


class _LookedOver(Exception):  # noqa: N818  nothing went wrong: it takes the session back
    pass


@dataclass(frozen=True, slots=True)
class Preview:
    """What a revision would change, and what follows from it."""

    changes: Sequence[Change]
    effects: Sequence[Change]


@needs("edit_terms")
def revise(campaign_id: int, kind: str) -> Answer:
    """A GET shows the terms to change, its POST shows old beside new, and the POST from there makes it public."""
    if kind not in KINDS:
        raise NotFound
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _page(campaign, kind, values_of_terms(read_session(), campaign, kind), {})
    values = {name: value for name, value in request.form.to_dict().items() if name not in ("csrf_token", "step")}
    terms, errors = read_terms(kind, values, campaign.currency)
    if errors or values.get("action") in MORE:
        return _page(campaign, kind, values, errors), 422 if errors else 200
    try:
        if request.form.get("step") != "publish":
            return _check_page(campaign, kind, values, _preview(campaign, terms, values))
        _publish(campaign_id, terms, values)
    except Refusal as refusal:
        return _page(find_campaign(campaign_id), kind, values, errors_of(refusal, PAGE_NAMES)), refusal.status
    return done(
        gettext("The revision is public, and everybody it concerns is being told."),
        url_for("desk.revisions", campaign_id=campaign_id),
    )


def _preview(campaign: Campaign, terms: Terms, values: dict[str, str]) -> Preview:
    """Makes the revision and takes it back: what is shown is what would be."""
    found: list[Preview] = []
    old, now, locale = campaign_progress(read_session(), campaign), utc_now(), current_locale()
    with suppress(_LookedOver), write_session() as session:
        made = _save(session, campaign.id, terms, values, now)
        if made is None:
            raise Refusal("Nothing would change.")
        new = campaign_progress(session, session.get_one(Campaign, campaign.id))
        changes = changes_of(made.kind, made.before, made.after, currency=campaign.currency, locale=locale)
        said = {change.what for change in changes}
        effects = [effect for effect in _effects(old, new) if effect.what not in said]
        found.append(Preview(changes, effects if made.kind in MOVES_FIGURES else ()))
        raise _LookedOver
    return found[0]


def _effects(old: Progress, new: Progress) -> list[Change]:
    locale, currency = current_locale(), old.currency

    def money(minor: int) -> str:
        return format_money(minor, currency, locale=locale)

    return [
        Change(gettext("Target"), money(old.target), money(new.target)),
        Change(gettext("Asked from members"), money(old.members_part), money(new.members_part)),
        Change(gettext("Still to raise"), money(old.to_raise), money(new.to_raise)),
        Change(
            gettext("Hours funded"),
            format_hours(old.hours_funded, locale=locale),
            format_hours(new.hours_funded, locale=locale),
        ),
    ]


def _publish(campaign_id: int, terms: Terms, values: dict[str, str]) -> None:
    now = utc_now()
    with write_session() as session:
        if _save(session, campaign_id, terms, values, now) is not None:
            announce(session, campaign_id, now)
            stop_when_over(session, services().queue, campaign_id=campaign_id, now=now)


def _save(session: Session, campaign_id: int, terms: Terms, values: dict[str, str], now: datetime) -> Revision | None:
    return save_terms(
        session,
        terms,
        campaign_id=campaign_id,
        reason={locale: values.get(f"{locale}_reason", "") for locale in LOCALES},
        seen=values.get("seen", ""),
        actor=the_member().actor,
        now=now,
    )


def _page(campaign: Campaign, kind: str, values: dict[str, str], errors: dict[str, str]) -> str:
    action = values.get("action", "")
    terms, unreadable = read_terms(kind, values, campaign.currency)
    schedule = terms.schedule
    sums = (
        sums_of(schedule, campaign.organiser_share, campaign.currency)
        if schedule and schedule.lines and not unreadable
        else None
    )
    return render_template(
        "desk/revise.html",
        campaign=campaign,
        kind=kind,
        values=values,
        errors=errors,
        spoken=[text.locale for text in campaign.texts],
        policies=POLICIES,
        rows=schedule_rows(values, more=action == "more", another_stage=action == "stage"),
        sums=sums,
        fixed={},
    )


def _check_page(campaign: Campaign, kind: str, values: dict[str, str], preview: Preview) -> str:
    return render_template(
        "desk/revise_check.html",
        campaign=find_campaign(campaign.id),
        kind=kind,
        values=values,
        preview=preview,
        told=count_recipients(read_session(), campaign_id=campaign.id, groups=TOLD, told=("donors",)).total,
    )
