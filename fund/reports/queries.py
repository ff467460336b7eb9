"""Reads of published reports."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.reports.models import Report


def published_reports(session: Session, campaign_id: int) -> list[Report]:
    """Newest first."""
    query = select(Report).where(Report.campaign_id == campaign_id).order_by(Report.number.desc())
    return list(session.scalars(query))


def published_report(session: Session, campaign_id: int, number: int) -> Report | None:
    query = select(Report).where(Report.campaign_id == campaign_id, Report.number == number)
    return session.scalars(query).one_or_none()


def latest_report(session: Session, campaign_id: int) -> Report | None:
    query = select(Report).where(Report.campaign_id == campaign_id).order_by(Report.number.desc()).limit(1)
    return session.scalars(query).one_or_none()


def report_before(session: Session, campaign_id: int, day: date) -> Report | None:
    """The last one whose period ends the day before."""
    query = (
        select(Report)
        .where(Report.campaign_id == campaign_id, Report.period_until == day - timedelta(days=1))
        .order_by(Report.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def closed_without_final_report(session: Session) -> list[Campaign]:
    """Closed campaigns whose donors have not been given the last account yet, oldest closing first."""
    final = select(Report.campaign_id).where(Report.kind == "final")
    query = select(Campaign).where(Campaign.status == "closed", Campaign.id.not_in(final))
    return list(session.scalars(query.order_by(Campaign.closed_at, Campaign.id)))
