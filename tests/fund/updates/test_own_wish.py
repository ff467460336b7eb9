"""An address that got no mail any more is written to again once its owner asks for that, by a link that came there."""

import pytest
from flask import Flask
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.mail.queries_of_reports import find_suppression
from fund.mail.suppress import suppress
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import Newsroom, token_in
from tests.people import BOB, add_member, sign_in

BOBS = "bob@example.org"


def stop(room: Newsroom, reason: str) -> None:
    with room.database.write() as session:
        suppress(session, address=BOBS, reason=reason, source="webhook", now=room.now)


def stopped(room: Newsroom) -> bool:
    with room.database.read() as session:
        return find_suppression(session, BOBS) is not None


@pytest.mark.parametrize("reason", ["asked", "bounced", "complained"])
@pytest.mark.parametrize("followed_before", [False, True])
def test_whoever_follows_anew_is_asked_and_heard(newsroom: Newsroom, reason: str, followed_before: bool) -> None:
    if followed_before:
        newsroom.follower("bob")
        newsroom.mails()
    stop(newsroom, reason)
    newsroom.later(minutes=11)
    newsroom.ask(BOBS)
    mail = [one for one in newsroom.mails() if one["To"] == BOBS][-1]
    assert stopped(newsroom)
    newsroom.confirm(token_in(mail, "follow"))
    assert not stopped(newsroom)
    with newsroom.database.read() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "lift_by_own_wish"))
    assert entry.before["reason"] == reason


@sqlite_only
def test_the_page_behind_the_link_asks_again(newsroom: Newsroom, app: Flask) -> None:
    newsroom.ask(BOBS)
    (mail,) = newsroom.mails()
    link = f"/follow/{token_in(mail, 'follow')}"
    client = app.test_client()
    client.post(link)
    assert "You will hear how it goes" in client.get(link).text
    stop(newsroom, "bounced")
    assert "Do you want these updates?" in client.get(link).text
    client.post(link)
    assert "You will hear how it goes" in client.get(link).text


@sqlite_only
@pytest.mark.parametrize(
    ("reason", "said"), [("bounced", "came back"), ("complained", "reported"), ("asked", "You asked for no more")]
)
def test_a_member_sees_it_on_the_account_page(newsroom: Newsroom, app: Flask, reason: str, said: str) -> None:
    client = app.test_client()
    sign_in(client, newsroom.database, add_member(newsroom.database, BOB))
    assert said not in client.get("/account").text
    stop(newsroom, reason)
    assert said in client.get("/account").text
