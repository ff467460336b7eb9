"""The account of any period: looked at, printed, signed and published."""

from datetime import date, timedelta

from flask import Response, make_response, render_template, request, url_for
from werkzeug.exceptions import BadRequest

from fund.campaigns.models import Campaign
from fund.desk.answers import done, errors_of
from fund.desk.find import find_campaign
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.reports.account_of_period import PeriodAccount, account_of_period
from fund.reports.publish_report import Signatory, publish_report
from fund.reports.queries import published_reports
from fund.reports.report_words import ReportWords, period_words, report_title, words_of
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.outcome_words import outcome_to_keep
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs("see_reports")
def reports(campaign_id: int) -> Answer:
    """The period is in the address; without one, from the beginning to today."""
    campaign = find_campaign(campaign_id)
    values = {"period_from": f"{_first_day(campaign)}", "period_until": f"{utc_now():%Y-%m-%d}", **request.args}
    try:
        account = _account(campaign, values)
    except Refusal as refusal:
        return _page(campaign, values, None, errors_of(refusal)), refusal.status
    return _page(campaign, values, account, {})


@needs("see_reports")
def paper(campaign_id: int) -> Response:
    """The preview on paper, in the language of the page; signed by nobody."""
    campaign, settings = find_campaign(campaign_id), services().settings
    try:
        account = _account(campaign, request.args.to_dict())
    except Refusal as refusal:
        raise BadRequest from refusal
    url = services().addresses.campaign(campaign.slug, current_locale())
    from fund.reports.report_pdf import report_pdf  # noqa: PLC0415  a fifth of what every start and command loads

    pdf = report_pdf(
        _words(campaign, account), site_name=settings.site_name, postal_address=settings.postal_address, url=url
    )
    response = make_response(pdf)
    response.content_type = "application/pdf"
    name = f"{campaign.slug}-{account.period_from}-{account.period_until}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@needs("publish_reports")
def publish(campaign_id: int) -> Answer:
    campaign, values = find_campaign(campaign_id), request.form.to_dict()
    seen = values.get("seen_entry", "")
    try:
        with write_session() as session:
            report = publish_report(
                session,
                campaign_id=campaign_id,
                kind=values.get("kind", ""),
                period_from=_day(values, "period_from"),
                period_until=_day(values, "period_until"),
                signatories=[_signatory(line) for line in values.get("signatories", "").splitlines() if line.strip()],
                seen_entry=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else -1,  # noqa: PLR2004
                outcome=outcome_to_keep(session, campaign_id),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _again(find_campaign(campaign_id), values, refusal), refusal.status
    said = gettext("{title} is public.", title=report_title(report.kind, report.number, locale=current_locale()))
    return done(said, url_for("site.report", slug=campaign.slug, number=report.number))


def _again(campaign: Campaign, values: dict[str, str], refusal: Refusal) -> str:
    try:
        account = _account(campaign, values)
    except Refusal:
        account = None
    return _page(campaign, values, account, errors_of(refusal))


def _page(campaign: Campaign, values: dict[str, str], account: PeriodAccount | None, errors: dict[str, str]) -> str:
    locale = current_locale()
    published = [
        (report, report_title(report.kind, report.number, locale=locale),
         period_words(report.period_from, report.period_until, locale=locale))
        for report in published_reports(read_session(), campaign.id)
    ]  # fmt: skip
    return render_template(
        "desk/reports.html",
        campaign=campaign,
        values=values,
        errors=errors,
        account=account,
        words=_words(campaign, account) if account else None,
        periods=_periods(campaign),
        published=published,
    )


def _words(campaign: Campaign, account: PeriodAccount) -> ReportWords:
    period = (account.period_from, account.period_until)
    return words_of(campaign, account.figures, period, locale=current_locale())


def _account(campaign: Campaign, values: dict[str, str]) -> PeriodAccount:
    return account_of_period(
        read_session(),
        campaign,
        period_from=_day(values, "period_from"),
        period_until=_day(values, "period_until"),
        now=utc_now(),
    )


def _day(values: dict[str, str], field: str) -> date:
    try:
        return date.fromisoformat(values.get(field, "").strip())
    except ValueError:
        raise Refusal("Write the day as year, month and day, such as 2026-11-21.", field=field) from None


def _signatory(line: str) -> Signatory:
    name, _, capacity = line.partition(",")
    return Signatory(name, capacity)


def _periods(campaign: Campaign) -> list[tuple[str, date, date]]:
    """One button each: what people ask for most."""
    today = utc_now().date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last_quarter = (quarter - timedelta(days=1)).replace(day=1)
    last_quarter = last_quarter.replace(month=last_quarter.month - 2)
    return [
        (gettext("From the beginning"), _first_day(campaign), today),
        (gettext("This month"), month, today),
        (gettext("Last month"), last_month, month - timedelta(days=1)),
        (gettext("Last quarter"), last_quarter, quarter - timedelta(days=1)),
    ]


def _first_day(campaign: Campaign) -> date:
    return (campaign.opened_at or campaign.created_at).date()
