from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from fund.campaigns.forms import LineForm
from fund.db.session import Database
from fund.web.services import Services
from tests.factories import entries
from tests.factories.campaigns import ENGLISH, SLUG, end_campaign, make_campaign, make_draft
from tests.factories.donations import give
from tests.factories.entries import book
from tests.fixtures.databases import sqlite_only
from tests.people import ALICE, add_member, sign_in

pytestmark = sqlite_only
PAGE = f"/c/{SLUG}"
MOST_STATEMENTS = 12


def text(client: FlaskClient, path: str = PAGE, status: int = 200) -> str:
    """The page with its no-break spaces made plain."""
    answer = client.get(path)
    assert answer.status_code == status
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


def size(client: FlaskClient, path: str) -> int:
    with client.get(path) as answer:
        assert answer.status_code == 200
        return len(answer.data)


def test_who_what_how_much_and_the_surplus_come_before_the_story(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    page = text(client).partition("<main")[2]
    order = [
        page.index(words)
        for words in (
            "<h1",
            "Four record labels ask us to close.",
            "of 1,500.00 CAD asked from members",
            "It goes back to you.",
            "<strong>four letters</strong>",
        )
    ]
    assert order == sorted(order)


def test_the_schedule_says_what_the_members_are_asked_for(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    page = text(client)
    for figure in ("2,000.00", "−500.00", "1,500.00", "46,000 members: about 0.04 CAD each"):
        assert figure in page


def test_suggested_amounts_come_from_the_rate(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    page = text(client)
    for amount, time in (("25.00", "6 minutes"), ("62.50", "15 minutes"), ("125.00", "half an hour")):
        assert f"<b>{amount}</b> {time}" in page
    assert 'value="62.50" checked' in page


def test_the_french_page_is_french_in_words_and_figures(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    page = text(client, f"/fr{PAGE}")
    assert '<html lang="fr">' in page
    for words in ("sur 1 500,00 CAD demandés aux membres", "S’il reste de l’argent", "Fermer le site", "30 minutes"):
        assert words in page
    assert f'action="/fr{PAGE}/donate"' in page


def test_a_campaign_in_one_language_says_which_one_on_the_other_page(client: FlaskClient, database: Database) -> None:
    make_campaign(database, texts={"en": ENGLISH})
    assert '<h1 lang="en">Four labels' in text(client, f"/fr{PAGE}")


def test_both_lines_of_the_money_add_up(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    assert "Both lines add up to 0.00." in text(client)


def test_anonymous_visitors_get_no_cookie_and_no_vary(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    for path in ("/", PAGE, f"/fr{PAGE}", f"{PAGE}/updates", "/privacy", "/terms"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers, path
        assert "Cookie" not in answer.headers.get("Vary", ""), path
        assert "no-store" not in answer.headers["Cache-Control"], path


def test_nothing_is_fetched_from_elsewhere_and_the_first_view_is_small(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    page = client.get(PAGE)
    styles = [part.split('"')[0] for part in page.text.split('<link rel="stylesheet" href="')[1:]]
    assert all(style.startswith("/static/") for style in styles)
    sizes = [size(client, style) for style in styles]
    assert len(styles) + 1 <= 3
    assert len(page.data) + sum(sizes) <= 60_000
    assert " src=" not in page.text


def test_a_draft_is_nothing_to_the_public_in_any_of_its_addresses(client: FlaskClient, database: Database) -> None:
    make_draft(database)
    for path in (PAGE, f"{PAGE}/donate", f"{PAGE}/thanks", f"{PAGE}/updates", f"{PAGE}/updates.atom", f"{PAGE}/follow"):
        assert client.get(path).status_code == 404, path


def test_a_closed_campaign_says_so_and_keeps_its_accounts(client: FlaskClient, database: Database) -> None:
    campaign_id = make_campaign(database)
    end_campaign(database, campaign_id, now=datetime(2026, 11, 20, tzinfo=UTC))
    page = text(client)
    assert "This campaign is closed" in page
    assert "Closed on 20 November 2026" in page
    assert "Where the money is" in page
    assert f'action="{PAGE}/donate"' not in page


def test_a_closed_campaign_asks_for_nothing_more(client: FlaskClient, database: Database, services: Services) -> None:
    campaign_id = make_campaign(database)
    give(services, campaign_id, 10_000)
    assert "Still to raise: 1,400.00" in text(client)
    end_campaign(database, campaign_id, now=datetime(2026, 11, 20, tzinfo=UTC))
    for path in (PAGE, "/"):
        assert "till to raise" not in text(client, path)
    assert "Members gave 100.00 CAD." in text(client)


def test_what_went_back_stands_beside_what_was_raised(
    client: FlaskClient, database: Database, services: Services
) -> None:
    campaign_id = make_campaign(database)
    give(services, campaign_id, 160_000)
    assert "Given back since" not in text(client)
    book(database, entries.gift(-16_000), kind="refund", campaign_id=campaign_id)
    page = text(client)
    assert "1,600.00</strong> of 1,500.00 CAD asked from members" in page
    assert "Given back since: 160.00" in page
    assert "Still to raise: 60.00" in page


def test_the_source_of_a_link_goes_along_and_markup_does_not(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    assert '<input type="hidden" name="ref" value="jazz-banner">' in text(client, f"{PAGE}?ref=jazz-banner")
    assert 'name="ref"' not in text(client, f"{PAGE}?ref=%22%3E%3Cscript%3E")


def test_signed_in_people_see_their_way_to_the_desk(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    sign_in(client, database, add_member(database, ALICE))
    page = client.get(PAGE)
    assert 'href="/desk/"' in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_texts_of_the_desk_cannot_bring_markup(client: FlaskClient, database: Database) -> None:

    rude = replace(ENGLISH, title="<b>T</b>", story="<script>alert(1)</script> [x](javascript:alert)", if_we_win="<i>w")
    make_campaign(database, texts={"en": rude, "fr": rude})
    page = text(client)
    assert "<script" not in page
    assert "javascript:alert" not in page.replace("[x](javascript:alert)", "")
    assert "&lt;b&gt;T&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("currency", "rate", "shown"),
    [("JPY", 30_000, "<b>7,500</b>"), ("KWD", 30_000, "<b>7.500</b>"), ("SEK", 240_000, "<b>600.00</b>")],
)
def test_amounts_have_the_decimals_of_their_currency(
    client: FlaskClient, database: Database, currency: str, rate: int, shown: str
) -> None:
    line = LineForm(label={"en": "Work"}, rate=rate, hours_hundredths=800)
    make_campaign(database, currency=currency, organiser_share=0, lines=(line,))
    assert shown in text(client)


def test_a_fixed_cost_alone_suggests_nothing_and_asks_for_an_amount(client: FlaskClient, database: Database) -> None:
    make_campaign(database, lines=(LineForm(label={"en": "Court fee"}, amount=120_000),))
    page = text(client)
    assert '<input type="text" id="f-amount" name="amount"' in page
    assert "hours of counsel" not in page


def test_home_lists_open_campaigns_before_ended_ones(client: FlaskClient, database: Database) -> None:
    ended = make_campaign(database, slug="ended")
    make_campaign(database)
    end_campaign(database, ended, now=datetime.now(UTC) - timedelta(days=1))
    page = text(client, "/")
    assert page.index('href="/c/four-labels"') < page.index("No longer taking gifts") < page.index('href="/c/ended"')


def test_home_without_campaigns_says_so(client: FlaskClient) -> None:
    assert "No campaign is open at the moment." in text(client, "/")


def test_the_page_costs_the_same_statements_however_many_gifts(
    client: FlaskClient, services: Services, database: Database
) -> None:
    campaign_id = make_campaign(database)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    client.get(PAGE)
    without = len(seen)
    for number in range(5):
        give(services, campaign_id, display_name=f"Donor {number}")
    seen.clear()
    assert "Donor 4" in text(client)
    assert len(seen) == without <= MOST_STATEMENTS


@pytest.mark.parametrize(
    ("path", "words"), [(PAGE, "goes back to the donors"), (f"/fr{PAGE}", "revient aux donateurs")]
)
def test_what_happens_to_a_surplus_stands_under_the_bar(
    client: FlaskClient, database: Database, path: str, words: str
) -> None:
    make_campaign(database)
    page = text(client, path)
    assert page.index("</svg>") < page.index(words) < page.index('class="key"')
    assert '<dt id="surplus">' in page


def test_the_terms_of_a_gift_are_the_campaigns_own_or_those_that_come_with_retainer(
    client: FlaskClient, database: Database
) -> None:
    make_campaign(database)
    assert "no share in the outcome" in client.get(PAGE).text
    assert "ni voix ni part" in client.get(f"/fr{PAGE}").text
    own = replace(ENGLISH, terms="Counsel decides, and **you do not**.")
    make_campaign(database, slug="own-words", texts={"en": own})
    page = client.get("/c/own-words").text
    assert "<strong>you do not</strong>" in page
    assert "no share in the outcome" not in page
