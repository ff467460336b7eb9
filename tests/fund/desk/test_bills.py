"""Counsel's time, bills and money through the pages: typed, looked over, booked once, reversed."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from fund.billing.models import Bill, CounselTransfer, Disbursement, TimeEntry
from fund.kit.clock import utc_now
from fund.reconciliation.models import Reconciliation
from fund.web.services import Services
from tests.factories.billing import SECRET, add_bill, add_counsel, add_time, advance, fill_bank, pay
from tests.factories.campaigns import SLUG, make_campaign, make_draft
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, forms_of, submit
from tests.fund.files.pdfs import plain_pdf

pytestmark = sqlite_only

TOMORROW = (utc_now() + timedelta(days=1)).date().isoformat()


@dataclass(frozen=True)
class Matter:
    services: Services
    campaign: int
    counsel: int

    @property
    def path(self) -> str:
        return f"/desk/campaigns/{self.campaign}"


@pytest.fixture
def matter(services: Services) -> Matter:
    campaign = make_campaign(services.database)
    fill_bank(services.database, campaign, 300_000)
    return Matter(services, campaign, add_counsel(services.database, campaign))


def api(desk: FlaskClient) -> dict[str, Any]:
    return dict(desk.get(f"/api/v1/campaigns/{SLUG}").get_json())


def book(desk: FlaskClient, path: str, **typed: str) -> list[int]:
    """Typed, looked over, and sent twice; the statuses of both answers."""
    check = submit(desk, path, **typed)
    assert check.status_code == 200, check.text
    form = next(form for form in forms_of(check.text) if "nonce" in form.values)
    values = {**form.values, "step": "book"}
    return [desk.post(form.action, data=values).status_code for _ in range(2)]


def test_time_is_entered_once_corrected_and_removed(desk: FlaskClient, matter: Matter) -> None:
    path = f"{matter.path}/time/new"
    form = form_to(desk.get(path).text, "")
    assert form.values["rate"] == "250.00"
    values = {**form.values, "hours": "1.5", "narrative": SECRET}
    assert [desk.post(path, data=values).status_code for _ in range(2)] == [303, 303]
    page = desk.get(f"{matter.path}/bills").text
    assert page.count(SECRET) == 1
    assert "375.00" in page
    with matter.services.database.read() as session:
        [entry] = session.scalars(select(TimeEntry))
    assert submit(desk, f"/desk/work/{entry.id}", hours="0.1").status_code == 303
    assert "25.00" in desk.get(f"{matter.path}/bills").text
    assert submit(desk, f"/desk/work/{entry.id}", to=f"/desk/work/{entry.id}/remove").status_code == 303
    assert "No work waits to be billed." in desk.get(f"{matter.path}/bills").text
    assert desk.get(f"/desk/work/{entry.id}").status_code == 404


def test_a_disbursement_is_entered_and_corrected(desk: FlaskClient, matter: Matter) -> None:
    path = f"{matter.path}/disbursements/new"
    assert submit(desk, path, amount="95", narrative="Bailiff").status_code == 303
    with matter.services.database.read() as session:
        [cost] = session.scalars(select(Disbursement))
    assert submit(desk, f"/desk/work/{cost.id}", amount="90.50").status_code == 303
    assert "90.50" in desk.get(f"{matter.path}/bills").text


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        ("time", ("hours", ""), "Write how many hours it took."),
        ("time", ("hours", "-2"), "Write hours in digits"),
        ("time", ("hours", "10000"), "at most 24 hours"),
        ("time", ("rate", ""), "This amount is out of range."),
        ("time", ("day", TOMORROW), "This day has not come yet."),
        ("time", ("day", "soon"), "Write the day as year, month and day"),
        ("time", ("counsel", "999"), "Choose one of this campaign’s counsel."),
        ("time", ("counsel", "x"), "Choose one of this campaign’s counsel."),
        ("time", ("narrative", " "), "Say in a few words what it was."),
        ("disbursements", ("amount", "0"), "This amount is out of range."),
        ("disbursements", ("amount", "12,50"), "Write the amount in digits"),
    ],
)
def test_work_that_cannot_be_is_said_beside_its_field_and_kept(
    desk: FlaskClient, matter: Matter, kind: str, wrong: tuple[str, str], sentence: str
) -> None:
    field, value = wrong
    typed = {"hours": "2", "amount": "95", "narrative": "Letter"}
    refused = submit(desk, f"{matter.path}/{kind}/new", **{**typed, field: value})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert f'id="f-{field}-error"' in refused.text
    kept = form_to(refused.text, "").values
    assert kept["narrative"].strip() == (value if field == "narrative" else "Letter").strip()
    assert "No work waits to be billed." in desk.get(f"{matter.path}/bills").text


BILL = {"number": "F-1", "issued_on": "2026-11-10", "period_from": "2026-10-01", "period_until": "2026-10-31"}


def test_a_bill_of_ticked_work_is_looked_over_changed_and_booked_once(desk: FlaskClient, matter: Matter) -> None:
    database = matter.services.database
    entry = add_time(database, matter.campaign, matter.counsel)
    path = f"{matter.path}/bills/new"
    assert form_to(desk.get(path).text, "").values["time"] == entry
    check = submit(desk, path, **BILL)
    assert "Book 500.00\u00a0CAD" in check.text
    assert "1 piece of the chosen work was not done in these days." in check.text
    assert "not done in these days" not in submit(desk, path, **BILL | {"period_until": "2026-11-03"}).text
    form = form_to(check.text, path)
    changed = desk.post(path, data={**form.values, "step": "change"})
    assert changed.status_code == 200
    assert form_to(changed.text, "").values["number"] == "F-1"
    assert book(desk, path, **BILL, tax="10") == [303, 303]
    assert api(desk)["billed"] == 51_000
    assert api(desk)["hours"] == {"funded": "8.00", "billed": "2.00", "remaining": "6.00"}
    with database.read() as session:
        [bill] = session.scalars(select(Bill))
    page = desk.get(f"/desk/bills/{bill.id}").text
    assert SECRET in page
    assert "unpaid" in page
    assert desk.get(f"/desk/work/{entry}").text.count("A bill charges this") == 1
    assert submit(desk, f"{matter.path}/bills/new", **BILL, fees="1").status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "", "Write the number that counsel gave this bill."),
        ("period_until", "2026-09-30", "The period ends before it begins."),
        ("period_until", "", "Write the day as year, month and day"),
        ("issued_on", TOMORROW, "This day has not come yet."),
        ("tax", "2000.01", "The tax is more than what it is on."),
        ("tax", "-1", "Write the amount in digits"),
        ("hours", "10000.01", "A bill has at most 10,000 hours."),
        ("fees", "0", "A bill of nothing is no bill"),
        ("fees", "nan", "Write the amount in digits"),
        ("counsel", "0", "Choose one of this campaign’s counsel."),
    ],
)
def test_a_bill_that_cannot_be_is_said_beside_its_field_and_kept(
    desk: FlaskClient, matter: Matter, field: str, value: str, sentence: str
) -> None:
    refused = submit(desk, f"{matter.path}/bills/new", **{**BILL, "hours": "8", "fees": "2000", field: value})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert f'id="f-{field}-error"' in refused.text
    assert form_to(refused.text, "").values["number"] == (value if field == "number" else "F-1")
    assert api(desk)["billed"] == 0


def test_an_edited_form_bills_nobody_elses_work(desk: FlaskClient, matter: Matter) -> None:
    database = matter.services.database
    other = make_campaign(database, slug="other")
    theirs = add_time(database, other, add_counsel(database, other))
    for wrong in (theirs, "x", str(uuid.uuid4())):
        refused = submit(desk, f"{matter.path}/bills/new", **BILL, time=wrong)
        assert refused.status_code == 422
        assert "cannot be billed here" in refused.text
    assert api(desk)["billed"] == 0


def test_a_bill_is_paid_after_a_preview_and_once(desk: FlaskClient, matter: Matter) -> None:
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    page = desk.get(f"/desk/bills/{bill}/pay").text
    assert form_to(page, "").values["amount"] == "2000.00"
    check = submit(desk, f"/desk/bills/{bill}/pay", amount="500")
    assert "1,500.00" in check.text
    assert "2,500.00" in check.text
    assert api(desk)["paid"] == 0
    assert book(desk, f"/desk/bills/{bill}/pay", amount="500") == [303, 303]
    assert (api(desk)["paid"], api(desk)["available"]) == (50_000, 250_000)
    assert "paid in part" in desk.get(f"/desk/bills/{bill}").text
    assert book(desk, f"/desk/bills/{bill}/pay", source="organiser", amount="1500") == [303, 303]
    assert api(desk)["organiser_share"] == {"promised": 50_000, "paid": 150_000}
    assert "There is nothing to pay on this bill." in desk.get(f"/desk/bills/{bill}/pay").text


def test_what_the_organiser_paid_to_counsel_is_not_taken_out_of_our_bank(desk: FlaskClient, matter: Matter) -> None:
    """It never was there: it is undone where it was entered, on the bill."""
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    pay(matter.services.database, bill, 20_000, "organiser")
    path = f"{matter.path}/organiser"
    assert book(desk, path, amount="50", direction="paid") == [303, 303]
    refused = submit(desk, path, amount="50.01", direction="taken_back")
    assert refused.status_code == 422
    assert "More than was paid cannot be taken back." in refused.text
    assert book(desk, path, amount="50", direction="taken_back") == [303, 303]
    assert (api(desk)["organiser_share"]["paid"], api(desk)["available"]) == (20_000, 300_000)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "2000.01", "of this bill is unpaid"),
        ("amount", "", "This amount is out of range."),
        ("amount", "-5", "Write the amount in digits"),
        ("source", "trust", "Counsel holds only"),
        ("source", "pocket", "Say from where it is paid."),
        ("made_on", "2026-11-09", "The bill was not issued yet on this day."),
        ("made_on", TOMORROW, "This day has not come yet."),
    ],
)
def test_a_payment_that_cannot_be_is_said_and_kept(
    desk: FlaskClient, matter: Matter, field: str, value: str, sentence: str
) -> None:
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    refused = submit(desk, f"/desk/bills/{bill}/pay", **{"amount": "100", "source": "bank", field: value})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert form_to(refused.text, "").values["amount"] == (value if field == "amount" else "100")
    assert api(desk)["paid"] == 0


def test_a_difference_from_stripe_stops_payments_with_its_reason(desk: FlaskClient, matter: Matter) -> None:
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    with matter.services.database.write() as session:
        session.add(Reconciliation(at=utc_now(), cause="nightly", differences=2, report={}))
    assert "Payments to counsel are stopped." in desk.get(f"{matter.path}/bills").text
    refused = submit(desk, f"/desk/bills/{bill}/pay", amount="100", source="bank")
    assert refused.status_code == 409
    assert "The books differ from Stripe’s account." in refused.text
    advance_refused = submit(desk, f"{matter.path}/trust", kind="advance", amount="100")
    assert advance_refused.status_code == 409
    with matter.services.database.write() as session:
        session.add(Reconciliation(at=utc_now(), cause="nightly", differences=0, report={}))
    assert book(desk, f"/desk/bills/{bill}/pay", amount="100", source="bank") == [303, 303]


def test_trust_is_filled_returned_handed_on_and_undone(desk: FlaskClient, matter: Matter) -> None:
    path = f"{matter.path}/trust"
    successor = add_counsel(matter.services.database, matter.campaign, key="roy")
    first = {"counsel": str(matter.counsel)}
    assert book(desk, path, kind="advance", amount="1000", **first) == [303, 303]
    assert book(desk, path, kind="trust_returned", amount="100", **first) == [303, 303]
    handed = {"kind": "trust_succeeded", "amount": "900", "successor": str(successor), **first}
    assert book(desk, path, **handed) == [303, 303]
    assert (api(desk)["in_trust"], api(desk)["available"]) == (90_000, 210_000)
    page = desk.get(f"{matter.path}/bills").text
    assert "Me Lavoie → Me Roy" in page
    with matter.services.database.read() as session:
        newest = session.scalars(select(CounselTransfer).where(CounselTransfer.kind == "trust_succeeded")).one()
    undo = f"/desk/transfers/{newest.id}/reverse"
    assert submit(desk, undo).status_code == 422
    assert submit(desk, undo, reason="Wrong counsel").status_code == 303
    assert "This transfer was reversed already." in desk.get(undo).text
    assert api(desk)["in_trust"] == 90_000


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Say what happened."),
        ({"kind": "advance", "amount": "3000.01"}, "money is in our bank"),
        ({"kind": "trust_returned", "amount": "0.01"}, "Counsel holds only"),
        ({"kind": "trust_succeeded"}, "Choose one of this campaign’s counsel."),
        ({"kind": "advance", "counsel": "77"}, "Choose one of this campaign’s counsel."),
    ],
)
def test_a_transfer_that_cannot_be_is_said(
    desk: FlaskClient, matter: Matter, typed: dict[str, str], sentence: str
) -> None:
    refused = submit(desk, f"{matter.path}/trust", **{"amount": "1", **typed})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert api(desk)["in_trust"] == 0


def test_what_is_billed_is_not_advanced(desk: FlaskClient, matter: Matter) -> None:
    add_bill(matter.services.database, matter.campaign, matter.counsel)
    refused = submit(desk, f"{matter.path}/trust", kind="advance", amount="100")
    assert refused.status_code == 422
    assert "What is already billed is not paid into trust." in refused.text


def test_a_bill_is_reversed_with_its_reason_unless_something_is_paid(desk: FlaskClient, matter: Matter) -> None:
    database = matter.services.database
    bill = add_bill(database, matter.campaign, matter.counsel)
    path = f"/desk/bills/{bill}/reverse"
    assert submit(desk, path).status_code == 422
    form = form_to(desk.get(path).text, "")
    answers = [desk.post(path, data={**form.values, "reason": "Wrong client"}).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert "Wrong client" in desk.get(f"/desk/bills/{bill}").text
    assert api(desk)["billed"] == 0
    paid = add_bill(database, matter.campaign, matter.counsel, number="2")
    pay(database, paid, 1)
    assert "Reverse its payments first." in desk.get(f"/desk/bills/{paid}/reverse").text


def test_a_document_is_shown_with_consent_and_taken_back(desk: FlaskClient, matter: Matter) -> None:
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    page, path = f"/desk/bills/{bill}", f"/desk/bills/{bill}/document"
    token = form_to(desk.get(page).text, path).values
    sent = {**token, "agreed_by": "Me Lavoie", "agreed_on": "2026-11-12"}
    for wrong, sentence in (
        ({"agreed_by": ""}, "Write who of counsel agreed that it is shown."),
        ({"agreed_on": ""}, "Write on which day counsel agreed."),
        ({"agreed_on": TOMORROW}, "This day has not come yet."),
    ):
        refused = desk.post(path, data={**sent, **wrong, "file": (BytesIO(plain_pdf("Fees")), "bill.pdf")})
        assert refused.status_code == 422
        assert sentence in refused.text
    assert desk.post(path, data={**sent, "file": (BytesIO(b"no pdf"), "bill.pdf")}).status_code == 422
    assert desk.post(path, data=sent).status_code == 422
    assert "bill-2026" not in desk.get(f"/c/{SLUG}").text
    answer = desk.post(path, data={**sent, "file": (BytesIO(plain_pdf("Fees")), "Client Gagnon.pdf")})
    assert answer.status_code == 303
    public = desk.get(f"/c/{SLUG}").text
    address = public.partition('href="/files/')[2].partition('"')[0]
    assert address.endswith("/bill-2026-11-10.pdf")
    assert desk.get(f"/files/{address}").mimetype == "application/pdf"
    assert "Gagnon" not in public
    assert submit(desk, page, to=f"{path}/withdraw").status_code == 303
    assert desk.get(f"/files/{address}").status_code == 404
    assert "/files/" not in desk.get(f"/c/{SLUG}").text


def test_a_document_that_is_too_large_gets_a_sentence(desk: FlaskClient, matter: Matter) -> None:
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    page, path = f"/desk/bills/{bill}", f"/desk/bills/{bill}/document"
    sent = {**form_to(desk.get(page).text, path).values, "agreed_by": "Me Lavoie", "agreed_on": "2026-11-12"}
    large = FileStorage(BytesIO(b"%PDF-" + bytes(11 * 1024 * 1024)), "bill.pdf")
    body, _, boundary = stream_encode_multipart({**sent, "file": large}, use_tempfile=False)
    refused = desk.post(path, data=body.read(), content_type=f"multipart/form-data; boundary={boundary}")
    assert refused.status_code == 422
    assert "A file has at most 10 MB." in refused.text
    assert form_to(refused.text, path).values["agreed_by"] == "Me Lavoie"


def test_today_names_what_is_unpaid(desk: FlaskClient, matter: Matter) -> None:
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    assert f"/desk/bills/{bill}" in desk.get("/desk/").text
    pay(matter.services.database, bill, 200_000)
    assert f"/desk/bills/{bill}" not in desk.get("/desk/").text


def test_empty_pages_say_so(desk: FlaskClient, services: Services) -> None:
    campaign = make_campaign(services.database)
    page = desk.get(f"/desk/campaigns/{campaign}/bills").text
    for sentence in ("No counsel is entered yet.", "Counsel has not billed anything yet.", "No money has gone"):
        assert sentence in page
    for name in ("bills/new", "time/new", "trust"):
        assert "No counsel is entered yet." in desk.get(f"/desk/campaigns/{campaign}/{name}").text


def test_what_is_not_there_is_404(desk: FlaskClient, services: Services) -> None:
    draft = make_draft(services.database)
    nothing = uuid.uuid4()
    pages = [f"/desk/campaigns/{campaign}/{name}" for campaign in (draft, 999, 9**12) for name in ("bills", "trust")]
    pages += [f"/desk/{name}" for name in (f"bills/{nothing}", f"bills/{nothing}/pay", f"transfers/{nothing}/reverse")]
    assert {desk.get(page).status_code for page in pages} == {404}


def test_the_french_desk_reads_a_comma(desk: FlaskClient, matter: Matter) -> None:
    advance(matter.services.database, matter.campaign, matter.counsel, 100_000)
    bill = add_bill(matter.services.database, matter.campaign, matter.counsel)
    assert book(desk, f"/fr/desk/bills/{bill}/pay", amount="12,50", source="trust") == [303, 303]
    assert api(desk)["paid"] == 1_250
