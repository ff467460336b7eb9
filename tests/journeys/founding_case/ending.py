"""The last chapters: three gifts that go back early, a settlement, what is left over, the accounts."""

import csv
import io
import json
import re
from collections import defaultdict

from pypdf import PdfReader

from tests.contract.sandbox_client import stripe_client
from tests.forms import forms_of, submit
from tests.journeys.founding_case.case import PAGE, SLUG, Case, day, donor, errors
from tests.journeys.founding_case.dispute import option
from tests.journeys.founding_case.opening import GIFTS, tell

REFUNDED, IN_PART, DISPUTED = 10, 45, 30
"""Gifts of 44.24, 48.03 and 112.46."""
SURPLUS = 43_719
SETTLED = {
    "kind": "settled",
    "en_text": "By consent: a permanent injunction. The site closes, and the claim for damages is dropped.",
    "fr_text": "De consentement : une injonction permanente. Le site ferme, et la demande de dommages est abandonnée.",
}


def three_gifts_go_back_early(case: Case) -> None:
    """One whole, one in part, one disputed: its money is held, and is nobody's to spend."""
    for number, amount in ((REFUNDED, "44.24"), (IN_PART, "20")):
        path = case.gift_path(number)
        case.do(f"{path}/refund?amount={amount}", to=f"{path}/refund")
    charge = case.fund.gift(case.sessions[DISPUTED]).charge_id
    assert charge is not None
    case.dispute = case.sandbox.dispute(charge)["dispute"]
    case.fund.work()
    case.figures(refunded=6_424, held=11_246, fees=25_229, available=184_594 - 6_424 - 11_246 - 1_500)


def it_is_settled_and_the_site_closes(case: Case) -> None:
    """What the page says is what happened; the form takes no more gifts, and an open page at Stripe is closed."""
    open_page = case.fund.give("25", slug=SLUG)
    nonce = case.fund.nonce(SLUG)
    tell(case, kind="settlement", days_ago=0, en="Judgment by consent", fr="Jugement de consentement")
    check = submit(case.alice, f"{case.desk}/close", ended_on=day(), **SETTLED)
    assert check.status_code == 200, errors(check)
    form = next(form for form in forms_of(check.text) if form.values.get("step") == "close")
    assert [case.alice.post(form.action, data=form.values).status_code for _ in range(2)] == [303, 409]
    case.fund.work()
    assert case.fund.figures(SLUG)["status"] == "closed"
    assert case.fund.send_form("25", slug=SLUG, nonce=nonce).status_code == 409
    assert stripe_client(case.sandbox).v1.checkout.sessions.retrieve(open_page).status == "expired"
    page = case.words(PAGE)
    assert "The case was settled" in page
    assert "We won" not in page
    assert "la demande de dommages est abandonnée" in case.words(f"/fr{PAGE}")
    assert all(any("damages is dropped" in mail for mail in case.fund.mail_to(donor(number))) for number in (0, 60))


def nothing_is_divided_before_all_is_settled(case: Case) -> None:
    """Counsel's last bill, Stripe's own cost, the dispute: each stands in the way until it is dealt with."""
    page = case.words_at_desk(f"{case.desk}/surplus")
    assert "Nothing is divided while something has a claim on this money" in page
    token = forms_of(case.alice.get("/desk/costs").text)[0].values["csrf_token"]
    assert case.alice.post(f"{case.desk}/surplus/plan", data={"csrf_token": token}).status_code == 409
    roy = option(case, f"{case.desk}/bills/new", "Me Élise Roy")
    typed = {"number": "R-2", "hours": "4.5", "fees": "1125", "disbursements": "90.05", "tax": "0"}
    bill = case.book(f"{case.desk}/bills/new", counsel=roy, period_from=day(3), period_until=day(), **typed)
    case.pay_out(118_545)
    case.book(f"{bill}/pay", source="bank", amount="1215.05")
    case.sandbox.post("/_sandbox/dispute", {"dispute": case.dispute, "outcome": "lost"})
    case.fund.work()
    case.figures(refunded=17_670, held=0, billed=718_545, paid=718_545, available=SURPLUS + 200)


def the_sites_cost_is_assigned(case: Case) -> None:
    """2.00 that Stripe took for no gift in particular."""
    case.sandbox.post("/_sandbox/balance_transaction", {"type": "stripe_fee", "amount": -200})
    case.do("/desk/reconciliation", to="/desk/reconciliation/run", repair="1")
    case.fund.work()
    case.figures(available=SURPLUS + 200)
    assert "2.00" in case.words_at_desk("/desk/costs")
    case.do("/desk/costs")
    case.figures(available=SURPLUS, fees=25_429)


def what_is_left_goes_back(case: Case) -> dict[str, int]:
    """Alice makes the plan, Carol looks through it and confirms; the planned shares by number of the gift."""
    page = f"{case.desk}/surplus"
    case.do(page, to=f"{page}/plan")
    assert "437.19" in case.words_at_desk(page)
    case.figures(available=SURPLUS)
    address = re.findall(r"/desk/surplus/[0-9a-f-]{36}\.csv", case.alice.get(page).text)[0]
    rows = list(csv.DictReader(io.StringIO(case.carol.get(address).text)))
    assert submit(case.carol, page, to=f"{page}/confirm").status_code == 303
    case.fund.work()
    case.figures(available=0, refunded=17_670 + SURPLUS)
    return {row["gift"]: int(row["share"].replace(".", "")) for row in rows}


def everything_is_proved(case: Case, planned: dict[str, int]) -> None:
    """Stripe, the books and the plan say the same; nobody got more than they gave."""
    assert sum(planned.values()) == SURPLUS
    back: dict[str, int] = defaultdict(int)
    for refund in stripe_client(case.sandbox).v1.refunds.list(params={"limit": 100}).auto_paging_iter():
        assert refund.status == "succeeded"
        back[str(refund.charge)] += refund.amount
    gifts = [case.fund.gift(session_id) for session_id in case.sessions]
    assert sum(back.values()) == SURPLUS + 6_424
    assert all(back[str(gift.charge_id)] <= amount for gift, amount in zip(gifts, GIFTS, strict=True))
    assert back[str(gifts[DISPUTED].charge_id)] == 0
    assert back[str(gifts[REFUNDED].charge_id)] == GIFTS[REFUNDED]
    runner = case.fund.app.test_cli_runner()
    check = runner.invoke(args=["check-ledger", "--json"])
    assert (check.exit_code, json.loads(check.output)["problems"]) == (0, [])
    compared = runner.invoke(args=["reconcile", "--json"])
    assert (compared.exit_code, json.loads(compared.output)["differences"]) == (0, [])


def the_final_report(case: Case) -> None:
    """Page and paper, in both languages, with the figures of the ledger."""
    desk = f"{case.desk}/reports"
    signed = "Alice Tremblay, organiser\nMe Élise Roy, counsel"
    case.do(desk, to=f"{desk}/publish", kind="final", signatories=signed)
    page = case.words(f"{PAGE}/reports/1")
    for shown in ("7,553.63", "7,185.45", "501.43", "Me Élise Roy, counsel"):
        assert shown in page, page
    pdf = PdfReader(io.BytesIO(case.public.get(f"/fr{PAGE}/reports/1.pdf").data))
    paper = " ".join(page.extract_text() for page in pdf.pages).replace("\u202f", " ").replace("\u00a0", " ")
    for shown in ("Rapport final", "7 553,63", "7 185,45"):
        assert shown in paper, paper
    books = case.public.get(f"{PAGE}/books.csv")
    assert books.status_code == 200
    assert "donor" not in books.text.lower()
