from typing import Protocol

from sqlalchemy.orm import Session


class Queue(Protocol):
    """Work that survives the process. Implemented by `dbos_queue`, wired in app.py."""

    def enqueue(self, session: Session, task: str, *ids: int | str) -> None:
        """Have the worker run `task` once `session` commits; nothing runs if it rolls back.

        `ids` are row ids only: what is queued is kept in clear text for days, so never a name or an address.
        Steps run at least once, so a task must be harmless when repeated.
        """

    def ready(self, session: Session) -> bool:
        """Whether work can be queued: the queue's own tables exist."""
