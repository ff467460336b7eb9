import re
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.billing.models import Disbursement, TimeEntry
from fund.billing.rules import BillFigures, BillForm, check_figures, proposed_tax, worth
from fund.campaigns.models import Campaign
from fund.campaigns.queries import as_rules, current_schedule
from fund.kit.errors import Refusal

_ID = re.compile(r"[0-9a-f-]{36}")
Work = TypeVar("Work", TimeEntry, Disbursement)


def bill_figures(session: Session, campaign: Campaign, form: BillForm) -> BillFigures:
    """What the bill comes to: as typed, else by the work that it charges, the tax by the fee schedule. Checked."""
    time = chosen_work(session, TimeEntry, campaign, form.counsel_id, form.time_ids)
    costs = chosen_work(session, Disbursement, campaign, form.counsel_id, form.disbursement_ids)
    hours = _or(form.hours_hundredths, sum(entry.hours_hundredths for entry in time))
    fees = _or(form.fees, sum(worth(entry.hours_hundredths, entry.rate) for entry in time))
    disbursements = _or(form.disbursements, sum(cost.amount for cost in costs))
    schedule = as_rules(current_schedule(session, campaign.id))
    tax = _or(form.tax, proposed_tax(schedule, fees=fees, disbursements=disbursements))
    figures = BillFigures(hours, fees, disbursements, tax)
    check_figures(figures)
    return figures


def chosen_work(
    session: Session, table: type[Work], campaign: Campaign, counsel_id: int, ids: Sequence[str]
) -> list[Work]:
    """Each must be this counsel's, of this campaign, and not billed yet: a page that is old may choose others."""
    known = [id_ for id_ in ids if _ID.fullmatch(id_)]
    found = list(session.scalars(select(table).where(table.id.in_(known)))) if known else []
    whole = len(found) == len(set(ids))
    if not whole or any(
        work.bill_id is not None or work.campaign_id != campaign.id or work.counsel_id != counsel_id for work in found
    ):
        raise Refusal("Something that you chose cannot be billed here: it is billed, gone, or another’s.", field="work")
    return found


def _or(typed: int | None, worked_out: int) -> int:
    return worked_out if typed is None else typed
