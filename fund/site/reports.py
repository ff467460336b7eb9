"""Published reports: the list, one as a page, one on paper."""

from typing import Any

from flask import Response, abort, make_response, render_template

from fund.campaigns.models import Campaign
from fund.reports.models import Report
from fund.reports.queries import published_report, published_reports
from fund.reports.report_words import ReportWords, period_words, report_title, words_of
from fund.site.find_campaign import find_campaign
from fund.web.i18n import current_locale
from fund.web.outcome_words import outcome_in_words, outcome_to_keep
from fund.web.request_scope import read_session
from fund.web.services import services

LARGEST_NUMBER = 10**9


def reports(slug: str) -> str:
    """Newest first."""
    campaign, locale = find_campaign(slug), current_locale()
    rows = [
        (report, report_title(report.kind, report.number, locale=locale), _period(report))
        for report in published_reports(read_session(), campaign.id)
    ]
    return render_template("site/reports.html", campaign=campaign, text=campaign.text(locale), rows=rows)


def report(slug: str, number: int) -> str:
    campaign = find_campaign(slug)
    found = _find(campaign, number)
    return render_template(
        "site/report.html",
        campaign=campaign,
        text=campaign.text(current_locale()),
        report=found,
        words=_words(campaign, found),
    )


def paper(slug: str, number: int) -> Response:
    """The PDF, in the language of the address."""
    campaign, settings = find_campaign(slug), services().settings
    found = _find(campaign, number)
    url = services().addresses.page(f"/c/{slug}/reports/{number}", current_locale())
    from fund.reports.report_pdf import report_pdf  # noqa: PLC0415  a fifth of what every start and command loads

    pdf = report_pdf(
        _words(campaign, found), site_name=settings.site_name, postal_address=settings.postal_address, url=url
    )
    response = make_response(pdf)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-report-{number}.pdf"'
    return response


def _find(campaign: Campaign, number: int) -> Report:
    found = published_report(read_session(), campaign.id, number) if number < LARGEST_NUMBER else None
    return found or abort(404)


def _period(found: Report) -> str:
    return period_words(found.period_from, found.period_until, locale=current_locale())


def _words(campaign: Campaign, found: Report) -> ReportWords:
    locale = current_locale()
    return words_of(
        campaign,
        found.figures,
        (found.period_from, found.period_until),
        locale=locale,
        kind=found.kind,
        number=found.number,
        people=found.signatories["people"],
        outcome=outcome_in_words(_outcome(found), locale),
    )


def _outcome(found: Report) -> dict[str, Any] | None:
    """As it was signed; reports of older releases say it as it is told today."""
    if found.kind != "final":
        return None
    if "outcome" not in found.figures:
        return outcome_to_keep(read_session(), found.campaign_id)
    kept: dict[str, Any] | None = found.figures["outcome"]
    return kept
