"""A schedule revised: a version beside the old ones, a number of its own, once however often it is sent."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.campaigns.forms import LineForm, PolicyForm, ScheduleForm, StageForm
from fund.campaigns.models import Campaign, FeeSchedule, Revision
from fund.campaigns.queries_of_history import policy_versions, revisions, schedule_versions
from fund.campaigns.revise_policy import revise_policy
from fund.campaigns.revise_schedule import revise_schedule
from fund.campaigns.schedule_as_form import schedule_as_form
from fund.db.session import Database
from fund.kit.errors import Refusal
from tests.factories.campaigns import ALICE, EIGHT_HOURS, GST, OPENED, QST, make_campaign

LATER = OPENED + timedelta(days=30)
WHY = {"en": "More plaintiffs.", "fr": "Plus de demandeurs."}
TRIAL = LineForm(
    {"en": "Trial"}, rate=25_000, hours_hundredths=2_400, taxes=(0, 1), stage=1, hours_high_hundredths=4_000
)
STAGED = ScheduleForm(
    lines=(replace(EIGHT_HOURS, taxes=(0,)), TRIAL),
    taxes=(GST, replace(QST, compound=True)),
    stages=(StageForm({"en": "Letters"}, {"en": "An answer."}), StageForm({"en": "Trial"}, stretch=True)),
)


def seen(database: Database, campaign_id: int) -> str:
    with database.read() as session:
        return session.get_one(Campaign, campaign_id).updated_at.isoformat()


def revise(database: Database, campaign_id: int, form: ScheduleForm, *, stamp: str = "") -> int | None:
    """The new revision's number."""
    with database.write() as session:
        made = revise_schedule(
            session,
            campaign_id=campaign_id,
            form=form,
            reason=WHY,
            seen=stamp or session.get_one(Campaign, campaign_id).updated_at.isoformat(),
            actor=ALICE,
            now=LATER,
        )
        return made.number if made else None


def test_every_version_stays_as_it_was(database: Database) -> None:
    campaign_id = make_campaign(database)
    with database.read() as session:
        first = schedule_as_form(schedule_versions(session, campaign_id)[0])
    assert revise(database, campaign_id, STAGED) == 1
    only_words = replace(STAGED, lines=(replace(STAGED.lines[0], label={"en": "Another word"}), TRIAL))
    assert revise(database, campaign_id, only_words) == 2
    with database.read() as session:
        versions = schedule_versions(session, campaign_id)
        assert [schedule_as_form(one) for one in versions] == [only_words, STAGED, first]
        assert [(one.version, one.target) for one in versions] == [(3, 210_000), (2, 210_000), (1, 200_000)]
        assert [(one.number, one.schedule_version) for one in revisions(session, campaign_id)] == [(2, 3), (1, 2)]


def test_sent_twice_it_revises_once_and_an_old_form_is_refused(database: Database) -> None:
    campaign_id = make_campaign(database)
    stamp = seen(database, campaign_id)
    assert [revise(database, campaign_id, STAGED, stamp=stamp) for _ in range(2)] == [1, None]
    with pytest.raises(Refusal) as refused:
        revise(database, campaign_id, replace(STAGED, taxes=(GST, QST)), stamp=stamp)
    assert refused.value.status == 409


def test_of_two_at_once_one_is_told(database: Database) -> None:
    campaign_id = make_campaign(database)
    stamp, told = seen(database, campaign_id), []
    start = threading.Barrier(2)

    def one(form: ScheduleForm) -> None:
        start.wait()
        try:
            told.append(revise(database, campaign_id, form, stamp=stamp))
        except Refusal as refusal:
            told.append(refusal.status)

    forms = (STAGED, replace(STAGED, taxes=(GST, QST)))
    threads = [threading.Thread(target=one, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=str) == [1, 409]
    with database.read() as session:
        assert len(session.scalars(select(FeeSchedule)).all()) == 2
        assert len(session.scalars(select(Revision)).all()) == 1


def test_a_rule_on_a_surplus_needs_every_language_and_gets_a_version(database: Database) -> None:
    campaign_id = make_campaign(database)

    def decide(form: PolicyForm) -> Revision | None:
        with database.write() as session:
            stamp = session.get_one(Campaign, campaign_id).updated_at.isoformat()
            return revise_policy(
                session, campaign_id=campaign_id, form=form, reason=WHY, seen=stamp, actor=ALICE, now=LATER
            )

    with pytest.raises(Refusal) as refused:
        decide(PolicyForm("charity", {"en": "To the food bank."}))
    assert refused.value.field == "fr_policy"
    both = PolicyForm("charity", {"en": "To the food bank.", "fr": "À la banque alimentaire."})
    assert decide(both) is not None
    assert decide(both) is None
    with database.read() as session:
        assert [(one.version, one.kind, one.decided_at) for one in policy_versions(session, campaign_id)] == [
            (2, "charity", LATER),
            (1, "refund", OPENED),
        ]
