"""From draft to closed: what each step demands, changes and leaves in the audit log."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.campaigns.close_campaign import close_campaign
from fund.campaigns.edit_campaign import edit_campaign
from fund.campaigns.forms import LineForm, PartyForm, PolicyForm, TextForm
from fund.campaigns.launch_campaign import launch_campaign
from fund.campaigns.launch_checklist import launch_checklist
from fund.campaigns.models import Campaign
from fund.campaigns.queries import (
    as_rules,
    current_policy,
    current_schedule,
    open_campaigns,
    public_campaign,
    public_campaigns,
)
from fund.campaigns.rules import breakdown
from fund.db.session import Database
from fund.kit.errors import Refusal
from tests.factories.campaigns import (
    ALICE,
    EIGHT_HOURS,
    ENGLISH,
    FRENCH,
    GST,
    OPENED,
    QST,
    SLUG,
    campaign_form,
    end_campaign,
    make_campaign,
    make_draft,
)
from tests.fixtures.databases import sqlite_only

LATER = OPENED + timedelta(days=3)
TAXED = {"lines": (replace(EIGHT_HOURS, taxes=(0, 1)),), "taxes": (GST, QST)}


def launch(database: Database, campaign_id: int) -> None:
    with database.write() as session:
        launch_campaign(session, campaign_id=campaign_id, actor=ALICE, now=LATER)


def edit(database: Database, campaign_id: int, **changes: Any) -> None:
    with database.write() as session:
        edit_campaign(session, campaign_id=campaign_id, form=campaign_form(**changes), actor=ALICE, now=LATER)


def status(database: Database, campaign_id: int) -> str:
    with database.read() as session:
        return session.get_one(Campaign, campaign_id).status


def audited(database: Database) -> list[tuple[str, str, Any, Any]]:
    with database.read() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.action, row.subject, row.before, row.after) for row in rows]


@pytest.mark.parametrize(("changes", "target"), [({}, 200_000), (TAXED, 229_950)])
def test_the_target_comes_from_the_schedule(database: Database, changes: dict[str, Any], target: int) -> None:
    campaign_id = make_draft(database, **changes)
    with database.read() as session:
        schedule = current_schedule(session, campaign_id)
        assert schedule.target == breakdown(as_rules(schedule)).target == target
        assert [line.amount for line in schedule.lines] == [200_000]


@pytest.mark.parametrize(
    ("currency", "rate", "target"), [("JPY", 30_000, 240_000), ("KWD", 75_120, 600_960), ("SEK", 250_000, 2_000_000)]
)
@sqlite_only
def test_currencies_count_in_their_own_minor_units(database: Database, currency: str, rate: int, target: int) -> None:
    campaign_id = make_draft(database, currency=currency, lines=(replace(EIGHT_HOURS, rate=rate),))
    with database.read() as session:
        assert current_schedule(session, campaign_id).target == target


def test_a_draft_is_nobodys_business(database: Database) -> None:
    draft, opened = make_draft(database, slug="draft"), make_campaign(database)
    with database.read() as session:
        assert public_campaign(session, "draft") is None
        assert [one.id for one in public_campaigns(session)] == [one.id for one in open_campaigns(session)] == [opened]
    assert status(database, draft) == "draft"


MISSING: dict[str, list[dict[str, Any]]] = {
    "surplus_policy": [{"policy": None}, {"policy": PolicyForm("refund", {"en": "Back to you."})}],
    "fee_schedule": [{"lines": ()}, {"organiser_share": 200_000}],
    "texts": [{"texts": {"en": replace(ENGLISH, story="")}}, {"texts": {"en": ENGLISH, "fr": TextForm(title="Titre")}}],
    "stakes": [{"texts": {"en": replace(ENGLISH, if_we_settle="")}}],
    "parties": [{"parties": ()}],
    "demands": [{"demands": ()}],
}


@sqlite_only
def test_a_launch_is_refused_for_each_thing_that_is_missing(database: Database) -> None:
    cases = [(field, changes) for field, variants in MISSING.items() for changes in variants]
    for number, (field, changes) in enumerate(cases):
        campaign_id = make_draft(database, slug=f"matter-{number}", **changes)
        with pytest.raises(Refusal) as refused:
            launch(database, campaign_id)
        assert (refused.value.field, refused.value.status) == (field, 422), changes
        assert status(database, campaign_id) == "draft"
    assert {action for action, *_ in audited(database)} == {"open_campaign"}


def test_a_launch_opens_it_once(database: Database) -> None:
    campaign_id = make_draft(database)
    with database.read() as session:
        assert all(check.done for check in launch_checklist(session, session.get_one(Campaign, campaign_id)))
    launch(database, campaign_id)
    with pytest.raises(Refusal) as refused:
        launch(database, campaign_id)
    assert refused.value.status == 409
    with database.read() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert (campaign.status, campaign.opened_at) == ("open", LATER)
    assert audited(database)[1:] == [
        ("launch_campaign", f"campaign:{campaign_id}", {"status": "draft"}, {"status": "open"})
    ]


def test_a_draft_can_change_in_everything(database: Database) -> None:
    campaign_id = make_draft(database)
    edit(
        database,
        campaign_id,
        slug="five-labels",
        currency="SEK",
        organiser_share=0,
        texts={"en": ENGLISH, "fr": TextForm()},
        policy=PolicyForm("charity", {"en": "To a charity."}),
        parties=(PartyForm("complainant", {"en": "Another label"}),),
        **TAXED,
    )
    with database.read() as session:
        campaign = session.get_one(Campaign, campaign_id)
        policy = current_policy(session, campaign_id)
        assert (campaign.slug, campaign.currency, campaign.organiser_share) == ("five-labels", "SEK", 0)
        assert [text.locale for text in campaign.texts] == ["en"]
        assert [party.name for party in campaign.parties] == [{"en": "Another label"}]
        assert current_schedule(session, campaign_id).target == 229_950
        assert policy is not None
        assert (policy.kind, policy.version) == ("charity", 1)
    action, _, before, after = audited(database)[-1]
    assert action == "edit_campaign"
    assert (before["slug"], after["slug"]) == (SLUG, "five-labels")
    assert (before["target"], after["target"]) == (200_000, 229_950)
    assert (before["policy"]["kind"], after["policy"]["kind"]) == ("refund", "charity")
    assert "audience_size" not in before


def test_after_launch_the_words_change_and_the_terms_do_not(database: Database) -> None:
    campaign_id = make_campaign(database)
    edit(
        database,
        campaign_id,
        slug="other",
        currency="SEK",
        organiser_share=1,
        policy=PolicyForm("charity", {"en": "To a charity."}),
        texts={"en": replace(ENGLISH, title="Five labels"), "fr": FRENCH},
        demands=({"en": "Close the site"}, {"en": "Say sorry"}),
        **TAXED,
    )
    with database.read() as session:
        campaign = session.get_one(Campaign, campaign_id)
        policy = current_policy(session, campaign_id)
        assert (campaign.slug, campaign.currency, campaign.organiser_share) == (SLUG, "CAD", 50_000)
        assert current_schedule(session, campaign_id).target == 200_000
        assert policy is not None
        assert policy.kind == "refund"
        assert campaign.text("en").title == "Five labels"
        assert [demand.text["en"] for demand in campaign.demands] == ["Close the site"]
    _, _, before, after = audited(database)[-1]
    assert sorted(before) == sorted(after) == ["texts"]


def test_closing_is_for_open_campaigns_and_once(database: Database) -> None:
    draft, opened = make_draft(database, slug="draft"), make_campaign(database)
    end_campaign(database, opened, now=LATER)
    for campaign_id, expected in ((draft, 409), (opened, 409), (999, 404)):
        with database.write() as session, pytest.raises(Refusal) as refused:
            close_campaign(session, campaign_id=campaign_id, actor=ALICE, now=LATER)
        assert refused.value.status == expected
    assert status(database, opened) == "closed"
    assert audited(database)[-1][0] == "close_campaign"
    with database.read() as session:
        assert open_campaigns(session) == []
        assert public_campaign(session, SLUG) is not None


def test_an_address_belongs_to_one_campaign(database: Database) -> None:
    make_campaign(database)
    other = make_draft(database, slug="other")
    for again in (lambda: make_draft(database), lambda: edit(database, other, slug=SLUG)):
        with pytest.raises(Refusal) as refused:
            again()
        assert refused.value.field == "slug"


@pytest.mark.parametrize("use_case", [launch, edit])
@sqlite_only
def test_what_is_not_there_is_not_found(database: Database, use_case: Any) -> None:
    with pytest.raises(Refusal) as refused:
        use_case(database, 999)
    assert refused.value.status == 404


LONG = "x" * 40_001
WRONG: list[tuple[str, dict[str, Any]]] = [
    *[("slug", {"slug": slug}) for slug in ("", "-a", "a-", "A", "a b", "é", "a/b", "new", "x" * 61, "a\n")],
    ("currency", {"currency": "XXX"}),
    ("currency", {"currency": "cad"}),
    ("organiser_share", {"organiser_share": -1}),
    ("organiser_share", {"organiser_share": 200_001}),
    ("organiser_share", {"organiser_share": 10**11 + 1}),
    ("minimum_gift", {"minimum_gift": 0}),
    ("minimum_gift", {"minimum_gift": 49}),
    ("minimum_gift", {"minimum_gift": 505, "currency": "KWD"}),
    ("audience_size", {"audience_size": 0}),
    ("audience_size", {"audience_size": 10**9}),
    ("en_title", {"texts": {}}),
    ("en_title", {"texts": {"en": TextForm()}}),
    ("fr_title", {"texts": {"en": ENGLISH, "fr": TextForm(story="sans titre")}}),
    ("en_story", {"texts": {"en": replace(ENGLISH, story=LONG)}}),
    ("en_title", {"texts": {"en": replace(ENGLISH, title="a\x00b")}}),
    ("parties", {"parties": (PartyForm("judge", {"en": "x"}),)}),
    ("respondent", {"parties": (PartyForm("respondent", {"en": ""}),)}),
    ("en_demands", {"demands": ({"en": "x" * 301},)}),
    ("demands", {"demands": ({"en": "x"},) * 61}),
    ("taxes", {"taxes": (replace(GST, name=""),)}),
    ("taxes", {"taxes": (replace(GST, rate_ppm=0),)}),
    ("taxes", {"taxes": (replace(GST, rate_ppm=1_000_001),)}),
    ("taxes", {"taxes": (GST,) * 7}),
    ("lines", {"lines": (LineForm({"en": "x"}),)}),
    ("lines", {"lines": (LineForm({"en": "x"}, rate=1),)}),
    ("lines", {"lines": (LineForm({"en": "x"}, rate=1, hours_hundredths=1, amount=1),)}),
    ("lines", {"lines": (LineForm({"en": "x"}, amount=0),)}),
    ("lines", {"lines": (LineForm({"en": "x"}, amount=-5),)}),
    ("lines", {"lines": (LineForm({"en": "x"}, rate=1, hours_hundredths=0),)}),
    ("lines", {"lines": (LineForm({"en": "x"}, rate=1, hours_hundredths=1_000_000),)}),
    ("lines", {"lines": (replace(EIGHT_HOURS, taxes=(0,)),)}),
    ("lines", {"lines": (replace(EIGHT_HOURS, label={}),)}),
    ("policy_kind", {"policy": PolicyForm("keep", {"en": "x"})}),
    ("policy_text", {"policy": PolicyForm("refund", {})}),
    ("en_policy", {"policy": PolicyForm("refund", {"en": "x" * 2001})}),
]


@sqlite_only
def test_a_wrong_form_is_refused_at_its_field_and_nothing_is_kept(database: Database) -> None:
    for field, changes in WRONG:
        with pytest.raises(Refusal) as refused:
            make_draft(database, **changes)
        assert (refused.value.field, refused.value.status) == (field, 422), changes
    with database.read() as session:
        assert session.scalars(select(Campaign.id)).all() == []
