"""Who speaks for the respondents: named, changed, replaced; after launch in public and with a reason."""

from flask import render_template, request, url_for

from fund.campaigns.add_counsel import add_counsel
from fund.campaigns.case_forms import CounselForm
from fund.campaigns.counsel_list import version_of
from fund.campaigns.edit_counsel import edit_counsel
from fund.campaigns.models import Campaign, Counsel
from fund.campaigns.queries_of_case import campaign_counsel
from fund.campaigns.remove_counsel import remove_counsel
from fund.campaigns.succeed_counsel import succeed_counsel
from fund.desk.answers import done, errors_of
from fund.desk.find import find_campaign, find_counsel
from fund.desk.typed_case import spoken, tell, typed, typed_reason
from fund.desk.typed_days import day_value, read_date, read_date_or_none
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session


@needs("edit_terms")
def counsel(campaign_id: int) -> Answer:
    """The list, and the form that adds to it."""
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _list(campaign, {"from_on": day_value(utc_now())}, {})
    values, now = typed(), utc_now()
    try:
        with write_session() as session:
            add_counsel(
                session,
                campaign_id=campaign_id,
                form=_form(values),
                reason=typed_reason(values),
                actor=the_member().actor,
                now=now,
            )
            tell(session, campaign, now)
    except Refusal as refusal:
        return _list(campaign, values, errors_of(refusal)), refusal.status
    return done(gettext("Counsel is on the list."), url_for("desk.counsel", campaign_id=campaign_id))


@needs("edit_terms")
def edit(counsel_id: int) -> Answer:
    one = find_counsel(counsel_id)
    campaign = find_campaign(one.campaign_id)
    if request.method == "GET":
        return _page(campaign, one, _values(one), {})
    values, now = typed(), utc_now()
    try:
        with write_session() as session:
            edit_counsel(
                session,
                counsel_id=counsel_id,
                form=_form(values),
                reason=typed_reason(values),
                seen=values.get("seen", ""),
                actor=the_member().actor,
                now=now,
            )
            tell(session, campaign, now)
    except Refusal as refusal:
        return _page(campaign, one, values, errors_of(refusal)), refusal.status
    return done(gettext("Saved."), url_for("desk.counsel", campaign_id=campaign.id))


@needs("edit_terms")
def succeed(counsel_id: int) -> Answer:
    """One goes, another takes over: both days and the reason in one form."""
    one = find_counsel(counsel_id)
    campaign = find_campaign(one.campaign_id)
    if request.method == "GET":
        today = day_value(utc_now())
        return _page(campaign, one, {"last_on": today, "from_on": today}, {}, succeeds=True)
    values, now = typed(), utc_now()
    try:
        with write_session() as session:
            succeed_counsel(
                session,
                counsel_id=counsel_id,
                last_on=read_date(values.get("last_on", ""), field="last_on"),
                form=_form(values),
                reason=typed_reason(values),
                actor=the_member().actor,
                now=now,
            )
            tell(session, campaign, now)
    except Refusal as refusal:
        return _page(campaign, one, values, errors_of(refusal), succeeds=True), refusal.status
    return done(gettext("The successor is on the list."), url_for("desk.counsel", campaign_id=campaign.id))


@needs("edit_terms")
def remove(counsel_id: int) -> Answer:
    """From a draft."""
    campaign = find_campaign(find_counsel(counsel_id).campaign_id)
    try:
        with write_session() as session:
            remove_counsel(session, counsel_id=counsel_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _list(campaign, {}, {"": explain(refusal)}), refusal.status
    return done(gettext("Taken off the list."), url_for("desk.counsel", campaign_id=campaign.id))


def _form(values: dict[str, str]) -> CounselForm:
    return CounselForm(
        name=values.get("name", ""),
        firm=values.get("firm", ""),
        email=values.get("email", ""),
        from_on=read_date(values.get("from_on", ""), field="from_on"),
        until_on=read_date_or_none(values.get("until_on", ""), field="until_on"),
        consented_on=read_date_or_none(values.get("consented_on", ""), field="consented_on"),
    )


def _values(one: Counsel) -> dict[str, str]:
    return {
        "seen": version_of(one),
        "name": one.name,
        "firm": one.firm,
        "email": one.email or "",
        "from_on": str(one.from_on),
        "until_on": str(one.until_on or ""),
        "consented_on": str(one.consented_on or ""),
    }


def _list(campaign: Campaign, values: dict[str, str], errors: dict[str, str]) -> str:
    listed = campaign_counsel(read_session(), campaign.id)
    return render_template(
        "desk/counsel.html", campaign=campaign, listed=listed, values=values, errors=errors, spoken=spoken(campaign)
    )


def _page(
    campaign: Campaign, one: Counsel, values: dict[str, str], errors: dict[str, str], *, succeeds: bool = False
) -> str:
    return render_template(
        "desk/counsel_edit.html",
        campaign=campaign,
        one=one,
        values=values,
        errors=errors,
        spoken=spoken(campaign),
        succeeds=succeeds,
    )
