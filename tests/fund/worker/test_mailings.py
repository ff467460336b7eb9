"""Mail to many through the worker's own tasks: written down, sent, taken up again where it stood still."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fund.kit.clock import utc_now
from fund.mail.models import Delivery, MailBatch, Mailing
from fund.mail.pause_mailing import pause_mailing
from fund.mail.resume_mailing import resume_mailing
from fund.updates import fill_mailing as filling
from fund.updates.announce_revisions import announce_revisions
from fund.web.services import Services
from fund.work.arm_drain import disarm_drain
from fund.work.dbos_queue import DbosQueue
from fund.worker.sweep import sweep
from fund.worker.system_tables import queue_client
from fund.worker.tasks import make_tasks
from tests.fakes.queue import FakeQueue
from tests.fakes.transport import FakeTransport
from tests.fund.updates.conftest import make_campaign
from tests.fund.updates.newsroom import Newsroom

__all__ = ["make_campaign"]


@pytest.fixture
def newsroom(services: Services, queue: FakeQueue, make_campaign: Callable[..., int]) -> Newsroom:
    queue.tasks = {**make_tasks(services, threading.Event())}
    return Newsroom(
        database=services.database,
        queue=queue,
        sender=services.sender,
        signer=services.signer,
        addresses=services.addresses,
        campaign_id=make_campaign(),
        now=utc_now(),
    )


@pytest.fixture
def now() -> object:
    return utc_now()


def states(services: Services) -> tuple[list[str], list[str]]:
    """Of the mailings, and of all deliveries together."""
    with services.database.read() as session:
        mailings = list(session.scalars(select(Mailing.state).order_by(Mailing.id)))
        return mailings, sorted(set(session.scalars(select(Delivery.state))))


def test_an_update_is_written_down_and_sent_by_the_worker(
    newsroom: Newsroom, services: Services, queue: FakeQueue, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "SLICE", 3)
    for number in range(8):
        newsroom.member(f"m{number}", locale="fr" if number % 3 == 0 else "en")
    newsroom.member("silent", wants_updates=False)
    newsroom.publish(newsroom.draft())
    assert queue.enqueued == [("fill_mailing", (1,))], "publishing writes nobody down"
    assert queue.run_all() >= 2
    assert sorted(one.recipient for one in transport.sent) == [f"m{number}@example.org" for number in range(8)]
    assert states(services) == (["done"], ["sent"])
    with services.database.read() as session:
        assert len(session.scalars(select(MailBatch)).all()) == 3


def test_what_is_paused_is_neither_written_down_nor_sent_until_it_goes_on(
    newsroom: Newsroom, services: Services, queue: FakeQueue, transport: FakeTransport
) -> None:
    newsroom.member("bob")
    newsroom.publish(newsroom.draft())
    with services.database.write() as session:
        pause_mailing(session, mailing_id=1, actor="member:1", now=utc_now())
    queue.run_all()
    assert states(services) == (["paused"], [])
    with services.database.write() as session:
        resume_mailing(session, queue, mailing_id=1, actor="member:1", now=utc_now())
    queue.run_all()
    assert [one.recipient for one in transport.sent] == ["bob@example.org"]


def test_a_revision_that_was_told_is_not_told_twice(newsroom: Newsroom, queue: FakeQueue) -> None:
    with newsroom.database.write() as session:
        told = announce_revisions(
            session, queue, newsroom.sender, newsroom.addresses, campaign_id=newsroom.campaign_id, now=newsroom.now
        )
    assert (told, queue.enqueued) == (0, [])


def test_the_sweep_takes_up_what_stands_still(newsroom: Newsroom, services: Services, queue: FakeQueue) -> None:
    """A machine that is gone for good left a mailing half written down, and another with batches that are due."""
    newsroom.member("bob")
    newsroom.publish(newsroom.draft())
    newsroom.fill()
    newsroom.publish(newsroom.draft())
    later = utc_now() + timedelta(minutes=2)
    with services.database.write() as session:
        disarm_drain(session, "mailings")
        session.execute(update(MailBatch).values(worked_until=later - timedelta(seconds=1)))
    queue.enqueued.clear()
    durable = replace(services, queue=DbosQueue(services.settings.database_url))
    sweep(durable, later)
    sweep(durable, later)
    with queue_client(services.settings.database_url) as client:
        waiting = [one.name for one in client.list_queued_workflows()]
    assert waiting.count("drain_mailings") == 1
    assert "fill_mailing" in waiting
