"""Whatever people type, one message comes out: read back with the standard library's parser."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fund.mail.compose import Letter, compose
from fund.mail.render_message import render_message
from fund.mail.rules import clean_text, is_address
from fund.mail.samples import sample_values
from fund.mail.sender import Sender

NOW = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
SITE = "https://fund.carrefour.example"
SENDER = Sender("Le Carrefour", "fund@carrefour.example", "1200, rue Sainte-Élisabeth\nMontréal", SITE)
LEAVE = f"{SITE}/unsubscribe/WyJmIiwxLDFd.c2lnbmF0dXJl"
EVIL = (
    "x\r\nBcc: eve@example.org", "x\n\n<html>", "\r", "\x00", "a\x00b", "%%unsubscribe_url%%", "%%consent%%", "%%%%",
    "</title><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "{% raw %}", "&amp;&lt;",
    "\u202eevil\u202c", "\u2066x\u2069", "\u200f", "👩‍⚖️ ⚖️", "=?utf-8?q?x?=", "=\n", "=3D", ".", ".\r\n.", "\ud800",
    "\u2028y\x85z", "--=_boundary--", "x" * 10_000, "é" * 10_000, " ", "\ufeff", "Ünïcödé, Inc. <a@b.example>", "a\tb",
    "-- \n", "0" * 75 + ";", ":" + "0" * 75, '"' + "\\" * 80,
)  # fmt: skip
typed = st.one_of(
    st.sampled_from(EVIL), st.text(max_size=300), st.lists(st.sampled_from(EVIL), max_size=4).map("".join)
)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Id", "Feedback-ID",
    "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip


def update(title: str, body: str, campaign: str) -> dict[str, Any]:
    return {
        **sample_values("update", locale="en", site_url=SITE),
        "title": title,
        "body": body,
        "campaign_title": campaign,
    }


def posted(letter: Letter, sender: Sender = SENDER) -> tuple[EmailMessage, str, str]:
    raw = compose(letter, sender, now=NOW)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = message_from_bytes(raw, policy=policy.default)
    assert not message.defects
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    text, html = (str(part.get_content()) for part in parts)
    return message, text, html


def seen(html: str) -> str:
    return "".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("</head>")[2])).split())


@settings(max_examples=120, deadline=None)
@given(typed, typed, typed)
@example("%%unsubscribe_url%%", "x\r\nBcc: eve@example.org", "\x00")
def test_an_update_of_any_words_is_one_message_to_one_person(title: str, campaign: str, consent: str) -> None:
    values = update(title, "Plain words.", campaign)
    rendered = render_message("update", locale="en", sender=SENDER, values=values, can_leave=True)
    personal = {"consent": clean_text(consent)}
    letter = Letter("update:1:x", "bob@example.org", rendered, personal, LEAVE, "updates.sample", "update")
    message, text, html = posted(letter)
    assert set(message.keys()) == HEADERS
    assert len(message.keys()) == len(HEADERS)
    assert message.get_all("To") == ["bob@example.org"]
    assert len(message["Subject"].splitlines()) <= 1
    assert len(message["Subject"]) <= 150
    assert text.count(LEAVE) == 1
    assert html.count(f'href="{LEAVE}"') == 1
    assert "Plain words." in text
    assert "Plain words." in html


@settings(max_examples=120, deadline=None)
@given(typed)
def test_a_name_is_words_in_both_parts_and_markup_in_none(name: str) -> None:
    values = sample_values("receipt", locale="en", site_url=SITE) | {"display_name": name, "message": name}
    rendered = render_message("receipt", locale="en", sender=SENDER, values=values)
    plain = render_message(
        "receipt", locale="en", sender=SENDER,
        values=sample_values("receipt", locale="en", site_url=SITE) | {"display_name": "x", "message": "x"},
    )  # fmt: skip
    _, text, html = posted(Letter("receipt:1", "bob@example.org", rendered, message="receipt"))
    kept = "".join(clean_text(name).split())
    if kept:
        assert kept in "".join(text.split())
        assert kept in seen(html)
        tags = {tag for tag in re.findall(r"<(/?\w+)", html) if tag != "br"}
        assert tags == {tag for tag in re.findall(r"<(/?\w+)", plain.html) if tag != "br"}
    assert "%%" not in text + html


@settings(max_examples=120, deadline=None)
@given(typed)
def test_markdown_of_any_kind_brings_no_script_and_fetches_nothing(body: str) -> None:
    values = update("Title", f"{body}\n\n![t](http://evil.example/t.gif) [go](javascript:alert(1)) <b onclick=x>", "C")
    _, _, html = posted(
        Letter("update:1", "bob@example.org", render_message("update", locale="en", sender=SENDER, values=values))
    )
    prose = html.partition("</head>")[2]
    assert not re.search(r"<(?:script|img|iframe|object|form|link|style)\b|<[^>]* on\w+=|<[^>]*javascript:", prose)


@settings(max_examples=200, deadline=None)
@given(st.one_of(typed, st.tuples(typed, typed).map("@".join), typed.map("bob@example.org{}".format)))
def test_an_address_is_written_to_as_it_is_or_refused(address: str) -> None:
    letter = Letter(
        "update:1", address, render_message("invitation", locale="en", sender=SENDER,
                                            values=sample_values("invitation", locale="en", site_url=SITE)),
    )  # fmt: skip
    if not is_address(address):
        with pytest.raises(ValueError, match="address"):
            compose(letter, SENDER, now=NOW)
        return
    message, _, _ = posted(letter)
    assert len(message["To"].addresses) == 1
    assert message["Bcc"] is None


@settings(max_examples=80, deadline=None)
@given(typed)
def test_the_name_of_the_site_begins_no_header(name: str) -> None:
    sender = replace(SENDER, site_name=name)
    values = sample_values("invitation", locale="en", site_url=SITE)
    rendered = render_message("invitation", locale="en", sender=sender, values=values)
    message, _, _ = posted(Letter("invitation:1", "bob@example.org", rendered), sender)
    assert len(message["From"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == "fund@carrefour.example"
    assert message.get_all("To") == ["bob@example.org"]
    assert message["Bcc"] is None
