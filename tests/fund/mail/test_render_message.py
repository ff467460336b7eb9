import re
from typing import Any

import pytest
from jinja2 import UndefinedError

from fund.mail.render_message import render_message
from fund.mail.sender import Sender

CAMPAIGN = {"campaign_title": "Four labels & one site", "campaign_url": "https://fund.example/c/four-labels"}
GIFT = {**CAMPAIGN, "amount": "62.50\xa0CAD", "gift_number": "3F2A99B1", "date": "21 November 2026"}
VALUES: dict[str, dict[str, Any]] = {
    "receipt": {
        **GIFT,
        "visibility": "public",
        "display_name": "Ève",
        "surplus_policy": "It goes back, pro rata.",
        "terms": "fee schedule of 3 October 2026, version 1",
        "message": "Hold on!",
        "fee_covered": "2.18\xa0CAD",
        "monthly": True,
        "later": False,
        "gift_url": "https://fund.example/gift/abc",
    },
    "refund": {
        **GIFT,
        "refunded": "20.00\xa0CAD",
        "whole": False,
        "surplus": False,
        "gift_url": "https://fund.example/gift/abc",
    },
    "closing": {
        **CAMPAIGN,
        "kind": "settled",
        "words": "A permanent injunction; the damages are *dropped*.",
        "ended_on": "20 November 2026",
        "correction": True,
        "policy": "It goes back, pro rata.",
    },
    "monthly_failing": {
        **GIFT,
        "monthly_amount": "62.50\xa0CAD",
        "gift_url": "https://fund.example/gift/abc",
    },
    "dispute_notice": {
        **GIFT,
        "due": "30 November 2026",
        "inquiry": False,
        "desk_url": "https://fund.example/desk/disputes/dp_1",
    },
    "gift_failed": {**GIFT, "donate_url": "https://fund.example/c/four-labels/donate"},
    "revision": {
        **CAMPAIGN,
        "title": "The fee schedule was revised",
        "kind": "schedule",
        "reason": "More plaintiffs.",
        "changes": [("Target", "2,000.00\xa0CAD", "8,000.00\xa0CAD")],
        "date": "21 November 2026",
        "history_url": "https://fund.example/c/four-labels/history#revision-1",
    },
    "confirm_follow": {**CAMPAIGN, "confirm_url": "https://fund.example/follow/abc", "days": 7, "events": False},
    "already_following": CAMPAIGN,
    "invitation": {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"},
    "review_request": {
        "campaign_title": CAMPAIGN["campaign_title"],
        "title": "Refused",
        "review_url": "https://fund.example/review/abc",
        "until": "20 January 2027",
    },
    "review_answer": {
        "campaign_title": CAMPAIGN["campaign_title"],
        "title": "Refused",
        "cleared": False,
        "has_comment": True,
        "desk_url": "https://fund.example/desk/updates/1",
    },
    "update": {
        **CAMPAIGN,
        "title": "Refused",
        "body": "The motion was *refused*.",
        "text_locale": "en",
        "update_url": "https://fund.example/c/four-labels/updates/4",
        "number": 4,
        "date": "21 November 2026",
        "members_only": True,
        "donors_only": False,
        "correction": "",
        "attachments": ["The letter"],
    },
}


def words(html: str) -> str:
    """What a reader of the HTML sees."""
    boxed = re.sub(r"</?span[^>]*>|(?:shown|linked)_(?=\w+%%)", "", html.partition("</head>")[2])
    plain = re.sub(r"<[^>]+>", " ", boxed)
    for entity, letter in (
        ("\xa0", " "),
        ("\u202f", " "),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&#39;", "'"),
    ):
        plain = plain.replace(entity, letter)
    return " ".join(plain.split())


@pytest.mark.parametrize("message", VALUES)
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_every_message_says_the_same_as_text_and_as_html(sender: Sender, message: str, locale: str) -> None:
    rendered = render_message(message, locale=locale, sender=sender, values=VALUES[message], can_leave=True)
    html = words(rendered.html).replace(" ", "")
    for line in rendered.text.splitlines():
        bare = "".join(line.replace("*", "").split())
        if "http" in bare or bare in ("--", "%%unsubscribe_url%%", "%%preferences_url%%"):
            continue
        for part in re.split(r":(?=\S)", bare):
            assert part in html, f"{part!r} is not in the HTML of {message}"
    assert set(re.findall(r"https://[^\s\"<]+", rendered.text)) <= set(re.findall(r"https://[^\s\"<]+", rendered.html))


@pytest.mark.parametrize("message", VALUES)
def test_every_message_ends_with_who_writes_and_the_way_out(sender: Sender, message: str) -> None:
    rendered = render_message(message, locale="en", sender=sender, values=VALUES[message], can_leave=True)
    for part in (rendered.text, rendered.html):
        assert "Le Carrefour" in part
        assert "1200, rue Sainte-Élisabeth" in part
        assert part.count("%%unsubscribe_url%%") == 1
        assert part.count("%%preferences_url%%") == 1
    without = render_message(message, locale="en", sender=sender, values=VALUES[message])
    assert "unsubscribe" not in without.text + without.html


def test_french_is_french(sender: Sender) -> None:
    rendered = render_message("receipt", locale="fr", sender=sender, values=VALUES["receipt"])
    assert rendered.subject == "Reçu : 62.50 CAD pour Four labels & one site"
    assert "Ce n’est pas un reçu fiscal." in rendered.text
    assert '<html lang="fr">' in rendered.html


@pytest.mark.parametrize(
    ("visibility", "name", "shown", "known"),
    [
        ("public", "Ève", "Ève", "Our team, Stripe and your bank"),
        ("public", None, "In public, without a name", "Our team, Stripe and your bank"),
        ("hidden", None, "Hidden from the public", "Our team, Stripe and your bank"),
        ("secret", None, "Hidden from the public and from our team", "Whoever can open our Stripe account"),
    ],
)
def test_a_receipt_says_how_the_gift_appears_and_who_still_knows(
    sender: Sender, visibility: str, name: str | None, shown: str, known: str
) -> None:
    values = {**VALUES["receipt"], "visibility": visibility, "display_name": name, "message": None}
    rendered = render_message("receipt", locale="en", sender=sender, values=values)
    assert f"How it appears: {shown}\n" in rendered.text
    assert shown in words(rendered.html)
    assert known in rendered.text
    assert "Your message" not in rendered.text


def test_names_are_text_never_markup(sender: Sender) -> None:
    name = '<img src="http://evil.example/x.png" onerror=alert(1)>'
    rendered = render_message("receipt", locale="en", sender=sender, values={**VALUES["receipt"], "display_name": name})
    assert "<img" not in rendered.html
    assert name in rendered.text


def test_an_update_brings_no_script_no_picture_and_no_raw_markup(sender: Sender) -> None:
    body = (
        "<script>alert(1)</script>\n\n![track](http://evil.example/t.gif)\n\n[go](javascript:alert(1))\n\n"
        '<a href="#" onclick="x()">x</a>\n\n[court](https://court.example/r)'
    )
    rendered = render_message("update", locale="en", sender=sender, values={**VALUES["update"], "body": body})
    assert not re.search(r"<script|<img|<a[^>]*onclick|href=\"javascript|src=", rendered.html)
    assert 'href="https://court.example/r"' in rendered.html


def test_nothing_is_fetched_when_a_mail_is_opened(sender: Sender) -> None:
    for message, values in VALUES.items():
        html = render_message(message, locale="en", sender=sender, values=values).html
        assert not re.search(r"<img|<link|@import|url\(|<script|<iframe", html), message


def test_a_subject_is_one_line_whatever_the_title(sender: Sender) -> None:
    title = "Refused\r\nBcc: eve@example.org\u2028X-Evil: 1" + "x" * 10_000
    subject = render_message("update", locale="en", sender=sender, values={**VALUES["update"], "title": title}).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= 150
    assert subject.startswith("Refused Bcc: eve@example.org X-Evil")


def test_a_value_cannot_stand_for_another_recipients(sender: Sender) -> None:
    values = {**VALUES["receipt"], "message": "%%unsubscribe_url%%"}
    rendered = render_message("receipt", locale="en", sender=sender, values=values)
    assert "%%unsubscribe_url%%" not in rendered.text + rendered.html


def test_a_forgotten_value_is_an_error_not_an_empty_line(sender: Sender) -> None:
    with pytest.raises(UndefinedError):
        render_message("receipt", locale="en", sender=sender, values={**CAMPAIGN, "gift_number": "1"})
