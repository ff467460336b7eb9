import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fund.db.types import address_index
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.models import Delivery, MailBody, Mailing
from fund.members.claim_account import claim_account
from fund.members.delete_member import delete_member
from fund.members.imported_link import find_imported, imported_token
from fund.members.invite_imported import invite_imported
from fund.members.models import Member, MemberImport
from fund.members.set_update_preference import set_update_preference
from fund.web.services import Services
from fund.worker.mailings import fill_mailing
from tests.fixtures.databases import sqlite_only
from tests.people import BOB, add_member

pytestmark = sqlite_only

NOW = utc_now()


def listed(services: Services, count: int) -> int:
    """An import that is done, and its members."""
    with services.database.write() as session:
        taken_in = MemberImport(
            file_name="list.csv", file_sha256="0" * 64, encoding="utf-8", delimiter=",", columns={}, forecast={},
            consent_text="Écrivez-moi.", consent_source="the forum", consent_on=NOW, locale="fr", state="done",
            created_by="command", created_at=NOW,
        )  # fmt: skip
        session.add(taken_in)
        session.flush()
        session.add_all(
            Member(
                address=f"m{number}@x.example", address_index=address_index(f"m{number}@x.example"), name="M",
                password_hash="", locale="fr" if number % 2 else "en", consent_source="the forum",
                import_id=taken_in.id, created_at=NOW,
            )
            for number in range(count)
        )  # fmt: skip
        return taken_in.id


def invite(services: Services, import_id: int, a_day: int) -> int:
    with services.database.write() as session:
        mailing = invite_imported(
            session, services.queue, services.sender, import_id=import_id, a_day=a_day, actor="command", now=NOW
        )
        return mailing.id if mailing else 0


def fill(services: Services, mailing_id: int) -> None:
    fill_mailing(services, mailing_id, threading.Event())


def written(services: Services) -> int:
    with services.database.read() as session:
        return session.scalar(select(func.count()).select_from(Delivery)) or 0


def a_day_passes(services: Services) -> None:
    with services.database.write() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.created_at -= timedelta(hours=25)


def state(services: Services, mailing_id: int) -> str:
    with services.database.read() as session:
        return session.get_one(Mailing, mailing_id).state


def test_so_many_a_day_and_nobody_twice(services: Services) -> None:
    mailing = invite(services, listed(services, 12), 5)
    assert invite(services, 1, 100) == 0
    for expected in (5, 10, 12):
        for _ in range(2):
            fill(services, mailing)
            assert written(services) == expected
        a_day_passes(services)
    assert state(services, mailing) == "sending"
    with services.database.read() as session:
        assert len(set(session.scalars(select(Delivery.address_index)))) == 12
        body = session.scalars(select(MailBody).where(MailBody.locale == "fr")).one()
        one = session.scalars(select(Delivery).where(Delivery.body_id == body.id)).first()
    assert one is not None
    assert "/fr/invite/" in one.personal
    assert "the forum" in one.personal
    assert "/fr/unsubscribe/" in str(one.unsubscribe_url)
    assert "Écrivez-moi." in body.text


def test_who_has_a_password_left_or_is_suppressed_is_passed_over(services: Services) -> None:
    add_member(services.database, BOB)
    import_id = listed(services, 4)
    mailing = invite(services, import_id, 100)
    token = imported_token(services.signer, 2)
    with services.database.write() as session:
        claim_account(
            session,
            services.signer,
            token=token,
            name="New",
            password_hash="x",
            wants_updates=True,
            consent_source="",
            now=NOW,
        )
        set_update_preference(session, member_id=3, wants_updates=False, source="", now=NOW)
    fill(services, mailing)
    fill(services, mailing)
    assert written(services) == 2
    with services.database.read() as session, pytest.raises(Refusal) as used:
        find_imported(session, services.signer, token=token)
    assert used.value.status == 410


def test_nobody_is_invited_before_the_list_is_imported(services: Services) -> None:
    import_id = listed(services, 1)
    with services.database.write() as session:
        session.get_one(MemberImport, import_id).state = "running"
    with pytest.raises(Refusal) as refused:
        invite(services, import_id, 5)
    assert refused.value.status == 409


def test_the_link_of_who_has_left_or_was_never_there_is_over(services: Services) -> None:
    listed(services, 2)
    with services.database.write() as session:
        delete_member(session, member_id=1, now=NOW)
    statuses = {}
    for member_id in (1, 2, 3):
        with services.database.read() as session:
            try:
                statuses[member_id] = find_imported(
                    session, services.signer, token=imported_token(services.signer, member_id)
                ).id
            except Refusal as refusal:
                statuses[member_id] = refusal.status
    assert statuses == {1: 410, 2: 2, 3: 404}


@pytest.mark.parametrize("a_day", [0, -1, 10_000_000])
def test_a_number_that_is_none_is_refused(services: Services, a_day: int) -> None:
    import_id = listed(services, 1)
    with pytest.raises(Refusal) as refused:
        invite(services, import_id, a_day)
    assert refused.value.field == "a_day"


def test_a_list_without_anybody_to_invite(services: Services) -> None:
    import_id = listed(services, 0)
    with pytest.raises(Refusal) as refused:
        invite(services, import_id, 5)
    assert refused.value.status == 409
