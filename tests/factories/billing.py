"""Counsel, money in the bank, and bills of the founding case."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from fund.billing.advance_to_trust import advance_to_trust
from fund.billing.enter_time import enter_time
from fund.billing.issue_bill import issue_bill
from fund.billing.models import CounselTransfer
from fund.billing.pay_bill import pay_bill
from fund.billing.rules import BillForm, WorkForm
from fund.campaigns.models import Campaign, Counsel
from fund.campaigns.progress import Progress
from fund.db.session import Database
from fund.donations.campaign_progress import campaign_progress
from tests.factories.campaigns import ALICE, OPENED, SLUG
from tests.factories.entries import book

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TODAY = NOW.date()
ISSUED = date(2026, 11, 10)
SECRET = "Call with the client about the wording of paragraph three"
"""What counsel did: privileged, so it must never leave the desk."""
_nonces = itertools.count(1)


def nonce() -> str:
    return f"nonce-of-a-test-{next(_nonces)}"


def add_counsel(database: Database, campaign_id: int, *, key: str = "lavoie", **changes: Any) -> int:
    with database.write() as session:
        counsel = Counsel(
            **{
                "campaign_id": campaign_id,
                "key": key,
                "name": f"Me {key.title()}",
                "from_on": OPENED.date(),
                "consented_on": OPENED.date(),
                "created_at": OPENED,
                **changes,
            }
        )
        session.add(counsel)
        session.flush()
        return counsel.id


def fill_bank(database: Database, campaign_id: int, amount: int, *, slug: str = SLUG, currency: str = "CAD") -> None:
    signed = {f"assets:bank:{currency.lower()}": amount, f"funds:{slug}": -amount}
    book(database, signed, kind="offline_gift", campaign_id=campaign_id, currency=currency)


def work_form(counsel_id: int, **changes: Any) -> WorkForm:
    """Two hours at 250."""
    values: dict[str, Any] = {"day": date(2026, 11, 3), "narrative": SECRET, "hours_hundredths": 200, "rate": 25_000}
    return WorkForm(counsel_id=counsel_id, **{**values, **changes})


def bill_form(counsel_id: int, **changes: Any) -> BillForm:
    """Eight hours at 250, without tax."""
    values: dict[str, Any] = {
        "number": "2026-114",
        "issued_on": ISSUED,
        "period_from": date(2026, 10, 1),
        "period_until": date(2026, 10, 31),
        "hours_hundredths": 800,
        "fees": 200_000,
        "tax": 0,
    }
    return BillForm(counsel_id=counsel_id, **{**values, **changes})


def add_time(database: Database, campaign_id: int, counsel_id: int, **changes: Any) -> str:
    with database.write() as session:
        form = work_form(counsel_id, **changes)
        return enter_time(session, campaign_id=campaign_id, form=form, nonce=nonce(), actor=ALICE, now=NOW).id


def add_bill(database: Database, campaign_id: int, counsel_id: int, **changes: Any) -> str:
    with database.write() as session:
        form = bill_form(counsel_id, **changes)
        return issue_bill(session, campaign_id=campaign_id, form=form, nonce=nonce(), actor=ALICE, now=NOW).id


def pay(database: Database, bill_id: str, amount: int, source: str = "bank", **changes: Any) -> CounselTransfer:
    values: dict[str, Any] = {"made_on": TODAY, "differences": 0, "nonce": nonce(), "actor": ALICE, "now": NOW}
    with database.write() as session:
        return pay_bill(session, bill_id=bill_id, source=source, amount=amount, **{**values, **changes})


def advance(
    database: Database, campaign_id: int, counsel_id: int, amount: int, *, differences: int = 0, **changes: Any
) -> CounselTransfer:
    values: dict[str, Any] = {"made_on": TODAY, "nonce": nonce(), "actor": ALICE, "now": NOW, **changes}
    with database.write() as session:
        return advance_to_trust(
            session,
            campaign_id=campaign_id,
            counsel_id=counsel_id,
            amount=amount,
            differences=differences,
            **values,
        )


def figures(database: Database, campaign_id: int) -> Progress:
    with database.read() as session:
        return campaign_progress(session, session.get_one(Campaign, campaign_id))
