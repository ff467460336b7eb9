from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

Task = tuple[str, tuple[int | str, ...]]


class FakeQueue:
    """Remembers what was enqueued by transactions that committed, in their order.

    With `tasks` it also runs them, when the test says so and never by itself.
    """

    def __init__(self, tasks: dict[str, Callable[..., object]] | None = None) -> None:
        self.enqueued: list[Task] = []
        self.tasks = tasks or {}

    def enqueue(self, session: Session, task: str, *ids: int | str) -> None:
        pending: list[Task] = session.info.setdefault("fake_queue", [])
        pending.append((task, ids))
        if not session.info.get("fake_queue_listens"):
            session.info["fake_queue_listens"] = True
            event.listen(session, "after_commit", self._keep)
            event.listen(session, "after_rollback", self._forget)

    def ready(self, session: Session) -> bool:
        del session
        return True

    def run_all(self) -> int:
        """Run all that is waiting, and what that enqueues in turn; how many ran. KeyError for an unknown task."""
        count = 0
        while self.enqueued:
            name, ids = self.enqueued.pop(0)
            self.tasks[name](*ids)
            count += 1
        return count

    def _keep(self, session: Session) -> None:
        self.enqueued += session.info.pop("fake_queue", [])

    def _forget(self, session: Session) -> None:
        session.info.pop("fake_queue", None)
