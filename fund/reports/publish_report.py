from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal
from fund.kit.texts import clean_title
from fund.reports.account_of_period import account_of_period
from fund.reports.models import Report
from fund.reports.queries import latest_report

KINDS = ("periodic", "final")
MOST_SIGNATORIES = 6
LONGEST = 140


@dataclass(frozen=True, slots=True)
class Signatory:
    name: str
    capacity: str
    """As what they sign: treasurer, counsel, organiser."""


def publish_report(
    session: Session,
    *,
    campaign_id: int,
    kind: str,
    period_from: date,
    period_until: date,
    signatories: list[Signatory],
    seen_entry: int,
    outcome: dict[str, Any] | None = None,
    actor: str,
    now: datetime,
) -> Report:
    """Freeze a period's figures under the names of who answers for them.

    `seen_entry` is the last entry of the preview that was signed: if the books have moved since, it is refused (409).
    `outcome` is how the matter ended, of which a final report keeps what was told when it was signed.
    The same report sent twice is one. Raises Refusal also for a final report of a campaign that is not closed (409),
    and on `kind`, `signatories`, `period_from` or `period_until`.
    """
    campaign = _find_campaign(session, campaign_id, kind)
    people = _check_signatories(signatories)
    figures = account_of_period(session, campaign, period_from=period_from, period_until=period_until, now=now).figures
    figures |= {"outcome": outcome} if kind == "final" else {}
    wanted = (kind, period_from, period_until, figures["last_entry"], figures.get("outcome"), {"people": people})
    newest = latest_report(session, campaign_id)
    if newest is not None and wanted == _described(newest):
        return newest
    if figures["last_entry"] != seen_entry:
        raise Refusal("Something was booked meanwhile. Look at the figures again, then sign.", status=409)
    report = Report(
        campaign_id=campaign_id,
        number=newest.number + 1 if newest else 1,
        kind=kind,
        period_from=period_from,
        period_until=period_until,
        figures=figures,
        signatories={"people": people},
        published_at=now,
        published_by=actor,
    )
    session.add(report)
    session.flush()
    _record(session, report, actor, now)
    return report


def _record(session: Session, report: Report, actor: str, now: datetime) -> None:
    record_change(
        session,
        actor=actor,
        action="publish_report",
        subject=f"campaign:{report.campaign_id}",
        after={
            "number": report.number,
            "kind": report.kind,
            "from": f"{report.period_from}",
            "until": f"{report.period_until}",
        },
        now=now,
    )
    touch_page(session, report.campaign_id)


def _find_campaign(session: Session, campaign_id: int, kind: str) -> Campaign:
    """Locked: two reports published at once must not get the same number."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status not in PUBLIC:
        raise Refusal("There is no such campaign.", status=404)
    if kind not in KINDS:
        raise Refusal("Choose what kind of report this is.", field="kind")
    if kind == "final" and campaign.status not in ("closed", "archived"):
        raise Refusal("The final report comes after the end: this campaign is not closed.", field="kind", status=409)
    return campaign


def _described(report: Report) -> tuple[object, ...]:
    return (
        report.kind,
        report.period_from,
        report.period_until,
        report.figures["last_entry"],
        report.figures.get("outcome"),
        report.signatories,
    )


def _check_signatories(signatories: list[Signatory]) -> list[dict[str, str]]:
    people = [{"name": clean_title(one.name), "capacity": clean_title(one.capacity)} for one in signatories]
    if not people:
        raise Refusal("Somebody has to answer for a report: write at least one name.", field="signatories")
    if len(people) > MOST_SIGNATORIES:
        raise Refusal("At most {most} lines, please.", field="signatories", most=MOST_SIGNATORIES)
    for person in people:
        if not person["name"] or not person["capacity"]:
            raise Refusal("Write each name, a comma, and as what they sign.", field="signatories")
        if max(len(person["name"]), len(person["capacity"])) > LONGEST:
            raise Refusal("At most {longest} characters, please.", field="signatories", longest=LONGEST)
    return people
