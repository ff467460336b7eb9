"""The list before a launch: each step done, waived with a reason, opened again; and no launch before."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.campaigns.launch_checklist import STEPS
from fund.campaigns.models import Campaign, Counsel
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.payments.facts import Balance
from fund.web.services import Services
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.forms import forms_of, launch, submit
from tests.fund.desk.values import CASE, POLICY

pytestmark = sqlite_only
LAUNCH = "/desk/campaigns/1/launch"


@pytest.fixture
def draft(desk: FlaskClient) -> FlaskClient:
    submit(desk, "/desk/campaigns/new", **CASE, **POLICY)
    return desk


def steps_asked(desk: FlaskClient) -> set[str]:
    found = forms_of(desk.get(LAUNCH).text)
    return {form.action.rsplit("/", 1)[1] for form in found if form.action.startswith(f"{LAUNCH}/")}


def status(database: Database) -> str:
    with database.read() as session:
        return session.get_one(Campaign, 1).status


def test_every_step_is_asked_and_each_one_alone_keeps_the_campaign_closed(
    draft: FlaskClient, database: Database
) -> None:
    assert steps_asked(draft) == set(STEPS)
    launch(draft)
    assert status(database) == "open"
    assert steps_asked(draft) == set(), "after the launch the list is a record"
    assert draft.get(LAUNCH).text.count("What you see to") == 1


def test_what_is_to_be_read_or_entered_is_one_link_away(desk: FlaskClient) -> None:
    submit(desk, "/desk/campaigns/new", **CASE)
    page = desk.get(LAUNCH).text
    missing = page[page.index("Say what happens to a surplus") :]
    assert missing.partition("</li>")[0].count('href="/desk/campaigns/1"') == 1
    for address in ("/privacy", "/desk/campaigns/1/counsel", "/desk/campaigns/1/preview"):
        assert f'href="{address}"' in page.partition("What you see to")[2]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_was_opened_again_stops_the_launch(draft: FlaskClient, database: Database, step: str) -> None:
    for name in STEPS:
        submit(draft, LAUNCH, to=f"{LAUNCH}/{name}", action="done", reason="seen")
    submit(draft, LAUNCH, to=f"{LAUNCH}/{step}", action="reopen")
    refused = submit(draft, LAUNCH)
    assert (refused.status_code, status(database)) == (422, "draft")
    assert "Settle each step of the list first" in refused.text


def test_waiving_asks_for_a_reason_and_keeps_what_was_typed(draft: FlaskClient, database: Database) -> None:
    address = f"{LAUNCH}/backup_tried"
    refused = submit(draft, LAUNCH, to=address, action="waive", reason="  ")
    assert refused.status_code == 422
    assert "Say why this is not needed here" in refused.text
    too_long = submit(draft, LAUNCH, to=address, action="waive", reason="x" * 1001)
    assert too_long.status_code == 422
    assert "x" * 1001 in too_long.text
    assert submit(draft, LAUNCH, to=address, action="waive", reason="The host keeps copies").status_code == 303
    page = draft.get(LAUNCH).text
    assert "The host keeps copies" in page
    assert "waived" in page
    assert draft.post(address, data={"action": "waive", "reason": "again"}).status_code == 400
    with database.read() as session:
        kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "settle_launch_step")).one()
    assert kept.after == {"backup_tried": {"state": "waived", "reason": "The host keeps copies"}}


def test_counsel_entered_with_the_day_of_consent_settles_that_step(draft: FlaskClient, database: Database) -> None:
    with database.write() as session:
        session.add(
            Counsel(
                campaign_id=1,
                key="a-tremblay",
                name="A. Tremblay",
                from_on=date(2026, 9, 1),
                consented_on=date(2026, 9, 2),
                created_at=utc_now(),
            )
        )
    assert steps_asked(draft) == set(STEPS) - {"counsel_consent"}


def test_stripes_word_on_the_currency_counts(
    draft: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(services.gateway, FakeGateway)
    monkeypatch.setattr(services.gateway, "balances", lambda: [Balance("SEK", 0, 0)])
    address = f"{LAUNCH}/settlement_currency"
    refused = submit(draft, LAUNCH, to=address, action="done")
    assert refused.status_code == 422
    assert "Stripe shows no balance in CAD" in refused.text
    assert submit(draft, LAUNCH, to=address, action="waive", reason="Converted, as the page says").status_code == 303


def test_unknown_steps_and_acts(draft: FlaskClient) -> None:
    token = forms_of(draft.get(LAUNCH).text)[-1].values["csrf_token"]
    for path, action in ((f"{LAUNCH}/nothing", "done"), (f"{LAUNCH}/backup_tried", "burn")):
        assert draft.post(path, data={"csrf_token": token, "action": action}).status_code == 404
    assert "Retenue" not in draft.get(f"/fr{LAUNCH}").text
    assert "Ce que vous vérifiez" in draft.get(f"/fr{LAUNCH}").text
