from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.bill_figures import bill_figures, chosen_work
from fund.billing.find_counsel import find_counsel
from fund.billing.form_id import form_id
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.models import Bill, Disbursement, TimeEntry
from fund.billing.postings import bill_issued
from fund.billing.rules import BillFigures, BillForm, check_bill
from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry

LONGEST_KEY = 120


def issue_bill(session: Session, *, campaign_id: int, form: BillForm, nonce: str, actor: str, now: datetime) -> Bill:
    """Enter what counsel charged: a debt at once, also when it is more than there is. The same form is one bill."""
    campaign = lock_campaign(session, campaign_id)
    known = made_before(session, Bill, campaign, nonce)
    if known is not None:
        return known
    check_new_bill(session, campaign, form, today=now.date())
    figures = bill_figures(session, campaign, form)
    bill = _row(campaign, form, figures, id_=form_id(nonce), actor=actor, now=now)
    session.add(bill)
    session.flush()
    for entry in chosen_work(session, TimeEntry, campaign, form.counsel_id, form.time_ids):
        entry.bill_id = bill.id
    for cost in chosen_work(session, Disbursement, campaign, form.counsel_id, form.disbursement_ids):
        cost.bill_id = bill.id
    campaign.hours_billed_hundredths += bill.hours_hundredths
    _book(session, campaign, bill, actor, now)
    return bill


def check_new_bill(session: Session, campaign: Campaign, form: BillForm, *, today: date) -> None:
    """Raises Refusal for what cannot be a bill, and for a number of counsel's that stands already."""
    counsel = find_counsel(session, campaign, form.counsel_id)
    check_bill(form, today=today)
    if session.scalar(select(Bill.id).where(Bill.standing_key == standing_key(counsel.id, form.number))):
        raise Refusal("Counsel’s bill {number} is entered already.", field="number", number=form.number)


def standing_key(counsel_id: int, number: str) -> str:
    """Cut where letters grow when they are compared: the column holds so much."""
    return f"{counsel_id}:{number.casefold()}"[:LONGEST_KEY]


def _row(campaign: Campaign, form: BillForm, figures: BillFigures, *, id_: str, actor: str, now: datetime) -> Bill:
    return Bill(
        id=id_,
        campaign_id=campaign.id,
        counsel_id=form.counsel_id,
        number=form.number,
        standing_key=standing_key(form.counsel_id, form.number),
        issued_on=form.issued_on,
        period_from=form.period_from,
        period_until=form.period_until,
        hours_hundredths=figures.hours_hundredths,
        fees=figures.fees,
        disbursements=figures.disbursements,
        tax=figures.tax,
        amount=figures.amount,
        currency=campaign.currency,
        created_at=now,
        created_by=actor,
    )


def _book(session: Session, campaign: Campaign, bill: Bill, actor: str, now: datetime) -> None:
    post_entry(
        session,
        source=f"bill:{bill.id}:issued",
        kind="bill_issued",
        campaign_id=campaign.id,
        postings=bill_issued(bill.amount, bill.currency, slug=campaign.slug),
        occurred_at=datetime.combine(bill.issued_on, time(), UTC),
        now=now,
    )
    record_change(
        session,
        actor=actor,
        action="issue_bill",
        subject=f"bill:{bill.id}",
        after={
            "counsel": bill.counsel_id,
            "number": bill.number,
            "hours_hundredths": bill.hours_hundredths,
            "amount": bill.amount,
            "tax": bill.tax,
            "currency": bill.currency,
        },
        now=now,
    )
