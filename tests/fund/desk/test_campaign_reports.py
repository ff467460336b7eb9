"""From a closed campaign to its final report: looked at, printed, signed, published, read by anybody."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.factories.campaigns import SLUG, end_campaign, make_campaign
from tests.factories.closing import close
from tests.factories.donations import give
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import ALICE, add_member, sign_in

pytestmark = sqlite_only
DESK = "/desk/campaigns/1/reports"
PUBLISH = f"{DESK}/publish"
PAGE = f"/c/{SLUG}/reports"
SIGNED = "Alice Tremblay, organiser\n  A. Lavoie , counsel"


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway(fee=211)


@pytest.fixture
def desk(client: FlaskClient, services: Services) -> FlaskClient:
    """Alice's browser, before a campaign that took 162.50 in two gifts."""
    sign_in(client, services.database, add_member(services.database, ALICE))
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 6250, display_name="Zénobie")
    give(services, campaign_id, 10_000)
    return client


def words_on_paper(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_a_report_from_preview_to_paper(desk: FlaskClient, services: Services) -> None:
    preview = desk.get(DESK).text
    for shown in ("162.50", "4.22", "158.28", "From the beginning", "Last quarter"):
        assert shown in preview
    today = f"{utc_now():%Y-%m-%d}"
    on_paper = words_on_paper(desk, f"{DESK}.pdf?period_from=2026-10-01&period_until={today}")
    assert "A preview: nobody has signed it." in on_paper
    assert desk.get(PAGE).text.count("Published on") == 0

    refused = submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="final")
    assert refused.status_code == 409
    assert "this campaign is not closed" in refused.text
    assert "A. Lavoie" in refused.text
    published = submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="periodic")
    assert published.headers["Location"] == f"{PAGE}/1"

    end_campaign(services.database, 1, now=utc_now())
    assert "Closed, and no final report yet" in desk.get("/desk/").text
    assert submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="final").headers["Location"] == f"{PAGE}/2"
    assert submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="final").headers["Location"] == f"{PAGE}/2", "twice"
    assert "no final report yet" not in desk.get("/desk/").text

    stranger = desk.application.test_client()
    page = stranger.get(f"{PAGE}/2").text
    for shown in ("Final report", "162.50", "158.28", "A. Lavoie, counsel", f"/c/{SLUG}/books"):
        assert shown in page
    assert "Zénobie" not in page
    assert "Rapport final" in stranger.get(f"/fr{PAGE}/2").text
    paper = words_on_paper(stranger, f"{PAGE}/2.pdf")
    for shown in ("Final report", "Gifts through Stripe 162.50 CAD", "At the end 158.28 CAD", "A. Lavoie, counsel"):
        assert shown in paper
    assert "Rapport final" in (french := words_on_paper(stranger, f"/fr{PAGE}/2.pdf"))
    assert "À la fin 158,28 CAD" in french
    assert [stranger.get(f"{PAGE}/{number}{end}").status_code for number in (3, 0) for end in ("", ".pdf")] == [404] * 4


def test_what_was_published_stays_and_what_was_booked_meanwhile_is_not_signed_unseen(
    desk: FlaskClient, services: Services
) -> None:
    submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="periodic")
    before = desk.get(f"{PAGE}/1").text
    page = desk.get(DESK)
    give(services, 1, 5_000)
    late = desk.post(
        PUBLISH,
        data={
            "csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0],
            "period_from": "2026-10-01",
            "period_until": f"{utc_now():%Y-%m-%d}",
            "seen_entry": "2",
            "kind": "periodic",
            "signatories": SIGNED,
        },
    )
    assert late.status_code == 409
    assert "Something was booked meanwhile" in late.text
    assert desk.get(f"{PAGE}/1").text == before


@pytest.mark.parametrize("signatories", ["", "Alice", "Alice,", ",organiser", "A, b\n" * 7, f"{'x' * 200}, organiser"])
def test_somebody_has_to_sign(desk: FlaskClient, signatories: str) -> None:
    refused = submit(desk, DESK, to=PUBLISH, signatories=signatories, kind="periodic")
    assert refused.status_code == 422
    assert 'id="f-signatories-error"' in refused.text
    assert "No report has been published yet" in desk.get(PAGE).text


@pytest.mark.parametrize(
    ("first", "last"), [("2026-11-02", "2026-11-01"), ("1900-01-01", "2026-11-01"), ("", ""), ("x", "2026-02-30")]
)
def test_periods_that_cannot_be(desk: FlaskClient, first: str, last: str) -> None:
    query = f"period_from={first}&period_until={last}"
    refused = desk.get(f"{DESK}?{query}")
    assert refused.status_code == 422
    assert 'class="error"' in refused.text
    assert desk.get(f"{DESK}.pdf?{query}").status_code == 400
    tomorrow = f"{utc_now() + timedelta(days=1):%Y-%m-%d}"
    assert desk.get(f"{DESK}?period_until={tomorrow}").status_code == 422


def test_what_was_signed_says_how_it_ended_as_it_was_told_then(desk: FlaskClient, services: Services) -> None:
    close(services, 1)
    assert submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="final").headers["Location"] == f"{PAGE}/1"
    assert submit(desk, "/desk/campaigns/1/outcome", kind="lost", en_text="The judge refused.").status_code == 303
    assert "We lost" in desk.get(f"/c/{SLUG}").text
    assert "The case was settled" in (first := desk.get(f"{PAGE}/1").text)
    assert "We lost" not in first
    assert "L’affaire s’est réglée à l’amiable" in words_on_paper(desk, f"/fr{PAGE}/1.pdf")
    assert submit(desk, DESK, to=PUBLISH, signatories=SIGNED, kind="final").headers["Location"] == f"{PAGE}/2"
    assert "We lost" in (second := desk.get(f"{PAGE}/2").text)
    assert "The judge refused." in second
