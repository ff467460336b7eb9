"""Revisions through the desk's pages: looked over, made public, told to everybody, kept with what stood before."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.campaigns.models import Campaign, FeeSchedule, Revision, SurplusPolicy
from fund.campaigns.queries import current_schedule
from fund.db.session import Database
from fund.donations.gift_link import gift_token
from fund.donations.models import Donation
from fund.mail.models import Delivery, MailBody
from fund.web.services import Services
from tests.factories.campaigns import GST, QST, make_campaign
from tests.factories.donations import give
from tests.factories.mailings import write_down
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, submit

pytestmark = sqlite_only

REVISE = "/desk/campaigns/1/revise"
WHY = {"en_reason": "There are more plaintiffs.", "fr_reason": "Les demandeurs sont plus nombreux."}


@pytest.fixture
def open_campaign(services: Services) -> int:
    return make_campaign(services.database)


def look_over(desk: FlaskClient, kind: str, **typed: str) -> Any:
    return submit(desk, f"{REVISE}/{kind}", **{**WHY, **typed})


def publish(desk: FlaskClient, kind: str, **typed: str) -> Any:
    """Look it over and confirm, as a person does."""
    checked = look_over(desk, kind, **typed)
    assert checked.status_code == 200, checked.text
    values = form_to(checked.text, f"{REVISE}/{kind}").values
    assert values["step"] == "publish"
    return desk.post(f"{REVISE}/{kind}", data=values)


def count(database: Database, what: type[Any]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_a_higher_target_is_looked_over_then_public(desk: FlaskClient, database: Database, open_campaign: int) -> None:
    checked = look_over(desk, "schedule", line_0_hours="32")
    for words in ("2,000.00", "8,000.00", "7,500.00", "There are more plaintiffs."):
        assert words in checked.text
    assert (count(database, Revision), count(database, FeeSchedule)) == (0, 1), "looking over changes nothing"
    assert publish(desk, "schedule", line_0_hours="32").headers["Location"] == REVISE
    with database.read() as session:
        revision = session.scalars(select(Revision)).one()
        assert (revision.kind, revision.number, revision.schedule_version) == ("schedule", 1, 2)
        assert (revision.before["target"], revision.after["target"]) == (200_000, 800_000)
        assert revision.reason == {"en": WHY["en_reason"], "fr": WHY["fr_reason"]}
        assert current_schedule(session, open_campaign).target == 800_000
        assert [one.target for one in session.scalars(select(FeeSchedule).order_by(FeeSchedule.version))] == [
            200_000,
            800_000,
        ]
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "revise_schedule"
    page = desk.get("/c/four-labels/history").text
    for words in ("The fee schedule was revised", "There are more plaintiffs.", "2,000.00", "8,000.00"):
        assert words in page
    assert "Les demandeurs sont plus nombreux." in desk.get("/fr/c/four-labels/history").text
    assert "7,500.00" in desk.get("/c/four-labels").text
    for feed in ("/c/four-labels/updates.atom", "/updates.atom"):
        assert "The fee schedule was revised" in desk.get(feed).text
        assert "/c/four-labels/history#revision-1" in desk.get(feed).text
    assert "There are more plaintiffs." in desk.get(REVISE).text


def test_a_gift_keeps_the_terms_it_was_given_under(
    desk: FlaskClient, services: Services, database: Database, open_campaign: int
) -> None:
    before = give(services, open_campaign)
    publish(desk, "schedule", line_0_hours="16")
    publish(desk, "policy", policy_kind="charity", en_policy="To the food bank.", fr_policy="À la banque alimentaire.")
    after = give(services, open_campaign)
    with database.read() as session:
        terms = [
            (
                session.get_one(FeeSchedule, gift.fee_schedule_id).version,
                session.get_one(SurplusPolicy, gift.surplus_policy_id).version,
            )
            for gift in (session.get_one(Donation, before), session.get_one(Donation, after))
        ]
    assert terms == [(1, 1), (2, 2)]
    for gift, version in ((before, 1), (after, 2)):
        page = desk.get(f"/gift/{gift_token(services.signer, gift)}").text
        assert re.search(
            rf"fee schedule of [^;]+, version {version}; rule on a surplus of [^;]+, version {version}", page
        )
    assert "To the food bank." in desk.get("/c/four-labels/history").text


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("share", {"organiser_share": "800"}, ("500.00", "800.00")),
        ("limits", {"hard_cap": "5000", "gifts_until": "2031-03-31"}, ("–", "31 March 2031")),
        ("policy", {"policy_kind": "charity", "en_policy": "To a charity."}, ("Refund", "A named charity")),
    ],
)
def test_each_kind_reads_in_words(
    desk: FlaskClient, open_campaign: int, kind: str, typed: dict[str, str], told: tuple[str, str]
) -> None:
    assert publish(desk, kind, **typed).status_code == 303
    page = desk.get("/c/four-labels/history").text
    changes = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="revision-1"') : page.index("</article>")])
    assert all(words in changes for words in told)


def test_a_double_click_revises_and_tells_once(
    desk: FlaskClient, services: Services, database: Database, open_campaign: int
) -> None:
    give(services, open_campaign, email="dora@example.org")
    values = form_to(look_over(desk, "share", organiser_share="600").text, f"{REVISE}/share").values
    mails = count(database, Delivery)
    answers = [desk.post(f"{REVISE}/share", data=values).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert count(database, Revision) == 1
    write_down(services)
    with database.read() as session:
        told = session.scalars(
            select(Delivery.key).join(MailBody, MailBody.id == Delivery.body_id).where(MailBody.message == "revision")
        ).all()
    assert len(told) == count(database, Delivery) - mails == 2, "alice, who is a member, and dora, who gave"


def test_of_two_administrators_the_second_is_told(desk: FlaskClient, database: Database, open_campaign: int) -> None:
    stale = form_to(look_over(desk, "share", organiser_share="600").text, f"{REVISE}/share").values
    publish(desk, "share", organiser_share="700")
    answer = desk.post(f"{REVISE}/share", data=stale)
    assert answer.status_code == 409
    assert "Somebody else changed this campaign meanwhile" in answer.text
    assert 'value="600"' in answer.text
    with database.read() as session:
        assert session.get_one(Campaign, open_campaign).organiser_share == 70_000


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("share", {"organiser_share": "600", "fr_reason": " "}, "fr_reason"),
        ("share", {"organiser_share": "600", "en_reason": "x" * 1_001}, "en_reason"),
        *(("share", {"organiser_share": typed}, "organiser_share") for typed in ("2000", "lots", "2001", "-1")),
        ("schedule", {"line_0_hours": "10000"}, "lines"), ("schedule", {"line_0_hours": "-8"}, "line_0_hours"),
        ("schedule", {"line_0_hours": "1"}, "lines"), ("schedule", {"line_0_hours": "2"}, "lines"),
        ("schedule", {"line_0_hours": "", "line_0_rate": "", "line_0_en": ""}, "lines"),
        ("schedule", {"tax_0_name": "GST", "tax_0_rate": "100.1"}, "taxes"),
        ("schedule", {"line_0_stage": "40"}, "lines"), ("schedule", {"line_0_stage": "x"}, "lines"),
        ("schedule", {"stage_1_en": "Trial"}, "stages"),
        ("schedule", {"stage_0_en": "Trial", "stage_0_stretch": "1"}, "stages"),
        ("schedule", {"line_0_high": "7"}, "lines"),
        ("policy", {"policy_kind": "keep it"}, "policy_kind"),
        ("policy", {"fr_policy": "", "en_policy": "x"}, "fr_policy"),
        ("limits", {"hard_cap": "4.99"}, "hard_cap"), ("limits", {"hard_cap": "0"}, "hard_cap"),
        ("limits", {"gifts_from": "2031-03-31", "gifts_until": "2031-03-30"}, "gifts_until"),
        ("limits", {"gifts_from": "soon"}, "gifts_from"), ("limits", {"gifts_until": "9999-12-31"}, "gifts_until"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("open_campaign")
def test_what_is_wrong_is_named_at_its_field_and_nothing_changes(
    desk: FlaskClient, database: Database, kind: str, typed: dict[str, str], field: str
) -> None:
    answer = look_over(desk, kind, **typed)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}' in answer.text
    assert "There are more plaintiffs." in answer.text or "en_reason" in typed
    assert (count(database, Revision), count(database, FeeSchedule)) == (0, 1)


def test_nothing_to_change_is_said(desk: FlaskClient, open_campaign: int) -> None:
    for kind in ("schedule", "policy", "share", "limits"):
        answer = look_over(desk, kind)
        assert answer.status_code == 422
        assert "Nothing would change." in answer.text


def test_drafts_and_closed_campaigns_have_no_terms_to_revise(desk: FlaskClient, services: Services) -> None:
    make_campaign(services.database)
    with services.database.write() as session:
        session.get_one(Campaign, 1).status = "closed"
    assert look_over(desk, "share", organiser_share="600").status_code == 409
    assert "its terms stay as they were" in desk.get(REVISE).text
    with services.database.write() as session:
        session.get_one(Campaign, 1).status = "draft"
    assert look_over(desk, "share", organiser_share="600").status_code == 409
    assert "A draft is simply edited" in desk.get(REVISE).text
    assert desk.get(f"{REVISE}/other").status_code == 404


def test_stages_with_taxes_are_typed_and_come_back(desk: FlaskClient, services: Services, database: Database) -> None:
    make_campaign(database)
    typed = {
        "stage_0_en": "Demand letter", "stage_0_buys_en": "An answer.", "stage_1_en": "Trial", "stage_1_stretch": "1",
        "tax_0_name": GST.name, "tax_0_rate": "5", "tax_1_name": QST.name, "tax_1_rate": "9.975", "tax_1_compound": "1",
        "line_0_tax_0": "1", "line_0_tax_1": "1", "line_0_high": "12",
        "line_1_en": "Trial", "line_1_cost": "1000", "line_1_stage": "1", "line_1_tax_0": "1", "line_1_included": "1",
    }  # fmt: skip
    assert publish(desk, "schedule", **typed).status_code == 303
    with database.read() as session:
        schedule = current_schedule(session, 1)
        assert schedule.target == 200_000 + 10_000 + 20_948, "9.975 % of 2,100.00 is 209.475"
        assert [(stage.title["en"], stage.stretch) for stage in schedule.stages] == [
            ("Demand letter", False),
            ("Trial", True),
        ]
        assert [(line.stage, line.tax_included, line.hours_high_hundredths) for line in schedule.lines] == [
            (0, False, 1200),
            (1, True, None),
        ]
    assert look_over(desk, "schedule").status_code == 422, "the form holds what was saved, so nothing would change"
    page = desk.get("/c/four-labels").text
    for words in ("Demand letter", "An answer.", "If more comes in", "Next: Demand letter", "2,309.48"):
        assert words in page
    stages = desk.get("/api/v1/campaigns/four-labels").get_json()["stages"]
    assert [(one["title"], one["amount"], one["cumulative"], one["funded"]) for one in stages] == [
        ("Demand letter", 230_948, 230_948, False),
        ("Trial", 100_000, 330_948, False),
    ]
    assert desk.get("/api/v1/campaigns/four-labels").get_json()["target"] == 230_948
