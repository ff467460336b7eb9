"""The demo's money besides gifts through Stripe: the organiser's share, a cheque, counsel's bills, a report."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.billing.advance_to_trust import advance_to_trust
from fund.billing.enter_time import enter_time
from fund.billing.issue_bill import issue_bill
from fund.billing.models import Bill
from fund.billing.pay_bill import pay_bill
from fund.billing.rules import BillForm, WorkForm
from fund.campaigns.models import Campaign
from fund.campaigns.queries import as_rules, current_schedule
from fund.campaigns.queries_of_case import campaign_counsel
from fund.campaigns.rules import first_rate
from fund.cli.demo_story import DemoBill, DemoMoney
from fund.donations.record_offline_gift import record_offline_gift
from fund.donations.record_organiser_payment import record_organiser_payment
from fund.donations.rules import GiftForm
from fund.reports.account_of_period import account_of_period
from fund.reports.publish_report import Signatory, publish_report

ACTOR = "command"
SHARE_AFTER, CHEQUE_AFTER, ADVANCE_AFTER = (timedelta(days=days) for days in (1, 3, 4))
PAID_AFTER = timedelta(days=4)


def move_money(session: Session, campaign: Campaign, money: DemoMoney, *, now: datetime) -> None:
    """In the order of the days on which it moved; what it was is entered today."""
    opened = campaign.opened_at or now
    nonce = f"demo:{campaign.slug}"
    record_organiser_payment(
        session,
        campaign_id=campaign.id,
        amount=campaign.organiser_share,
        received_at=opened + SHARE_AFTER,
        nonce=f"{nonce}:share",
        actor=ACTOR,
        now=now,
    )
    record_offline_gift(
        session,
        campaign_id=campaign.id,
        form=GiftForm(money.cheque, "hidden", None, None, None, ""),
        method="cheque",
        received_at=opened + CHEQUE_AFTER,
        nonce=f"{nonce}:cheque",
        locale="fr",
        actor=ACTOR,
        now=now,
    )
    counsel = campaign_counsel(session, campaign.id)[0].id
    advance_to_trust(
        session,
        campaign_id=campaign.id,
        counsel_id=counsel,
        amount=money.advance,
        made_on=(opened + ADVANCE_AFTER).date(),
        differences=0,
        nonce=f"{nonce}:advance",
        actor=ACTOR,
        now=now,
    )
    for bill in money.bills:
        _pay(session, _bill(session, campaign, counsel, bill, now), bill, now)


def _bill(session: Session, campaign: Campaign, counsel_id: int, bill: DemoBill, now: datetime) -> Bill:
    rate = first_rate(as_rules(current_schedule(session, campaign.id))) or 0
    days = [(now - timedelta(days=work.days_ago)).date() for work in bill.work]
    nonce = f"demo:{campaign.slug}:{bill.number}"
    entries = [
        enter_time(
            session,
            campaign_id=campaign.id,
            form=WorkForm(counsel_id, day, work.narrative, hours_hundredths=work.hours_hundredths, rate=rate),
            nonce=f"{nonce}:{number}",
            actor=ACTOR,
            now=now,
        )
        for number, (day, work) in enumerate(zip(days, bill.work, strict=True))
    ]
    form = BillForm(
        counsel_id=counsel_id,
        number=bill.number,
        issued_on=(now - timedelta(days=bill.issued_days_ago)).date(),
        period_from=min(days),
        period_until=max(days),
        time_ids=tuple(entry.id for entry in entries),
    )
    return issue_bill(session, campaign_id=campaign.id, form=form, nonce=nonce, actor=ACTOR, now=now)


def _pay(session: Session, issued: Bill, bill: DemoBill, now: datetime) -> None:
    for source, amount in (("trust", bill.from_trust), ("bank", bill.from_bank)):
        if amount:
            pay_bill(
                session,
                bill_id=issued.id,
                source=source,
                amount=amount,
                made_on=issued.issued_on + PAID_AFTER,
                differences=0,
                nonce=f"demo:{issued.id}:{source}",
                actor=ACTOR,
                now=now,
            )


def account_for_it(session: Session, campaign: Campaign, money: DemoMoney, *, now: datetime) -> None:
    """A report from the first day to today, once every gift is booked."""
    first, today = (campaign.opened_at or now).date(), now.date()
    account = account_of_period(session, campaign, period_from=first, period_until=today, now=now)
    publish_report(
        session,
        campaign_id=campaign.id,
        kind="periodic",
        period_from=first,
        period_until=today,
        signatories=[Signatory(name, capacity) for name, capacity in money.signatories],
        seen_entry=account.figures["last_entry"],
        actor=ACTOR,
        now=now,
    )
