import threading
from datetime import timedelta

from sqlalchemy import func, select

from fund.kit.clock import utc_now
from fund.members.forget_imports import forget_imports
from fund.members.import_chunk import import_chunk
from fund.members.keep_list import keep_list
from fund.members.models import ImportChunk, ImportRefusal, Member, MemberImport
from fund.members.read_list import read_list
from fund.members.start_import import start_import
from fund.web.services import Services
from fund.worker.import_members import look_after_imports
from fund.worker.tasks import make_tasks
from tests.factories.member_lists import member_list
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


def keep(services: Services, *, start: bool) -> int:
    now = utc_now()
    import_id = keep_list(
        services.database,
        read_list(member_list(600, 8).data),
        file_name="x.csv",
        file_sha256="0" * 64,
        locale="en",
        actor="command",
        now=now,
    )
    if start:
        with services.database.write() as session:
            start_import(
                session,
                services.queue,
                import_id=import_id,
                consent_text="Yes.",
                consent_source="the forum",
                consent_on=now,
                locale="en",
                actor="command",
                now=now,
            )
    return import_id


def count(services: Services, model: type[Member | ImportChunk | ImportRefusal | MemberImport]) -> int:
    with services.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_what_a_dead_worker_left_is_taken_up_within_two_minutes(services: Services, queue: FakeQueue) -> None:
    import_id = keep(services, start=True)
    with services.database.write() as session:
        import_chunk(session, import_id=import_id, now=utc_now())
    queue.enqueued.clear()
    look_after_imports(services, utc_now())
    assert queue.enqueued == []
    look_after_imports(services, utc_now() + timedelta(minutes=2))
    assert queue.enqueued == [("import_members", (import_id,))]
    queue.tasks = make_tasks(services, threading.Event())
    queue.run_all()
    assert (count(services, Member), count(services, ImportChunk)) == (592, 0)
    look_after_imports(services, utc_now() + timedelta(days=1))
    assert queue.enqueued == []


def test_asked_to_end_it_leaves_the_rest_for_the_next(services: Services, queue: FakeQueue) -> None:
    keep(services, start=True)
    queue.enqueued.clear()
    stopping = threading.Event()
    stopping.set()
    make_tasks(services, stopping)["import_members"](1)
    assert queue.enqueued == [("import_members", (1,))]
    assert count(services, Member) == 0


def test_lists_that_nobody_started_and_old_reports_are_forgotten(services: Services, queue: FakeQueue) -> None:
    keep(services, start=True)
    queue.tasks = make_tasks(services, threading.Event())
    queue.run_all()
    keep(services, start=False)
    for days, kept in ((1, (2, 8, 3)), (3, (1, 8, 0)), (91, (1, 0, 0))):
        with services.database.write() as session:
            forget_imports(session, now=utc_now() + timedelta(days=days))
        assert (count(services, MemberImport), count(services, ImportRefusal), count(services, ImportChunk)) == kept
    assert count(services, Member) == 592
