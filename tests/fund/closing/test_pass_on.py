"""A surplus to a charity or to another campaign: only what was promised there, with its proof, by entries of both."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fund.campaigns.forms import PolicyForm
from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.closing.models import PassedOn
from fund.closing.pass_on import PassOnForm, Proof, pass_on
from fund.closing.reverse_passed_on import reverse_passed_on
from fund.donations.campaign_progress import campaign_progress
from fund.files.queries import file_to_show
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.ledger.check_ledger import check_ledger
from fund.web.services import Services
from tests.factories.billing import nonce
from tests.factories.campaigns import ALICE, make_campaign
from tests.factories.closing import close, confirm, make_plan
from tests.factories.donations import give
from tests.factories.entries import book
from tests.fund.closing.conftest import Ended
from tests.fund.files.pdfs import plain_pdf

CHARITY = PolicyForm("charity", {"en": "To the food bank.", "fr": "À la banque alimentaire."})
MATTER = PolicyForm("other_matter", {"en": "To the next case.", "fr": "À la prochaine affaire."})
PROOF = Proof(plain_pdf("Received with thanks."), "receipt.pdf")
TO_CHARITY = PassOnForm(charity="Moisson Montréal", amount=5_000, made_on=date(2026, 11, 2), proof=PROOF)


def ended_under(services: Services, policy: PolicyForm, *, slug: str = "four-labels", amount: int = 10_000) -> int:
    """Its gift was paid out to our bank."""
    campaign_id = make_campaign(services.database, slug=slug, policy=policy)
    give(services, campaign_id, amount)
    book(
        services.database,
        {"assets:bank:cad": amount, "assets:stripe:cad": -amount},
        kind="payout",
        source=f"payout:{slug}:paid",
    )
    close(services, campaign_id)
    return campaign_id


def give_on(services: Services, campaign_id: int, form: PassOnForm, *, key: str = "") -> PassedOn:
    with services.database.write() as session:
        return pass_on(
            session,
            campaign_id=campaign_id,
            form=form,
            nonce=key or nonce(),
            locale="en",
            actor=ALICE,
            now=utc_now(),
        )


def figures(services: Services, campaign_id: int) -> Progress:
    with services.database.read() as session:
        assert check_ledger(session).problems == []
        p = campaign_progress(session, session.get_one(Campaign, campaign_id))
    came = p.raised_gross + p.organiser_paid - p.refunded - p.fees
    assert came == p.available + p.held + p.in_trust + p.paid + p.passed_on
    return p


def take_back(services: Services, row: PassedOn, reason: str = "Came back.") -> PassedOn:
    with services.database.write() as session:
        return reverse_passed_on(session, passed_on_id=row.id, reason=reason, actor=ALICE, now=utc_now())


def test_a_charity_gets_what_was_promised_with_a_public_proof(services: Services) -> None:
    campaign_id = ended_under(services, CHARITY)
    row = give_on(services, campaign_id, TO_CHARITY)
    assert (row.charity, row.amount, row.to_campaign_id) == ("Moisson Montréal", 5_000, None)
    found = figures(services, campaign_id)
    assert (found.passed_on, found.available) == (5_000, 5_000)
    with services.database.read() as session:
        assert row.file_id is not None
        assert file_to_show(session, row.file_id) is not None


def test_another_campaign_has_it_from_the_same_moment(services: Services) -> None:
    campaign_id = ended_under(services, MATTER)
    other = make_campaign(services.database, slug="next-case")
    give_on(services, campaign_id, PassOnForm(to_campaign_id=other, amount=10_000, made_on=date(2026, 11, 2)))
    gave, got = figures(services, campaign_id), figures(services, other)
    assert (gave.passed_on, gave.available) == (10_000, 0)
    assert (got.passed_on, got.available, got.raised_gross) == (-10_000, 10_000, 0)


def test_a_form_sent_twice_is_one(services: Services) -> None:
    campaign_id, key = ended_under(services, CHARITY), nonce()
    assert (
        give_on(services, campaign_id, TO_CHARITY, key=key).id == give_on(services, campaign_id, TO_CHARITY, key=key).id
    )
    assert figures(services, campaign_id).passed_on == 5_000


def test_what_was_promised_back_to_donors_goes_nowhere_else(ended: Ended) -> None:
    with pytest.raises(Refusal, match="was promised to go there"):
        give_on(ended.services, ended.id, TO_CHARITY)


def test_more_than_is_left_is_refused_also_in_parts(services: Services) -> None:
    campaign_id = ended_under(services, CHARITY)
    give_on(services, campaign_id, TO_CHARITY)
    with pytest.raises(Refusal) as refused:
        give_on(services, campaign_id, replace(TO_CHARITY, amount=5_001))
    assert refused.value.field == "amount"
    give_on(services, campaign_id, TO_CHARITY)
    assert figures(services, campaign_id).available == 0


def test_money_that_is_still_at_stripe_cannot_have_been_paid(services: Services) -> None:
    campaign_id = make_campaign(services.database, policy=CHARITY)
    give(services, campaign_id, 10_000)
    close(services, campaign_id)
    with pytest.raises(Refusal, match="in our bank"):
        give_on(services, campaign_id, TO_CHARITY)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (replace(TO_CHARITY, charity=" \u200b "), "charity"),
        (replace(TO_CHARITY, charity="x" * 141), "charity"),
        (replace(TO_CHARITY, amount=0), "amount"),
        (replace(TO_CHARITY, amount=-5), "amount"),
        (replace(TO_CHARITY, amount=10_001), "amount"),
        (replace(TO_CHARITY, made_on=utc_now().date() + timedelta(days=1)), "made_on"),
        (replace(TO_CHARITY, made_on=date(2026, 9, 30)), "made_on"),
        (replace(TO_CHARITY, proof=None), "file"),
        (replace(TO_CHARITY, proof=Proof(b"no PDF", "receipt.pdf")), "file"),
        (replace(TO_CHARITY, to_campaign_id=99), "to_campaign"),
        (replace(TO_CHARITY, to_campaign_id=1), "to_campaign"),
    ],
)
def test_what_is_refused_books_nothing(services: Services, form: PassOnForm, field: str) -> None:
    campaign_id = ended_under(services, CHARITY)
    with pytest.raises(Refusal) as refused:
        give_on(services, campaign_id, form)
    assert refused.value.field == field
    assert figures(services, campaign_id).passed_on == 0


@pytest.mark.parametrize(("currency", "status"), [("SEK", "open"), ("CAD", "archived"), ("CAD", "draft")])
def test_not_every_campaign_can_take_it(services: Services, currency: str, status: str) -> None:
    campaign_id = ended_under(services, MATTER)
    other = make_campaign(services.database, slug="next-case", currency=currency)
    with services.database.write() as session:
        session.get_one(Campaign, other).status = status
    with pytest.raises(Refusal) as refused:
        give_on(services, campaign_id, PassOnForm(to_campaign_id=other, amount=100, made_on=date(2026, 11, 2)))
    assert refused.value.field == "to_campaign"


def test_while_an_unpaid_bill_stands_nothing_is_passed_on(services: Services) -> None:
    campaign_id = ended_under(services, CHARITY)
    bill = {"exp:legal:four-labels": 100, "liab:bills:four-labels": -100}
    book(services.database, bill, kind="bill_issued", campaign_id=campaign_id)
    with pytest.raises(Refusal) as refused:
        give_on(services, campaign_id, TO_CHARITY)
    assert refused.value.status == 409


def test_while_a_surplus_is_refunded_nothing_is_passed_on(ended: Ended) -> None:
    confirm(ended.services, make_plan(ended.services, ended.id))
    with pytest.raises(Refusal, match="being refunded"):
        give_on(ended.services, ended.id, TO_CHARITY)


def test_what_is_reversed_is_available_again_and_its_proof_no_longer_public(services: Services) -> None:
    campaign_id = ended_under(services, CHARITY)
    row = give_on(services, campaign_id, TO_CHARITY)
    take_back(services, row)
    found = figures(services, campaign_id)
    assert (found.passed_on, found.available) == (0, 10_000)
    with services.database.read() as session:
        assert row.file_id is not None
        assert file_to_show(session, row.file_id) is None
    with pytest.raises(Refusal) as refused:
        take_back(services, row)
    assert refused.value.status == 409


def test_a_reversal_needs_a_reason(services: Services) -> None:
    row = give_on(services, ended_under(services, CHARITY), TO_CHARITY)
    with pytest.raises(Refusal) as refused:
        take_back(services, row, reason=" ")
    assert refused.value.field == "reason"


def test_what_the_other_campaign_has_spent_is_not_taken_from_it(services: Services) -> None:
    campaign_id = ended_under(services, MATTER)
    other = make_campaign(services.database, slug="next-case")
    row = give_on(services, campaign_id, PassOnForm(to_campaign_id=other, amount=100, made_on=date(2026, 11, 2)))
    book(services.database, {"exp:legal:next-case": 50, "assets:bank:cad": -50}, kind="bill_paid", campaign_id=other)
    with pytest.raises(Refusal, match="no longer has this money"):
        take_back(services, row)
    assert figures(services, other).passed_on == -100


def test_a_form_of_one_campaign_does_not_answer_for_another(services: Services) -> None:
    first, second = ended_under(services, CHARITY), ended_under(services, CHARITY, slug="second")
    give_on(services, first, TO_CHARITY, key="one-form")
    with pytest.raises(Refusal, match="not complete"):
        give_on(services, second, TO_CHARITY, key="one-form")
    assert figures(services, second).passed_on == 0
