"""The first chapters: a letter, a lawyer, eight hours, the first gifts."""

from fund.campaigns.launch_checklist import STEPS
from tests.forms import submit
from tests.fund.desk.values import CASE, POLICY
from tests.journeys.founding_case.case import PAGE, SLUG, Case, day

LAVOIE, ROY = "lavoie@barreau.example", "roy@barreau.example"
GIFTS = tuple(1013 + 379 * (number * 7 % 61) for number in range(61))
"""From 10.13 to 237.53, no two alike; 7,553.63 together, of which Stripe keeps 237.29."""
AT_FIRST = 20
FRENCH = {
    "fr_title": "Quatre maisons de disques contre Boréal",
    "fr_standfirst": "Quatre maisons de disques veulent nous fermer.",
    "fr_story": "Une lettre est arrivée.",
    "fr_demands": "Fermer le site\nLe confirmer par écrit",
    "fr_if_we_win": "Un bon précédent.",
    "fr_if_we_lose": "Un mauvais.",
    "fr_if_we_settle": "Le site pourrait fermer.",
    "fr_policy": "Aux donateurs, en proportion.",
    "line_0_fr": "Lire les lettres et y répondre",
}


def a_letter_comes(case: Case) -> None:
    """250 an hour, eight hours, 500 by the administrator: 2,000 and 1,500; nothing is public before the launch."""
    typed = {**CASE, **POLICY, **FRENCH, "slug": SLUG, "complainants": "\n".join(f"Label {n}" for n in range(1, 5))}
    made = case.do("/desk/campaigns/new", **typed)
    case.id = int(made.headers["Location"].rstrip("/").split("/")[-1].partition("?")[0])
    assert case.public.get(PAGE).status_code == 404
    draft = case.alice.get(case.desk).text
    assert "2,000.00" in draft
    assert "1,500.00" in draft
    counsel = {"name": "Me Julien Lavoie", "from_on": day(30), "consented_on": day(20), "email": LAVOIE}
    case.do(f"{case.desk}/counsel", **counsel)


def what_a_launch_needs_is_settled(case: Case) -> None:
    """Each step done or waived with its reason, and no launch before the last; counsel's consent is known already."""
    launch = f"{case.desk}/launch"
    refused = submit(case.alice, launch)
    assert (refused.status_code, case.public.get(PAGE).status_code) == (422, 404)
    for step in STEPS:
        if step == "settlement_currency":
            case.do(launch, to=f"{launch}/{step}", action="waive", reason="Nothing was ever paid to this account.")
        elif step != "counsel_consent":
            case.do(launch, to=f"{launch}/{step}", action="done")
    case.do(launch)
    found = case.figures(target=200_000, members_part=150_000, raised_gross=0, available=0)
    assert found["status"] == "open"
    page = case.words(PAGE)
    for words in ("Four labels v. Boréal", "Me Julien Lavoie", "1,500.00", "Back to the donors"):
        assert words in page
    assert "Aux donateurs, en proportion." in case.words(f"/fr{PAGE}")


def the_letter_stands_in_the_timeline(case: Case) -> None:
    tell(case, kind="letter", days_ago=12, en="Four letters arrive", fr="Quatre lettres arrivent")
    assert "Four letters arrive" in case.words(f"{PAGE}/timeline")


def the_first_gifts_and_the_share(case: Case) -> None:
    """The members give more than was asked for; the administrator keeps his word."""
    for number in range(AT_FIRST):
        case.give(number, GIFTS[number])
    case.fund.work()
    case.figures(raised_gross=223_783, fees=7_087, donations_count=20, available=216_696)
    case.book(f"{case.desk}/organiser", amount="500")
    found = case.figures(available=266_696)
    assert found["organiser_share"] == {"promised": 50_000, "paid": 50_000}
    assert found["hours"] == {"funded": "8.00", "billed": "0.00", "remaining": "8.00"}
    assert case.mails("Receipt") == AT_FIRST


def an_advance_to_counsel(case: Case) -> None:
    """Only what Stripe has paid out can be handed on."""
    path = f"{case.desk}/trust"
    refused = submit(case.alice, path, kind="advance", amount="1000")
    assert refused.status_code == 422
    case.pay_out(60_000)
    case.figures(available=266_696)
    case.book(path, kind="advance", amount="1000")
    case.figures(available=166_696, in_trust=100_000)


def tell(case: Case, *, kind: str, days_ago: int, en: str, fr: str, **more: str) -> None:
    """An event of the case, from the desk to the page."""
    typed = {"kind": kind, "day": day(days_ago), "en_title": en, "fr_title": fr, **more}
    event = case.do(f"{case.desk}/timeline/new", **typed).headers["Location"]
    case.do(event, to=f"{event}/publish")


def reason(en: str, fr: str) -> dict[str, str]:
    return {"en_reason": en, "fr_reason": fr}
