"""The end of a campaign through the pages: closed, its surplus planned, agreed to, sent, seen in public."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.web.services import Services
from fund.worker import run_surplus as runner
from tests.factories.campaigns import make_campaign
from tests.factories.closing import close, closing_form, give_by_hand, work
from tests.factories.donations import give
from tests.factories.entries import book
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.forms import forms_of, submit
from tests.fund.files.pdfs import plain_pdf
from tests.people import BOB, Person, add_member, sign_in

pytestmark = sqlite_only

HERE = "/desk/campaigns/1"
DAVE = Person("Dave Okafor", "dave@example.org", role="owner")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "APART_SECONDS", 0.0)


@pytest.fixture
def campaign(services: Services) -> int:
    """With gifts of 100.00 and 50.00, the first one named."""
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 10_000, display_name="Charlie")
    give(services, campaign_id, 5_000)
    return campaign_id


def act(client: FlaskClient, name: str) -> int:
    return submit(client, f"{HERE}/surplus", to=f"{HERE}/surplus/{name}").status_code


def test_what_is_to_be_told_is_looked_over_before_it_is(desk: FlaskClient, services: Services, campaign: int) -> None:
    typed = closing_form(kind="lost", step="", en_text="The judge **refused** everything.")
    check = submit(desk, f"{HERE}/close", **typed)
    assert check.status_code == 200
    assert "We lost: say so and close?" in check.text
    assert "The judge <strong>refused</strong> everything." in check.text
    assert submit(desk, f"{HERE}/close", **typed | {"step": "close"}).headers["Location"] == f"{HERE}/surplus"
    for path, words in (("", "We lost"), ("/fr", "Nous avons perdu")):
        for page in (f"{path}/c/four-labels", f"{path}/", f"{path}/c/four-labels/updates.atom", f"{path}/updates.atom"):
            text = desk.get(page, follow_redirects=True).text
            assert words in text, page
            assert "We won" not in text
            assert "Nous avons gagné" not in text
    answer = desk.get("/api/v1/campaigns/four-labels").get_json()
    assert answer["status"] == "closed"
    assert answer["outcome"]["kind"] == "lost"
    assert answer["outcome"]["text"]["en"] == "The judge **refused** everything."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "drawn"}, "Say how the matter ended."),
        ({"fr_text": " "}, "Say it in both languages"),
        ({"ended_on": "yesterday"}, "Write the day as year, month and day"),
        ({"ended_on": "2099-01-01"}, "This day has not come yet."),
    ],
)
def test_a_close_that_says_too_little_keeps_what_was_typed(
    desk: FlaskClient, services: Services, campaign: int, changes: dict[str, str], sentence: str
) -> None:
    for step in ("", "close"):
        answer = submit(desk, f"{HERE}/close", **closing_form(**changes, step=step))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "A permanent injunction, and no damages." in answer.text
    with services.database.read() as session:
        assert session.get_one(Campaign, campaign).status == "open"


def test_a_correction_shows_its_day(desk: FlaskClient, services: Services, campaign: int) -> None:
    close(services, campaign)
    assert submit(desk, f"{HERE}/outcome", en_text="An injunction by consent.").status_code == 303
    page = desk.get("/c/four-labels").text
    assert "An injunction by consent." in page
    assert "Corrected on" in page
    assert submit(desk, f"{HERE}/outcome", en_text="").status_code == 422


def test_a_surplus_goes_back_from_the_plan_to_the_last_share(
    desk: FlaskClient, services: Services, campaign: int
) -> None:
    close(services, campaign)
    assert "Make a plan for 150.00" in desk.get(f"{HERE}/surplus").text
    assert act(desk, "plan") == 303
    page = desk.get(f"{HERE}/surplus").text
    assert "a plan, not confirmed" in page
    assert "150.00" in page
    assert act(desk, "confirm") == 303
    assert "being sent" in desk.get(f"{HERE}/surplus").text
    work(services)
    page = desk.get(f"{HERE}/surplus").text
    assert "finished" in page
    public = desk.get("/c/four-labels").text
    assert "What became of the surplus" in public
    assert "2 gifts have had their part" in public


def test_the_table_and_the_file_of_shares(desk: FlaskClient, services: Services, campaign: int) -> None:
    close(services, campaign)
    act(desk, "plan")
    address = re.search(r'href="(/desk/surplus/[0-9a-f-]{36})"', desk.get(f"{HERE}/surplus").text)
    assert address is not None
    assert "100.00" in desk.get(address[1]).text
    assert "No share is in this state" in desk.get(f"{address[1]}?state=failed").text
    assert desk.get(f"{address[1]}?state=nonsense").status_code == 400
    for odd in ("x", "--1", "²", "9" * 40):
        assert desk.get(f"{address[1]}?after={odd}").status_code == 400
    file = desk.get(f"{address[1]}.csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert sorted((row["left"], row["share"], row["state"]) for row in rows) == [
        ("100.00", "100.00", "planned"),
        ("50.00", "50.00", "planned"),
    ]
    assert "Charlie" not in file.text


def test_a_plan_that_went_stale_is_refused_with_what_to_do(
    desk: FlaskClient, services: Services, campaign: int
) -> None:
    close(services, campaign)
    act(desk, "plan")
    book(services.database, {"exp:legal:four-labels": 1, "assets:bank:cad": -1}, campaign_id=campaign)
    refused = submit(desk, f"{HERE}/surplus", to=f"{HERE}/surplus/confirm")
    assert refused.status_code == 409
    assert "Something has changed since this plan was made." in refused.text
    assert act(desk, "give-up") == 303
    assert act(desk, "plan") == 303


def test_a_large_surplus_takes_two_people(
    desk: FlaskClient, services: Services, database: Database, campaign: int
) -> None:
    give(services, campaign, 100_000)
    close(services, campaign)
    act(desk, "plan")
    act(desk, "confirm")
    page = desk.get(f"{HERE}/surplus").text
    assert "Somebody else with access to this desk has to agree now." in page
    assert "waits for a second person" in desk.get("/desk/").text
    form = next(form for form in forms_of(page) if form.action.endswith("give-up"))
    assert desk.post(f"{HERE}/surplus/second", data=form.values).status_code == 409
    sign_in(desk, database, add_member(database, DAVE))
    assert act(desk, "second") == 303
    assert "Dave Okafor" in desk.get(f"{HERE}/surplus").text


def test_a_run_is_paused_goes_on_and_what_failed_is_paid_by_hand(
    desk: FlaskClient, services: Services, campaign: int
) -> None:
    give_by_hand(services, campaign, 2_500)
    close(services, campaign)
    act(desk, "plan")
    act(desk, "confirm")
    assert act(desk, "pause") == 303
    assert "the run is paused" in desk.get("/desk/").text
    assert "paused" in desk.get(f"{HERE}/surplus").text
    assert act(desk, "continue") == 303
    work(services)
    page = desk.get(f"{HERE}/surplus").text
    assert "To be paid by hand" in page
    assert "1 share to pay by hand" in desk.get("/desk/").text
    listed = re.search(r'href="(/desk/surplus/[0-9a-f-]{36}\?state=failed)"', page)
    assert listed is not None
    by_hand = re.search(r'href="([^"]*/by-hand)"', desk.get(listed[1]).text)
    assert by_hand is not None
    tomorrow = (utc_now() + timedelta(days=1)).date().isoformat()
    refused = submit(desk, by_hand[1], to=by_hand[1], returned_on=tomorrow)
    assert refused.status_code == 422
    assert re.search(r'id="f-returned_on-error"[^>]*>This day has not come yet\.', refused.text)
    assert submit(desk, by_hand[1], to=by_hand[1]).status_code == 303
    assert "nothing to pay by hand" in desk.get(by_hand[1]).text
    assert "to pay by hand" not in desk.get("/desk/").text
    assert "3 gifts have had their part" in desk.get("/c/four-labels").text


def test_what_stripe_refused_can_be_asked_for_again(desk: FlaskClient, services: Services, campaign: int) -> None:
    close(services, campaign)
    act(desk, "plan")
    act(desk, "confirm")
    assert isinstance(services.gateway, FakeGateway)
    services.gateway.refuses = {"balance_insufficient"}
    work(services)
    services.gateway.refuses = set()
    assert act(desk, "again") == 303
    work(services)
    assert "2 gifts have had their part" in desk.get("/c/four-labels").text


def test_every_obstacle_says_what_to_do(desk: FlaskClient, services: Services, campaign: int) -> None:
    assert "The campaign is not closed." in desk.get(f"{HERE}/surplus").text
    close(services, campaign)
    book(services.database, {"exp:legal:four-labels": 100, "liab:bills:four-labels": -100}, campaign_id=campaign)
    book(services.database, {"assets:trust:four-labels:roy": 70, "assets:bank:cad": -70}, campaign_id=campaign)
    book(services.database, {"exp:stripe_other": 30, "assets:stripe:cad": -30}, kind="stripe_cost")
    page = desk.get(f"{HERE}/surplus").text
    for words in ("bills of 1.00", "holds 0.70", "0.30\u00a0CAD that Stripe kept"):
        assert words in page
    assert "Make a plan" not in page


def test_a_cost_is_assigned_as_proposed_and_taken_back(desk: FlaskClient, services: Services, campaign: int) -> None:
    assert "Every cost of the site is assigned." in desk.get("/desk/costs").text
    book(services.database, {"exp:stripe_other": 900, "assets:stripe:cad": -900}, kind="stripe_cost")
    page = desk.get("/desk/costs").text
    form = next(form for form in forms_of(page) if form.values.get("amount") == "9.00")
    assert [desk.post("/desk/costs", data=form.values).status_code for _ in range(2)] == [303, 303]
    page = desk.get("/desk/costs").text
    assert "Every cost of the site is assigned." in page
    back = next(form for form in forms_of(page) if form.action.endswith("/reverse"))
    assert desk.post(back.action, data=back.values).status_code == 303
    assert "9.00\u00a0CAD belong to no campaign" in desk.get("/desk/costs").text
    other = next(form for form in forms_of(desk.get("/desk/costs").text) if form.values.get("amount") == "")
    for amount, status in (("", 422), ("9.01", 422), ("x", 422), ("4", 303)):
        assert desk.post("/desk/costs", data={**other.values, "amount": amount}).status_code == status
    assert desk.post("/desk/costs", data={**other.values, "campaign": "99"}).status_code == 422


def test_a_surplus_is_passed_to_a_charity_and_seen_in_public(
    desk: FlaskClient, services: Services, campaign: int
) -> None:
    book(services.database, {"assets:bank:cad": 3_000, "funds_organiser:four-labels": -3_000}, campaign_id=campaign)
    close(services, campaign)
    page = desk.get(f"{HERE}/surplus/pass-on")
    assert page.status_code == 200
    form = next(form for form in forms_of(page.text) if "where" in form.values)
    typed = {**form.values, "charity": "Moisson Montréal", "amount": "20"}
    missing = desk.post(f"{HERE}/surplus/pass-on", data=typed)
    assert missing.status_code == 422
    assert "Moisson Montréal" in missing.text
    assert desk.post(f"{HERE}/surplus/pass-on", data={**typed, "where": ""}).status_code == 422
    for _ in range(2):
        sent = {**typed, "file": (io.BytesIO(plain_pdf("Thank you.")), "Receipt.pdf")}
        assert desk.post(f"{HERE}/surplus/pass-on", data=sent).status_code == 303
    public = desk.get("/c/four-labels").text
    assert public.count("20.00\u00a0CAD to Moisson Montréal") == 1
    proof = re.search(r'href="(/files/[^"]+)"', public)
    assert proof is not None
    assert desk.get(proof[1]).status_code == 200
    back = re.search(r'href="(/desk/passed-on/[^"]+)"', desk.get(f"{HERE}/surplus").text)
    assert back is not None
    assert submit(desk, back[1], reason=" ").status_code == 422
    assert submit(desk, back[1], reason="Sent back by the bank.").status_code == 303
    assert "Moisson" not in desk.get("/c/four-labels").text


def test_pages_of_the_end_speak_french(desk: FlaskClient, services: Services, campaign: int) -> None:
    assert "Comment s’est-elle terminée" in desk.get(f"/fr{HERE}/close").text
    close(services, campaign)
    for path, words in (("surplus", "Faire un plan pour"), ("outcome", "Comment elle s’est terminée")):
        assert words in desk.get(f"/fr{HERE}/{path}").text
    assert "Transmettre un excédent" in desk.get(f"/fr{HERE}/surplus/pass-on").text


def test_a_member_sees_none_of_it(client: FlaskClient, services: Services, campaign: int) -> None:
    sign_in(client, services.database, add_member(services.database, BOB))
    for path in ("close", "outcome", "surplus", "surplus/pass-on"):
        assert client.get(f"{HERE}/{path}").status_code == 403
    assert client.get("/desk/costs").status_code == 403


@pytest.mark.parametrize("path", ["surplus", "close", "outcome", "surplus/pass-on"])
def test_a_campaign_that_is_not_there_is_404(desk: FlaskClient, path: str) -> None:
    assert desk.get(f"/desk/campaigns/99/{path}").status_code == 404


def test_plans_and_rows_that_are_not_there_are_404(desk: FlaskClient) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for path in (
        f"surplus/{nobody}",
        f"surplus/{nobody}.csv",
        f"surplus/{nobody}/1/by-hand",
        f"passed-on/{nobody}/reverse",
    ):
        assert desk.get(f"/desk/{path}").status_code == 404
