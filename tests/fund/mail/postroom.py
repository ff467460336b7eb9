"""What the tests of mailings do, in one line each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from fund.db.session import Database
from fund.mail.add_batch import add_batch
from fund.mail.begin_mailing import begin_mailing
from fund.mail.end_filling import end_filling
from fund.mail.models import Delivery, Mailing
from fund.mail.queue_delivery import store_body
from fund.mail.recipient import Recipient
from fund.mail.send_mailing_batch import MailingSender, send_mailing_batch
from fund.mail.sender import Sender
from fund.mail.transport import Transport
from tests.fakes.queue import FakeQueue

VALUES = {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"}


@dataclass
class Postroom:
    """`now` is the time of whatever is done next; waiting for a rate moves it."""

    database: Database
    sender: Sender
    now: datetime
    queue: FakeQueue = field(default_factory=FakeQueue)
    rate: float = 0

    def later(self, **wait: float) -> None:
        self.now += timedelta(**wait)

    def mailing(self, names: Sequence[str], *, key: str = "update:1", batch: int = 250, filled: bool = True) -> int:
        """To `<name>@<name>.example`, or to an address; each batch in a session of its own, as the worker does it."""
        with self.database.write() as session:
            mailing = begin_mailing(
                session, self.queue, key=key, kind="update", campaign_id=None, groups=("members",), topic="updates",
                actor="member:1", now=self.now,
            )  # fmt: skip
            assert mailing is not None
            store_body(
                session, self.sender, message="invitation", locale="en", values=VALUES, list_id="updates.x",
                mailing=mailing, now=self.now,
            )  # fmt: skip
        for at in range(0, len(names), batch):
            self.add(mailing.id, names[at : at + batch])
        if filled:
            with self.database.write() as session:
                end_filling(session, session.get_one(Mailing, mailing.id), now=self.now)
        return mailing.id

    def add(self, mailing_id: int, names: Sequence[str]) -> int:
        people = [Recipient(name if "@" in name else f"{name}@{name}.example", "en") for name in names]
        with self.database.write() as session:
            mailing = session.get_one(Mailing, mailing_id)
            return add_batch(session, self.queue, mailing, recipients=people, now=self.now)

    def worker(self, transport: Transport, **more: Any) -> MailingSender:
        return MailingSender(
            self.database, transport, self.sender, lambda: self.now, rate=self.rate, wait=self._wait, **more
        )

    def send(self, transport: Transport, *, stopping: Callable[[], bool] = lambda: False) -> int:
        """Until nothing is due, or the server is down; how many batches."""
        worker, count = self.worker(transport), 0
        while send_mailing_batch(worker, stopping):
            count += 1
        transport.close()
        return count

    def states(self) -> dict[str, str]:
        with self.database.read() as session:
            return {one.address.partition("@")[0]: one.state for one in session.scalars(select(Delivery))}

    def delivery(self, name: str) -> Delivery:
        with self.database.read() as session:
            return next(one for one in session.scalars(select(Delivery)) if one.address.startswith(f"{name}@"))

    def state(self, mailing_id: int) -> str:
        with self.database.read() as session:
            return session.get_one(Mailing, mailing_id).state

    def _wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
