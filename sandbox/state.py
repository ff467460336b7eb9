"""Everything the sandbox knows, in memory, behind one lock."""

import threading
import time
from collections.abc import Iterator

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.idempotency import IdempotencyKeys
from sandbox.log import Log
from sandbox.mailbox import Mailbox
from sandbox.objects import Obj
from sandbox.outbox import Outbox

TICK_SECONDS = 0.1


class Table:
    """The objects of one kind by id, in the order they were made."""

    def __init__(self) -> None:
        self._rows: dict[str, Obj] = {}

    def add(self, row: Obj) -> Obj:
        self._rows[row["id"]] = row
        return row

    def get(self, identifier: str) -> Obj | None:
        return self._rows.get(identifier)

    def remove(self, identifier: str) -> None:
        self._rows.pop(identifier, None)

    def newest_first(self) -> Iterator[Obj]:
        return reversed(self._rows.values())

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._rows

    def __len__(self) -> int:
        return len(self._rows)


class Sandbox:
    """Hold `lock` for every use, and never while delivering or sleeping."""

    def __init__(self, log: Log) -> None:
        self.lock = threading.RLock()
        self.base_url = ""
        self.clock = Clock()
        self.log = log
        self.faults = Faults()
        self.idempotency = IdempotencyKeys()
        self.mailbox = Mailbox()
        self.outbox = Outbox(self.lock, self.clock, log)
        self.tables: dict[str, Table] = {}
        self.private: dict[str, Obj] = {}
        self.cause: Obj = {"id": None, "idempotency_key": None}

    def table(self, kind: str) -> Table:
        """Return the table of one `object` value, `checkout.session` say."""
        return self.tables.setdefault(kind, Table())

    def notes(self, identifier: str) -> Obj:
        """Return what the sandbox remembers of an object and Stripe's API does not show (line items, card)."""
        return self.private.setdefault(identifier, {})

    def now(self) -> int:
        return self.clock.now()

    def start(self) -> None:
        """Start delivering, and doing what falls due as wall time passes."""
        self.outbox.start()
        threading.Thread(target=self._tick, daemon=True).start()

    def reset(self, *, log: bool = False) -> None:
        """Forget everything but the webhook endpoints of the command line and, unless `log`, the log."""
        with self.lock:
            self.tables.clear()
            self.private.clear()
            self.clock.reset()
            self.faults.clear()
            self.idempotency.clear()
            self.outbox.reset()
            self.mailbox.clear()
            self.mailbox.set_fault(None)
            self.log.start_file()
            if log:
                self.log.clear()

    def _tick(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            with self.lock:
                self.clock.advance(0)
            self.outbox.tick()
