"""From an empty form to an open campaign and its close, as an organiser goes, through the pages."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.campaigns.models import Campaign
from fund.campaigns.queries import current_schedule
from fund.db.session import Database
from tests.factories.closing import closing_form
from tests.fixtures.databases import sqlite_only
from tests.forms import launch, settle_steps, submit
from tests.fund.desk.values import CASE, POLICY, TAXES

pytestmark = sqlite_only

NEW = "/desk/campaigns/new"
FIRST = "/desk/campaigns/1"


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Campaign)) or 0


def test_the_whole_life_of_a_campaign(desk: FlaskClient, database: Database) -> None:
    assert submit(desk, NEW, **CASE).headers["Location"] == FIRST
    assert desk.get("/c/four-labels").status_code == 404
    assert "Four labels v. Boréal" in desk.get(f"{FIRST}/preview").text

    refused = submit(desk, f"{FIRST}/launch")
    assert refused.status_code == 422
    assert "Say what happens to a surplus" in refused.text
    assert desk.get("/c/four-labels").status_code == 404

    assert submit(desk, FIRST, **POLICY).status_code == 303
    assert "Settle each step of the list first" in submit(desk, f"{FIRST}/launch").text
    assert launch(desk).status_code == 303
    assert desk.get("/c/four-labels").status_code == 200
    assert desk.post(f"{FIRST}/launch").status_code == 400, "a form without its token"

    assert submit(desk, f"{FIRST}/close", **closing_form()).status_code == 303
    with database.read() as session:
        assert session.get_one(Campaign, 1).status == "closed"
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    life = [action for action in actions if action != "settle_launch_step"]
    assert life == ["open_campaign", "edit_campaign", "launch_campaign", "close_campaign", "record_outcome"]


@pytest.mark.parametrize(
    ("taxes", "target", "part"),
    [({}, "2,000.00", "1,500.00"), (TAXES, "2,299.50", "1,799.50")],
)
def test_the_figures_of_the_founding_case(desk: FlaskClient, taxes: dict[str, str], target: str, part: str) -> None:
    worked_out = submit(desk, NEW, **CASE, **taxes, action="more")
    assert worked_out.status_code == 200
    submit(desk, NEW, **CASE, **taxes)
    for page in (worked_out.text, desk.get(FIRST).text):
        assert f"Target {target}\u00a0CAD, members’ part {part}\u00a0CAD" in page
    preview = desk.get(f"{FIRST}/preview").text
    assert target in preview
    assert part in preview


def test_what_is_wrong_elsewhere_does_not_hide_the_target(desk: FlaskClient) -> None:
    typed = {"action": "more", "hard_cap": "a lot"}
    page = submit(desk, NEW, **CASE, **typed)
    assert page.status_code == 422
    assert "Target 2,000.00\u00a0CAD" in page.text
    assert "Target 2" not in submit(desk, NEW, **CASE | {"line_0_hours": "eight"}, **typed).text


def test_working_the_target_out_saves_nothing_and_adds_lines(desk: FlaskClient, database: Database) -> None:
    page = submit(desk, NEW, **CASE, action="more").text
    assert count(database) == 0
    assert 'name="line_5_hours"' in page
    assert "Nothing was saved yet." in page
    assert 'value="Four labels v. Boréal"' in page


def test_french_numbers_are_read_on_the_french_page(desk: FlaskClient, database: Database) -> None:
    typed = {
        **CASE,
        **TAXES,
        "line_0_rate": "250,00",
        "line_0_hours": "7,5",
        "tax_1_rate": "9,975",
        "organiser_share": "1 000",
    }
    assert submit(desk, "/fr" + NEW, **typed).headers["Location"] == "/fr" + FIRST
    with database.read() as session:
        assert session.get_one(Campaign, 1).organiser_share == 100_000
        assert current_schedule(session, 1).target == 187_500 + 9_375 + 18_703


def test_what_was_typed_comes_back_as_it_was_saved(desk: FlaskClient, database: Database) -> None:
    submit(desk, NEW, **CASE, **TAXES, **POLICY)
    assert "Laurentide Records | Disques Laurentide" in desk.get(FIRST).text
    assert submit(desk, FIRST).status_code == 303
    with database.read() as session:
        saved = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit_campaign")).one()
    assert (saved.before, saved.after) == ({}, {})


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("slug", ""), ("slug", "Four Labels"), ("slug", "../x"), ("slug", "a" * 61), ("slug", "new"),
        ("currency", "XXX"), ("minimum_gift", ""), ("minimum_gift", "0"), ("minimum_gift", "-5"),
        ("minimum_gift", "NaN"), ("minimum_gift", "1e3"), ("minimum_gift", "５"), ("minimum_gift", "5.001"),
        ("organiser_share", "lots"), ("organiser_share", "9" * 30), ("audience_size", "many"), ("audience_size", "0"),
        ("en_title", ""), ("en_title", "x" * 10_000), ("en_story", "nul\x00nul"),
        ("line_0_hours", "eight"), ("line_0_hours", "7.555"), ("line_0_rate", "12,34,5"), ("tax_0_rate", "five"),
        ("line_0_cost", "²"), ("complainants", "x" * 400), ("respondents", "x" * 400), ("third_parties", "x" * 400),
        ("complainants", "one\n" * 61), ("en_demands", "one\n" * 61), ("fr_demands", "one\n" + "x" * 400),
        ("organiser_share", "3000"),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field_and_nothing_is_kept(
    desk: FlaskClient, database: Database, field: str, typed: str
) -> None:
    answer = submit(desk, NEW, **{**CASE, field: typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert "Four record labels want us closed." in answer.text
    assert count(database) == 0


@pytest.mark.parametrize(
    "typed",
    [
        {"line_0_cost": "100"}, {"line_0_hours": ""}, {"line_0_en": ""}, {"tax_0_rate": "5"}, {"tax_0_name": "GST"},
        {"tax_0_name": "GST", "tax_0_rate": "101"}, {"line_0_hours": "99999"},
        {"policy_kind": "keep it", "en_policy": "x"},
        {"policy_kind": "refund"}, {"en_policy": "back"}, {"fr_demands": "Fermer le site"},
        {"complainants": "x" * 400}, {"en_demands": "one\n" * 61},
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(desk: FlaskClient, database: Database, typed: dict[str, str]) -> None:
    answer = submit(desk, NEW, **{**CASE, **typed})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert count(database) == 0


def test_a_title_turns_no_reading_direction_and_no_nul_comes_back(desk: FlaskClient, database: Database) -> None:
    answer = submit(desk, NEW, **{**CASE, "minimum_gift": "5\x00"})
    assert answer.status_code == 422
    assert "\x00" not in answer.text
    submit(desk, NEW, **{**CASE, "en_title": "Four\u202e labels\u200b\x00"})
    with database.read() as session:
        assert session.get_one(Campaign, 1).text("en").title == "Four labels"


def test_markup_is_text_and_markdown_is_cleaned(desk: FlaskClient) -> None:
    submit(
        desk,
        NEW,
        **{**CASE, "en_title": "<script>alert(1)</script>", "en_story": "<img src=x onerror=1> [x](javascript:1)"},
    )
    preview = desk.get(f"{FIRST}/preview").text
    assert "<script" not in preview
    assert "&lt;script&gt;alert(1)" in preview
    assert "<img" not in preview
    assert "javascript:" not in preview.replace("(javascript:1)", "")


def test_a_form_sent_twice_makes_one_campaign(desk: FlaskClient, database: Database) -> None:
    assert [submit(desk, NEW, **CASE).headers.get("Location") for _ in range(2)] == [FIRST, FIRST]
    other = submit(desk, NEW, **{**CASE, "en_title": "Another matter"})
    assert other.status_code == 422
    assert "Another campaign has this address." in other.text
    assert count(database) == 1


def test_of_two_administrators_the_second_is_told(desk: FlaskClient, database: Database) -> None:
    submit(desk, NEW, **CASE)
    stale = desk.get(FIRST)
    submit(desk, FIRST, en_title="The first one’s title")
    version = stale.text.split('name="version" value="')[1].split('"')[0]
    answer = submit(desk, FIRST, en_title="The second one’s title", version=version)
    assert answer.status_code == 409
    assert "Somebody else changed this campaign meanwhile" in answer.text
    assert "The second one’s title" in answer.text
    with database.read() as session:
        assert session.get_one(Campaign, 1).text("en").title == "The first one’s title"


@pytest.mark.parametrize("version", ["", "abc", "2026-11-21"])
def test_a_version_that_never_was_is_not_taken_for_the_newest(
    desk: FlaskClient, database: Database, version: str
) -> None:
    submit(desk, NEW, **CASE)
    assert submit(desk, FIRST, en_title="Another title", version=version).status_code == 409
    with database.read() as session:
        assert session.get_one(Campaign, 1).text("en").title == CASE["en_title"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"minimum_gift": "0.01"}, "Stripe accepts no gift below 0.50\u00a0CAD."),
        ({"organiser_share": "2000.01"}, "share cannot be more than the whole target"),
    ],
)
def test_a_refusal_names_its_figure_and_that_nothing_was_saved(
    desk: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    answer = submit(desk, NEW, **{**CASE, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Nothing was saved yet. Please look at this again:" in answer.text
    assert "Nothing was sent yet" not in answer.text


def test_a_share_as_large_as_the_target_is_named_before_launch(desk: FlaskClient) -> None:
    submit(desk, NEW, **{**CASE, **POLICY, "organiser_share": "2000"})
    assert "leaves nothing for the members" in desk.get(f"{FIRST}/launch").text


def test_after_launch_the_texts_change_and_the_terms_do_not(desk: FlaskClient, database: Database) -> None:
    submit(desk, NEW, **CASE, **POLICY)
    launch(desk)
    terms = {"slug": "other", "currency": "SEK", "organiser_share": "1", "line_0_hours": "1", "en_policy": "ours"}
    assert submit(desk, FIRST, en_title="A better title", **terms).status_code == 303
    with database.read() as session:
        campaign = session.get_one(Campaign, 1)
        assert (campaign.slug, campaign.currency, campaign.organiser_share) == ("four-labels", "CAD", 50_000)
        assert current_schedule(session, 1).target == 200_000
        change = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit_campaign")).one()
    assert list(change.after) == ["texts"]
    assert "A better title" in desk.get("/c/four-labels").text


def test_a_second_launch_and_a_second_close_change_nothing(desk: FlaskClient) -> None:
    submit(desk, NEW, **CASE, **POLICY)
    settle_steps(desk, f"{FIRST}/launch")
    page = desk.get(f"{FIRST}/launch")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answers = [
        desk.post(f"{FIRST}/{act}", data={"csrf_token": token, **closing_form()}).status_code
        for act in ("launch",) * 2 + ("close",) * 2
    ]
    assert answers == [303, 409, 303, 409]
