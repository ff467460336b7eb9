"""The hard cases of giving, by number: double clicks, back buttons, delayed methods, odd amounts and odd words."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.contract.sandbox_client import stripe_client
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.closing import closing_form
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.fixtures.sandbox_process import SandboxRefused
from tests.fixtures.threads import at_once
from tests.people import ALICE, add_member, sign_in

THANKS = f"/c/{SLUG}/thanks?session_id="
CONFIRMED = "Your gift is in."


def sessions(installation: Installation) -> list[Any]:
    return list(stripe_client(installation.sandbox).v1.checkout.sessions.list(params={"limit": 100}).data)


def calls(installation: Installation) -> int:
    """How often Stripe was asked to make a session."""
    return sum(
        each.get("path") == "/v1/checkout/sessions" and each["method"] == "POST" for each in installation.sandbox.log()
    )


def thanks(installation: Installation, session_id: str) -> str:
    return installation.app.test_client().get(THANKS + session_id).text


@pytest.mark.case(22)
def test_case_22_a_double_click_and_two_tabs(installation: Installation) -> None:
    nonce = installation.nonce()
    answers = at_once(4, lambda _n: installation.send_form("62.50", nonce=nonce))
    answers.append(installation.send_form("62.50", nonce=nonce))
    assert [answer.status_code for answer in answers] == [303] * 5
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (len(installation.gifts()), len(sessions(installation))) == (1, 1)


@pytest.mark.case(22)
@sqlite_only
def test_case_22_the_form_of_a_paid_gift_leads_to_its_thanks(installation: Installation) -> None:
    nonce = installation.nonce()
    session_id = installation.pay_and_book(nonce=nonce)
    again = installation.send_form(nonce=nonce)
    assert again.status_code == 303
    assert again.headers["Location"].endswith(THANKS + session_id)
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(23)
@sqlite_only
def test_case_23_another_amount_is_another_gift(installation: Installation) -> None:
    nonce = installation.nonce()
    first, second = installation.give("62.50", nonce=nonce), installation.give("20", nonce=nonce)
    assert first != second
    installation.work()
    assert {one.id: one.status for one in sessions(installation)} == {first: "expired", second: "open"}
    with pytest.raises(SandboxRefused):
        installation.sandbox.pay(first)
    installation.sandbox.pay(second)
    installation.work()
    assert (installation.gift(first).state, installation.gift(second).state) == ("expired", "paid")
    installation.prove(raised=2000, gifts=1)


@pytest.mark.case(24)
@sqlite_only
@pytest.mark.parametrize("fault", ["commit_then_reset", "reset", "500", "429"])
def test_case_24_the_answer_about_a_session_is_lost(installation: Installation, fault: str) -> None:
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/checkout/sessions", "mode": fault, "times": 1})
    session_id = installation.give()
    assert [one.id for one in sessions(installation)] == [session_id]
    installation.sandbox.pay(session_id)
    installation.work()
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(25)
@sqlite_only
def test_case_25_back_button_and_both_are_paid(installation: Installation) -> None:
    nonce = installation.nonce()
    first = installation.give("62.50", nonce=nonce)
    installation.sandbox.pay(first)
    second = installation.give("20", nonce=nonce)
    installation.sandbox.pay(second)
    installation.work()
    assert [(gift.amount, gift.state, gift.review) for gift in installation.gifts()] == [
        (6250, "paid", ""),
        (2000, "paid", ""),
    ]
    installation.prove(raised=8250, gifts=2)


@pytest.mark.case(26)
@sqlite_only
def test_case_26_another_amount_than_planned_is_booked_and_looked_at(installation: Installation) -> None:
    session_id = installation.give()
    with installation.database.write() as session:
        session.execute(text("UPDATE donation SET amount = 999999"))
    installation.sandbox.pay(session_id)
    installation.work()
    gift = installation.gift(session_id)
    assert (gift.state, gift.review, gift.amount) == ("paid", "amount_differs", 6250)
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(27)
@sqlite_only
def test_case_27_thanks_for_what_was_not_completed(installation: Installation) -> None:
    expired = installation.give()
    installation.sandbox.advance(3600)
    installation.work()
    assert installation.gift(expired).state == "expired"
    assert "This gift was not completed" in thanks(installation, expired)
    installation.prove(raised=0, gifts=0)


@pytest.mark.case(27)
@sqlite_only
def test_case_27_thanks_tells_a_stranger_nothing(installation: Installation) -> None:
    session_id = installation.pay_and_book(display_name="Zebulon", visibility="hidden", message="Courage")
    page = thanks(installation, session_id)
    assert CONFIRMED in page
    assert not any(word in page for word in ("Zebulon", "Courage", "charlie@", "Charlie"))
    other = make_campaign(installation.database, slug="other")
    answers = [installation.app.test_client().get(f"/c/other/thanks?session_id={session_id}")]
    answers += [installation.app.test_client().get(THANKS + forged) for forged in ("", "cs_test_x", "%00", "'" * 300)]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert not any(CONFIRMED in answer.text for answer in answers)
    assert other


@pytest.mark.case(28)
def test_case_28_a_debit_counts_when_it_has_settled(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="process")
    installation.work()
    gift = installation.gift(session_id)
    assert (gift.state, gift.progress) == ("pending", "processing")
    assert "Your bank debit is on its way" in thanks(installation, session_id)
    installation.prove(raised=0, gifts=0)
    installation.work_hourly(after=timedelta(days=2))
    assert installation.gift(session_id).state == "pending"
    installation.sandbox.pay(session_id, method="acss_debit", outcome="settle")
    installation.work()
    installation.prove(raised=6250, gifts=1)
    assert len(installation.mail_to("charlie@example.net")) == 1


@pytest.mark.case(28)
@sqlite_only
def test_case_28_a_debit_that_fails_is_told_and_never_counts(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="process")
    installation.work()
    installation.sandbox.pay(session_id, method="acss_debit", outcome="fail")
    installation.work()
    installation.work_hourly(after=timedelta(days=2))
    assert installation.gift(session_id).state == "failed"
    assert "This gift was not completed" in thanks(installation, session_id)
    (told,) = installation.mail_to("charlie@example.net")
    assert "Receipt" not in told
    installation.prove(raised=0, gifts=0)


@sqlite_only
def test_a_declined_card_can_be_followed_by_another(installation: Installation) -> None:
    session_id = installation.give()
    assert installation.sandbox.pay(session_id, card="4000000000000002")["charge_status"] == "failed"
    installation.work()
    assert installation.gift(session_id).state == "pending"
    installation.sandbox.pay(session_id)
    installation.work()
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(29)
@sqlite_only
def test_case_29_a_gift_that_lands_after_closing_is_kept_and_marked(installation: Installation) -> None:
    nonce, paid, left = installation.nonce(), installation.give(), installation.give("20")
    installation.sandbox.post("/_sandbox/delivery", {"mode": "hold"})
    installation.sandbox.pay(paid)
    close_at_the_desk(installation)
    refused = installation.send_form(nonce=nonce)
    assert refused.status_code == 409
    assert "takes no more gifts" in refused.text
    installation.sandbox.post("/_sandbox/delivery", {"mode": "normal"})
    installation.work()
    assert {one.id: one.status for one in sessions(installation)} == {paid: "complete", left: "expired"}
    assert (installation.gift(paid).review, installation.gift(left).state) == ("late", "expired")
    installation.prove(raised=6250, gifts=1)


def close_at_the_desk(installation: Installation) -> None:
    installation.app.config["WTF_CSRF_ENABLED"] = False
    client = installation.app.test_client()
    sign_in(client, installation.database, add_member(installation.database, ALICE))
    assert client.post(f"/desk/campaigns/{installation.campaign_id}/close", data=closing_form()).status_code == 303


AMOUNTS = [
    ("CAD", "", 422), ("CAD", "0", 422), ("CAD", "-5", 422), ("CAD", "4.99", 422), ("CAD", "1e9", 422),
    ("CAD", "12.345", 422), ("CAD", "１２", 422), ("CAD", "1,50", 422), ("CAD", "nan", 422), ("CAD", "1000000", 422),
    ("CAD", "9" * 40, 422), ("CAD", "6\x002", 422), ("CAD", "6\u20092", 422), ("CAD", "5", 500),
    ("CAD", "1,250.50", 125_050), ("CAD", "999999.99", 99_999_999),
    ("USD", "0.49", 422), ("USD", "0.50", 50), ("JPY", "500", 500), ("JPY", "49", 422), ("JPY", "500.5", 422),
    ("KWD", "5.125", 422), ("KWD", "5.120", 5120), ("KWD", "99999.999", 422), ("KWD", "99999.990", 99_999_990),
]  # fmt: skip


@pytest.mark.case(30)
@sqlite_only
def test_case_30_exact_minor_units_or_a_refusal_before_stripe_is_asked(installation: Installation) -> None:
    minimum = {"CAD": 500, "USD": 50, "JPY": 50, "KWD": 10}
    for currency, least in minimum.items():
        make_campaign(installation.database, slug=currency.lower(), currency=currency, minimum_gift=least)
    installation.sandbox.delete("/_sandbox/log")
    wrong = []
    for currency, amount, expected in AMOUNTS:
        before = calls(installation)
        answer = installation.send_form(amount, slug=currency.lower())
        if expected == 422:
            found = answer.status_code if calls(installation) == before and "error" in answer.text else "asked"
        else:
            found = sessions(installation)[0].amount_total if answer.status_code == 303 else answer.status_code
        if found != expected:
            wrong.append((currency, amount, found))
    assert wrong == []


ODD = "<b>&\"'</b>"
ADDRESSES = (
    "x", "a@b", "a b@example.org", "a@example.org\nBcc: m@e.org", "a@example.org,b@example.org", "<a@example.org>",
    "a@" + "x" * 250 + ".org", "@example.org", "a\x00@example.org",
)  # fmt: skip
FORMS: list[tuple[dict[str, str], str]] = [
    ({"display_name": "x" * 81}, "80"),
    ({"display_name": ""}, "name"),
    ({"message": "x" * 1001}, "1000"),
    ({"visibility": "secret", "message": "hello"}, "hidden from us"),
    ({"visibility": "everyone"}, "Choose how you appear"),
    ({"visibility": ""}, "Choose how you appear"),
    ({"frequency": "weekly"}, "how often"),
    *[({"email": email}, "e-mail address") for email in ADDRESSES],
]


@sqlite_only
def test_a_wrong_form_comes_back_with_what_was_typed(installation: Installation) -> None:
    installation.sandbox.delete("/_sandbox/log")
    for fields, words in FORMS:
        answer = installation.send_form("62.50", **{"display_name": "Charlie Roy", **fields})
        assert answer.status_code == 422, fields
        assert words in answer.text, fields
        assert 'value="62.50"' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="nonce" value="' in answer.text
    assert (installation.gifts(), calls(installation)) == ([], 0)


@pytest.mark.case(31)
@sqlite_only
def test_case_31_odd_words_are_shown_harmlessly_and_never_sent(installation: Installation) -> None:
    name, message = f"\u202eEve\u202c {ODD}\x00", f"{ODD}\r\nsecond line"
    session_id = installation.pay_and_book(display_name=name, message=message)
    gift = installation.gift(session_id)
    assert (gift.display_name, gift.message, gift.message_state) == (f"Eve {ODD}", f"{ODD}\nsecond line", "held")
    page = installation.app.test_client().get(f"/c/{SLUG}").text
    assert "Eve &lt;b&gt;&amp;" in page
    assert ODD not in page
    assert "second line" not in page
    (made,) = sessions(installation)
    assert made.metadata.to_dict() == {"site": "127.0.0.1:8000", "donation": gift.id, "campaign": SLUG}
    sent = [str(each) for each in installation.sandbox.log() if each.get("method") == "POST"]
    assert not any("Eve" in each or "second line" in each for each in sent)


@pytest.mark.case(32)
@sqlite_only
@pytest.mark.parametrize("more_settings", [{"GIVE_LIMIT": "3/10 minutes"}])
def test_case_32_one_address_is_limited_and_others_can_give(installation: Installation) -> None:
    flood = {"address": "192.0.2.1"}
    assert [installation.send_form("1", **flood).status_code for _ in range(5)] == [422] * 5
    answers = [installation.send_form("20", **flood) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [303] * 3 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 600
    assert 'value="20"' in answers[-1].text
    assert installation.send_form("20", address="192.0.2.2").status_code == 303
    assert len(installation.gifts()) == 4
    assert not any("192.0.2" in repr(vars(gift)) for gift in installation.gifts())


@sqlite_only
@pytest.mark.parametrize("nonce", ["x", "", "é", "\x00"])
def test_a_form_that_we_did_not_give_out_is_shown_again(installation: Installation, nonce: str) -> None:
    answer = installation.app.test_client().post(
        f"/c/{SLUG}/donate", data={"amount": "62.50", "nonce": nonce, "visibility": "hidden"}
    )
    assert answer.status_code == 422
    assert "open too long" in answer.text
    assert 'value="62.50"' in answer.text
    assert installation.gifts() == []


@sqlite_only
def test_a_gift_without_an_address_stays_without_one(installation: Installation) -> None:
    session_id = installation.give(email="")
    installation.sandbox.pay(session_id, email="collected.by@stripe.example")
    installation.work()
    gift = installation.gift(session_id)
    assert (gift.state, gift.email, gift.email_index) == ("paid", None, None)
    assert installation.sandbox.mail() == []
    installation.prove(raised=6250, gifts=1)
