import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.models import Delivery, MailBody
from fund.mail.queries_of_reports import find_suppression
from fund.mail.suppress import suppress
from fund.members.accept_invitation import accept_invitation
from fund.members.invite_member import invite_member
from fund.members.models import Invitation, Member
from fund.members.queries import member_by_id, open_invitations
from fund.members.read_invitation import read_invitation
from fund.members.withdraw_invitation import withdraw_invitation
from fund.web.services import Services
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.people import ALICE, BOB, CHARLIE, add_member

NOW = utc_now()


def invite(services: Services, alice: int, address: str = CHARLIE.address, now: datetime = NOW) -> int:
    with services.database.write() as session:
        return invite_member(
            session,
            services.queue,
            services.sender,
            services.signer,
            services.addresses,
            address=address,
            locale="fr",
            invited_by=alice,
            now=now,
        ).id


def accept(services: Services, token: str, now: datetime = NOW) -> Member:
    with services.database.write() as session:
        return accept_invitation(
            session,
            services.signer,
            token=token,
            name="Charlie",
            password_hash="x",
            locale="fr",
            wants_updates=True,
            consent_source="the tests",
            now=now,
        )


def token_in_mail(services: Services) -> str:
    with services.database.read() as session:
        text = session.scalars(select(MailBody.text).order_by(MailBody.id.desc())).first() or ""
    found = re.search(r"/fr/invite/(\S+)", text)
    assert found is not None
    return found[1]


def test_an_invitation_is_mailed_and_works_once(services: Services, queue: FakeQueue) -> None:
    alice = add_member(services.database, ALICE)
    invite(services, alice)
    token = token_in_mail(services)
    assert queue.enqueued == [("drain_mail", ())]
    member = accept(services, token)
    assert (member.address, member.role, member.wants_updates) == (CHARLIE.address, None, True)
    with pytest.raises(Refusal) as refused:
        accept(services, token)
    assert refused.value.status == 410


def test_the_link_names_nobody(services: Services) -> None:
    invite(services, add_member(services.database, ALICE))
    token = token_in_mail(services)
    assert services.signer.read("invitation", token) == 1
    assert "charlie" not in token.lower()


def test_a_link_to_an_invitation_that_is_not_there_is_not_found(services: Services) -> None:
    with services.database.read() as session, pytest.raises(Refusal) as refused:
        read_invitation(session, services.signer, token=services.signer.sign("invitation", 7), now=NOW)
    assert refused.value.status == 404


@pytest.mark.parametrize("token", ["", "x", "1", "MQ.forged-signature-here", "é", "a" * 5000])
def test_what_we_never_sent_is_not_found(services: Services, token: str) -> None:
    with services.database.read() as session, pytest.raises(Refusal) as refused:
        read_invitation(session, services.signer, token=token, now=NOW)
    assert refused.value.status == 404


def test_a_link_of_another_purpose_is_not_found(services: Services) -> None:
    invite(services, add_member(services.database, ALICE))
    with services.database.read() as session, pytest.raises(Refusal) as refused:
        read_invitation(session, services.signer, token=services.signer.sign("unsubscribe", 1), now=NOW)
    assert refused.value.status == 404


def test_an_invitation_lapses_and_can_be_withdrawn(services: Services) -> None:
    alice = add_member(services.database, ALICE)
    invitation = invite(services, alice)
    token = token_in_mail(services)
    with services.database.read() as session:
        assert read_invitation(session, services.signer, token=token, now=NOW + timedelta(days=13)).id == invitation
        with pytest.raises(Refusal) as lapsed:
            read_invitation(session, services.signer, token=token, now=NOW + timedelta(days=14))
    with services.database.write() as session:
        for _ in range(2):
            withdraw_invitation(session, invitation_id=invitation, actor="member:1", now=NOW)
        assert open_invitations(session, now=NOW) == []
    with pytest.raises(Refusal) as withdrawn:
        accept(services, token)
    assert (lapsed.value.status, withdrawn.value.status) == (410, 410)


def test_one_that_is_not_there_or_was_used_is_not_withdrawn(services: Services) -> None:
    invitation = invite(services, add_member(services.database, ALICE))
    member = accept(services, token_in_mail(services))
    statuses = []
    for id_ in (invitation + 1, invitation):
        with services.database.write() as session, pytest.raises(Refusal) as refused:
            withdraw_invitation(session, invitation_id=id_, actor="member:1", now=NOW)
        statuses.append(refused.value.status)
    assert statuses == [404, 409]
    with services.database.read() as session:
        assert session.get_one(Invitation, invitation).withdrawn_at is None
        assert member_by_id(session, member.id) is not None


def test_inviting_again_ends_the_earlier_link_but_a_double_click_does_not(services: Services) -> None:
    alice = add_member(services.database, ALICE)
    first = invite(services, alice)
    token = token_in_mail(services)
    assert invite(services, alice, " CHARLIE@example.net ", NOW + timedelta(seconds=2)) == first
    second = invite(services, alice, now=NOW + timedelta(hours=1))
    assert second != first
    with pytest.raises(Refusal):
        accept(services, token, NOW + timedelta(hours=1))
    accept(services, token_in_mail(services), NOW + timedelta(hours=1))
    with services.database.read() as session:
        assert len(session.scalars(select(Delivery)).all()) == 2


@pytest.mark.parametrize("address", ["", "no address", "a@example.org\r\nBcc: b@example.org", BOB.address.upper()])
def test_whom_we_cannot_invite_gets_no_mail(services: Services, address: str) -> None:
    alice = add_member(services.database, ALICE)
    add_member(services.database, BOB)
    with pytest.raises(Refusal) as refused:
        invite(services, alice, address)
    assert refused.value.field == "email"
    with services.database.read() as session:
        assert session.scalars(select(Invitation)).all() == []
        assert session.scalars(select(Delivery)).all() == []


@sqlite_only
def test_whoever_accepts_and_wants_updates_is_written_to_whatever_was_before(services: Services) -> None:
    with services.database.write() as session:
        suppress(session, address=CHARLIE.address, reason="complained", source="webhook", now=NOW)
    invite(services, add_member(services.database, ALICE))
    accept(services, token_in_mail(services))
    with services.database.read() as session:
        assert find_suppression(session, CHARLIE.address) is None
