"""How a campaign ends: once, everywhere at the same moment, and in words that no other ending has."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.campaigns.models import Campaign
from fund.closing.close_with_outcome import close_with_outcome
from fund.closing.correct_outcome import correct_outcome
from fund.closing.queries import outcome_of
from fund.closing.rules import OUTCOMES
from fund.donations.models import MonthlyGift
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.models import Delivery, MailBody
from fund.web.services import Services
from tests.factories.campaigns import ALICE, end_campaign, make_campaign, make_draft
from tests.factories.closing import ENDED_ON, TEXT, close
from tests.factories.donations import settle, start_gift
from tests.factories.mailings import write_down
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fixtures.threads import at_once

WORDS = {
    ("won", "en"): "We won",
    ("lost", "en"): "We lost",
    ("settled", "en"): "The case was settled",
    ("withdrawn", "en"): "The claim was withdrawn",
    ("site_closed", "en"): "The site has closed",
    ("won", "fr"): "Nous avons gagné",
    ("lost", "fr"): "Nous avons perdu",
    ("settled", "fr"): "L’affaire s’est réglée à l’amiable",
    ("withdrawn", "fr"): "La demande a été retirée",
    ("site_closed", "fr"): "Le site a fermé",
}


@pytest.fixture
def campaign(services: Services) -> int:
    return make_campaign(services.database)


def pay(services: Services, campaign_id: int, email: str, *, locale: str = "en") -> str:
    gift = start_gift(services, campaign_id, email=email, locale=locale)
    assert isinstance(services.gateway, FakeGateway)
    services.gateway.pay(services.gateway.session_of(gift).id)
    settle(services, gift)
    return gift


def bodies(services: Services) -> list[tuple[str, str, str]]:
    """Language, subject and text of every mail about an ending that goes to somebody."""
    write_down(services)
    with services.database.read() as session:
        rows = session.scalars(
            select(MailBody).join(Delivery, Delivery.body_id == MailBody.id).where(MailBody.message == "closing")
        )
        return [(row.locale, row.subject, row.text) for row in rows]


def correct(services: Services, campaign_id: int, **changes: object) -> None:
    given = {"kind": "settled", "text": TEXT, "ended_on": ENDED_ON, **changes}
    with services.database.write() as session:
        correct_outcome(
            session, services.queue, services.sender, services.addresses,
            campaign_id=campaign_id, actor=ALICE, now=utc_now() + timedelta(minutes=1), **given,  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_ending_is_told_in_its_own_words_in_both_languages(services: Services, campaign: int, kind: str) -> None:
    pay(services, campaign, "charlie@example.net")
    pay(services, campaign, "carol@example.org", locale="fr")
    close(services, campaign, kind=kind)
    told = {locale: (subject, text) for locale, subject, text in bodies(services)}
    assert set(told) == {"en", "fr"}
    for locale, (subject, text) in told.items():
        assert subject.startswith(WORDS[kind, locale])
        assert TEXT[locale] in text
        others = [words for (other, language), words in WORDS.items() if language == locale and other != kind]
        assert [words for words in others if words.lower() in f"{subject}\n{text}".lower()] == []


def test_gifts_monthly_gifts_and_open_pages_stop_in_the_same_moment(services: Services, campaign: int) -> None:
    waiting = start_gift(services, campaign)
    with services.database.write() as session:
        monthly = MonthlyGift(
            campaign_id=campaign,
            subscription_id="sub_1",
            customer_id="cus_1",
            status="active",
            amount=1_000,
            currency="CAD",
            started_at=utc_now(),
        )
        session.add(monthly)
    assert isinstance(services.queue, FakeQueue)
    services.queue.enqueued.clear()
    close(services, campaign)
    queued = [task for task in services.queue.enqueued if task[0] not in ("drain_mail", "fill_mailing")]
    assert queued == [("cancel_monthly_gift", (monthly.id,)), ("expire_checkout", (waiting,))]
    with services.database.read() as session:
        assert session.get_one(Campaign, campaign).status == "closed"


def test_who_gave_twice_is_told_once_and_who_left_no_address_not_at_all(services: Services, campaign: int) -> None:
    for email in ("charlie@example.net", "Charlie@Example.net", ""):
        pay(services, campaign, email)
    start_gift(services, campaign, email="mallory@example.com")
    close(services, campaign)
    assert len(bodies(services)) == 1


def test_of_two_people_who_close_at_once_one_is_refused(services: Services, campaign: int) -> None:
    def attempt(number: int) -> str:
        kind = ("won", "lost")[number]
        try:
            close(services, campaign, kind=kind)
        except Refusal as refused:
            return str(refused.status)
        return kind

    ends = at_once(2, attempt)
    assert "409" in ends
    with services.database.read() as session:
        found = outcome_of(session, campaign)
        assert found is not None
        assert [found.kind] == [end for end in ends if end != "409"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "drawn"}, "kind"),
        ({"text": {"en": "Over."}}, "fr_text"),
        ({"text": {"fr": "Fini."}}, "en_text"),
        ({"ended_on": date(2099, 1, 1)}, "ended_on"),
        ({"ended_on": date(2026, 9, 30)}, "ended_on"),
    ],
)
def test_what_is_refused_closes_nothing(
    services: Services, campaign: int, changes: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"kind": "won", "text": TEXT, "ended_on": ENDED_ON, **changes}
    with pytest.raises(Refusal) as refused, services.database.write() as session:
        close_with_outcome(
            session, services.queue, services.sender, services.addresses,
            campaign_id=campaign, actor=ALICE, now=utc_now(), **given,  # type: ignore[arg-type]
        )  # fmt: skip
    assert refused.value.field == field
    with services.database.read() as session:
        assert session.get_one(Campaign, campaign).status == "open"
        assert outcome_of(session, campaign) is None


def test_a_draft_has_no_ending(services: Services) -> None:
    with pytest.raises(Refusal) as refused:
        close(services, make_draft(services.database))
    assert refused.value.status == 404


def test_a_correction_of_words_keeps_what_stood_and_writes_to_nobody(services: Services, campaign: int) -> None:
    pay(services, campaign, "charlie@example.net")
    close(services, campaign)
    correct(services, campaign, text={**TEXT, "en": "An injunction by consent."})
    with services.database.read() as session:
        found = outcome_of(session, campaign)
        assert found is not None
        assert found.text["en"] == "An injunction by consent."
        assert found.corrected_at is not None
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "correct_outcome")).one()
    assert entry.before["text"]["en"] == TEXT["en"]
    assert len(bodies(services)) == 1


def test_who_was_told_of_another_ending_is_told_that_it_was_wrong(services: Services, campaign: int) -> None:
    pay(services, campaign, "charlie@example.net")
    close(services, campaign, kind="won")
    correct(services, campaign, kind="lost")
    subjects = sorted(subject for _, subject, _ in bodies(services))
    assert [subject.partition(":")[0] for subject in subjects] == ["Correction", "We won"]
    assert "Correction: We lost" in subjects[0]


def test_the_same_words_again_change_nothing(services: Services, campaign: int) -> None:
    close(services, campaign)
    correct(services, campaign)
    with services.database.read() as session:
        found = outcome_of(session, campaign)
        assert found is not None
        assert found.corrected_at is None


def test_a_campaign_that_was_closed_without_words_gets_them_later(services: Services, campaign: int) -> None:
    end_campaign(services.database, campaign, now=utc_now())
    correct(services, campaign, kind="withdrawn")
    with services.database.read() as session:
        found = outcome_of(session, campaign)
        assert found is not None
        assert (found.kind, found.corrected_at) == ("withdrawn", None)


def test_an_open_campaign_has_nothing_to_correct(services: Services, campaign: int) -> None:
    with pytest.raises(Refusal) as refused:
        correct(services, campaign)
    assert refused.value.status == 409
