"""The middle: 31 complainants, four times the target, another lawyer, bills and their payment."""

import re

from tests.forms import form_to, forms_of, submit
from tests.journeys.founding_case.case import PAGE, Case, day, donor, errors
from tests.journeys.founding_case.opening import AT_FIRST, GIFTS, ROY, reason, tell

WORDS = {
    "en_title": "The judge said no",
    "en_body": "The interim injunction is *refused*.",
    "fr_title": "Le juge a dit non",
    "fr_body": "L’injonction provisoire est *refusée*.",
    "audience": "public",
}


def four_become_thirty_one(case: Case) -> None:
    """27 more labels and a claim of 200,000: the target goes from 2,000 to 8,000, and everybody reads why."""
    more = "\n".join(f"Label {number} | Maison {number}" for number in range(5, 32))
    why = reason("31 plaintiffs now, and a claim.", "31 demandeurs désormais, et une poursuite.")
    case.do(f"{case.desk}/parties", added=more, added_side="complainant", added_from_on=day(6), **why)
    case.revise("schedule", line_0_hours="32", **why)
    case.fund.work()
    case.figures(target=800_000, members_part=750_000, raised_gross=223_783)
    assert "31 complainants, 4 from the first letter" in case.words(PAGE)
    history = case.words(f"{PAGE}/history")
    for words in ("The parties have changed", "The fee schedule was revised", "2,000.00", "8,000.00", "and a claim."):
        assert words in history
    assert "et une poursuite." in case.words(f"/fr{PAGE}/history")
    told = [sum("and a claim." in mail for mail in case.fund.mail_to(donor(number))) for number in range(AT_FIRST)]
    assert told == [2] * AT_FIRST


def the_rest_of_the_gifts(case: Case) -> None:
    for number in range(AT_FIRST, len(GIFTS)):
        case.give(number, GIFTS[number])
    case.fund.work()
    case.figures(raised_gross=755_363, fees=23_729, donations_count=61, available=681_634, in_trust=100_000)


def counsel_falls_ill(case: Case) -> None:
    """What he did is billed and paid from trust; his successor takes over what he still holds."""
    counsel = option(case, f"{case.desk}/time/new", "Me Julien Lavoie")
    enter_time(case, counsel, "3", "Read the letters, spoke with the administrator")
    bill = case.book(f"{case.desk}/bills/new", number="2026-114", period_from=day(12), period_until=day(2))
    case.figures(billed=75_000, paid=0)
    case.book(f"{bill}/pay", source="trust", amount="750")
    case.figures(billed=75_000, paid=75_000, in_trust=25_000)
    successor = {"name": "Me Élise Roy", "from_on": day(), "consented_on": day(), "email": ROY}
    path = re.findall(r"/desk/counsel/\d+/successor", case.alice.get(f"{case.desk}/counsel").text)[0]
    why = reason("Me Lavoie is ill.", "Me Lavoie est malade.")
    case.do(path, last_on=day(1), **successor, **why)
    roy = option(case, f"{case.desk}/time/new", "Me Élise Roy")
    case.book(f"{case.desk}/trust", kind="trust_succeeded", counsel=counsel, successor=roy, amount="250")
    case.figures(in_trust=25_000, available=681_634)
    page = case.words(PAGE)
    assert "Me Élise Roy" in page
    assert "before: Me Julien Lavoie" in page


def the_injunction_is_refused(case: Case) -> None:
    """An update that counsel clears by a link in a mail; before that it cannot go out."""
    tell(case, kind="hearing", days_ago=1, en="Interim injunction", fr="Injonction provisoire", en_outcome="Refused.")
    draft = case.do(f"{case.desk}/updates/new", **WORDS).headers["Location"]
    case.do(draft, to=f"{draft}/counsel")
    assert "This update is with counsel" in case.words_at_desk(f"{draft}/publish")
    values = form_to(case.alice.get(draft).text, "").values
    assert case.alice.post(f"{draft}/publish", data=values).status_code == 409
    case.fund.work()
    link = case.link_to(ROY, "review")
    assert submit(case.public, link, to=link, answer="cleared").status_code == 303
    case.do(f"{draft}/publish")
    case.fund.work()
    assert "The interim injunction is refused ." in case.words(f"{PAGE}/updates/1")


def counsel_is_paid(case: Case) -> None:
    """From trust what is there, from the bank the rest, once Stripe has paid it out."""
    roy = option(case, f"{case.desk}/time/new", "Me Élise Roy")
    for hours in ("8", "7.5", "5"):
        enter_time(case, roy, hours, "Contested the injunction")
    case.do(f"{case.desk}/disbursements/new", counsel=roy, day=day(), amount="95.40", narrative="Bailiff")
    bill = enter_bill(case, "R-1")
    case.figures(billed=597_040, paid=75_000)
    assert submit(case.alice, f"{bill}/pay", source="bank", amount="4970.40").status_code == 422
    case.book(f"{bill}/pay", source="trust", amount="250")
    case.pay_out(490_000)
    case.book(f"{bill}/pay", source="bank", amount="4970.40")
    found = case.figures(billed=597_040, paid=597_040, in_trust=0, available=184_594)
    assert found["hours"] == {"funded": "31.26", "billed": "23.50", "remaining": "7.76"}
    public = case.words(PAGE)
    assert "7.76" in public
    for privileged in ("Contested the injunction", "spoke with the administrator", "Bailiff"):
        assert privileged not in public


def enter_time(case: Case, counsel: str, hours: str, what: str) -> None:
    case.do(f"{case.desk}/time/new", counsel=counsel, day=day(), hours=hours, rate="250", narrative=what)


def enter_bill(case: Case, number: str) -> str:
    """A bill of all the work that waits: a browser sends every box that is ticked."""
    path = f"{case.desk}/bills/new"
    page = case.alice.get(path).text
    ticked = re.findall(r'name="time" value="([^"]+)" checked', page)
    values = {**next(form.values for form in forms_of(page) if "number" in form.values), "time": ticked}
    values |= {"number": number, "period_from": day(6), "period_until": day()}
    check = case.alice.post(path, data=values)
    assert check.status_code == 200, errors(check)
    again = {**next(form.values for form in forms_of(check.text) if "nonce" in form.values), "time": ticked}
    answers = [case.alice.post(path, data={**again, "step": "book"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], errors(answers[0])
    return str(answers[0].headers["Location"])


def option(case: Case, path: str, name: str) -> str:
    """The value of an entry of a list on a page."""
    found = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(name)}', case.alice.get(path).text)
    assert found is not None, name
    return found[1]
