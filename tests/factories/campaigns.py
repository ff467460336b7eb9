"""Campaigns as the desk would make them: the founding case, in whatever currency a test needs."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fund.campaigns.close_campaign import close_campaign
from fund.campaigns.forms import CampaignForm, LineForm, PartyForm, PolicyForm, TaxForm, TextForm
from fund.campaigns.launch_campaign import launch_campaign
from fund.campaigns.launch_checklist import STEPS
from fund.campaigns.models import LaunchStep
from fund.campaigns.open_campaign import open_campaign
from fund.db.session import Database

ALICE = "member:1"
OPENED = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
SLUG = "four-labels"
ENGLISH = TextForm(
    title="Four labels against one community",
    kicker="Montréal",
    standfirst="Four record labels ask us to close. The money pays our lawyer.",
    story="It began with **four letters**.",
    if_we_win="The community stays.",
    if_we_lose="The community closes.",
    if_we_settle="We say so here, with the terms.",
)
FRENCH = replace(ENGLISH, title="Quatre maisons de disques contre une communauté")
GST, QST = TaxForm("GST", 50_000), TaxForm("QST", 99_750)
EIGHT_HOURS = LineForm(label={"en": "Answer to the letters"}, rate=25_000, hours_hundredths=800)


def campaign_form(**changes: Any) -> CampaignForm:
    """The founding case, ready to launch: 250 CAD an hour, 8 hours, 500 of them the organiser's own."""
    form = CampaignForm(
        slug=SLUG,
        currency="CAD",
        organiser_share=50_000,
        minimum_gift=500,
        audience_size=46_000,
        texts={"en": ENGLISH, "fr": FRENCH},
        parties=(PartyForm("complainant", {"en": "A label"}), PartyForm("respondent", {"en": "The community"})),
        demands=({"en": "Close the site", "fr": "Fermer le site"},),
        lines=(EIGHT_HOURS,),
        policy=PolicyForm("refund", {"en": "It goes back to you.", "fr": "Il vous revient."}),
    )
    return replace(form, **changes)


def make_draft(database: Database, **changes: Any) -> int:
    """The id of a campaign that only the desk sees, with every step before launch settled."""
    with database.write() as session:
        campaign_id = open_campaign(session, form=campaign_form(**changes), actor=ALICE, now=OPENED).id
    settle_steps(database, campaign_id)
    return campaign_id


def settle_steps(database: Database, campaign_id: int) -> None:
    """What a person sees to before a launch, as if it had been."""
    with database.write() as session:
        for name in STEPS:
            session.add(
                LaunchStep(campaign_id=campaign_id, name=name, state="done", settled_by=ALICE, settled_at=OPENED)
            )


def make_campaign(database: Database, **changes: Any) -> int:
    """The id of a campaign that takes gifts."""
    campaign_id = make_draft(database, **changes)
    with database.write() as session:
        launch_campaign(session, campaign_id=campaign_id, actor=ALICE, now=OPENED)
    return campaign_id


def end_campaign(database: Database, campaign_id: int, *, now: datetime) -> None:
    with database.write() as session:
        close_campaign(session, campaign_id=campaign_id, actor=ALICE, now=now)
