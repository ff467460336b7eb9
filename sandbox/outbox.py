"""Signed deliveries to the webhook endpoints, with modes and retries.

Modes (`POST /_sandbox/delivery`): `normal` sends at once, the events of one payment in their order; `hold` keeps
them; `duplicate` sends each twice, at the same time; `shuffle` gathers them for 0.3 s or up to twenty and sends them
in a random (seeded) order; `drop` never sends, though the event is listed. `release: n` sends the n oldest held or
gathered ones and leaves the mode alone; 0 means all of them, and so does the mode `normal` without a number.

What is not answered 2xx is sent again 60 s, 300 s, 1 h, 3 h, 6 h, 12 h, 24 h and 24 h later on the sandbox's clock,
then it has failed. An endpoint that could not be reached is also tried again after 1, 2, 4 ... 60 s of wall time.
"""

import http.client
import queue
import random
import threading
import time
import zlib
from dataclasses import replace

from sandbox.clock import DAY, HOUR, MINUTE, Clock
from sandbox.deliver import Dispatch, Endpoint, deliver
from sandbox.log import Log
from sandbox.objects import Obj

RETRY_AFTER = (MINUTE, 5 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY)
MODES = ("normal", "hold", "duplicate", "shuffle", "drop")
WORKERS = 4
GATHER_SECONDS, GATHER_COUNT = 0.3, 20
LONGEST_WALL_PAUSE = 60.0
SEED = 20050304
# the published document names these events, but has no shape for what they carry, so a log cannot be judged by it
NOT_PUBLISHED = frozenset({"radar.early_fraud_warning.created"})


class Outbox:
    """Every method but `start` and `tick` is called under the sandbox's lock; sending happens outside it."""

    def __init__(self, lock: threading.RLock, clock: Clock, log: Log) -> None:
        self._lock, self._clock, self._log = lock, clock, log
        self.endpoints: list[Endpoint] = []
        self.mode = "normal"
        self.kept: list[Dispatch] = []
        self._kept_since = 0.0
        self._by_event: dict[str, list[Dispatch]] = {}
        self._wall: list[tuple[float, Dispatch, int]] = []
        self._random = random.Random(SEED)  # noqa: S311  an order, not a secret
        self._generation = 0
        self._queues: list[queue.SimpleQueue[Dispatch]] = [queue.SimpleQueue() for _ in range(WORKERS)]

    def start(self) -> None:
        for each in self._queues:
            threading.Thread(target=self._work, args=(each,), daemon=True).start()

    def send(self, event: Obj, payload: str, group: str) -> None:
        """Send one event to each endpoint that wants it, as the mode says."""
        for endpoint in self.endpoints:
            if endpoint.wants(event["type"]):
                logged = event["type"] not in NOT_PUBLISHED
                self._route(Dispatch(event["id"], payload, endpoint, group, self._generation, logged))

    def set_mode(self, mode: str) -> None:
        if self.mode == "shuffle" != mode:
            self.release(0)
        self.mode = mode

    def release(self, count: int) -> int:
        """Send the `count` oldest kept ones (0: all) and return how many went."""
        batch = self.kept[:count] if count else list(self.kept)
        del self.kept[: len(batch)]
        if self.mode == "shuffle":
            self._random.shuffle(batch)
        for dispatch in batch:
            dispatch.state = "pending"
            lane = self._random.randrange(WORKERS) if self.mode == "shuffle" else None
            self._enqueue(dispatch, lane)
        return len(batch)

    def forget(self, endpoint: str) -> None:
        """Stop sending to an endpoint that was made through the API."""
        self.endpoints = [each for each in self.endpoints if each.id != endpoint]

    def of(self, event: str) -> list[Dispatch]:
        return self._by_event.get(event, [])

    def reset(self) -> None:
        """Forget everything on its way; the endpoints of the command line stay."""
        self.endpoints = [each for each in self.endpoints if each.id is None]
        self._generation += 1
        self.mode = "normal"
        self.kept.clear()
        self._wall.clear()
        self._by_event.clear()
        self._random.seed(SEED)

    def tick(self) -> None:
        """Send what waits for wall time."""
        with self._lock:
            now = time.monotonic()
            if self.mode == "shuffle" and self.kept and now - self._kept_since > GATHER_SECONDS:
                self.release(0)
            due = [each for each in self._wall if each[0] <= now]
            self._wall = [each for each in self._wall if each[0] > now]
            for _, dispatch, tries in due:
                self._again(dispatch, tries)

    def _route(self, dispatch: Dispatch) -> None:
        self._by_event.setdefault(dispatch.event, []).append(dispatch)
        if self.mode == "drop":
            dispatch.state = "dropped"
        elif self.mode in {"hold", "shuffle"}:
            dispatch.state = "held"
            self.kept.append(dispatch)
            self._kept_since = time.monotonic()
            if self.mode == "shuffle" and len(self.kept) >= GATHER_COUNT:
                self.release(0)
        else:
            self._enqueue(dispatch)
            if self.mode == "duplicate":
                twin = replace(dispatch, deliveries=[])
                self._by_event[dispatch.event].append(twin)
                self._enqueue(twin, self._lane(dispatch.group) + 1)

    def _enqueue(self, dispatch: Dispatch, lane: int | None = None) -> None:
        self._queues[(self._lane(dispatch.group) if lane is None else lane) % WORKERS].put(dispatch)

    @staticmethod
    def _lane(group: str) -> int:
        return zlib.crc32(group.encode()) % WORKERS

    def _work(self, waiting: "queue.SimpleQueue[Dispatch]") -> None:
        while True:
            dispatch = waiting.get()
            if dispatch.generation != self._generation:
                continue
            status = deliver(dispatch, self._log)
            with self._lock:
                if dispatch.generation == self._generation:
                    self._record(dispatch, status)

    def _record(self, dispatch: Dispatch, status: int | None) -> None:
        dispatch.deliveries.append({"status": status, "at": self._clock.now()})
        tries = len(dispatch.deliveries)
        if status is not None and http.client.OK <= status < http.client.MULTIPLE_CHOICES:
            dispatch.state = "delivered"
            return
        if tries > len(RETRY_AFTER) and status is not None:
            dispatch.state = "failed"
            return
        delay = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
        self._clock.at(self._clock.now() + delay, lambda: self._again(dispatch, tries))
        if status is None:
            pause = min(2.0 ** min(tries - 1, 6), LONGEST_WALL_PAUSE)
            self._wall.append((time.monotonic() + pause, dispatch, tries))

    def _again(self, dispatch: Dispatch, tries: int) -> None:
        current = dispatch.generation == self._generation
        if current and dispatch.state == "pending" and len(dispatch.deliveries) == tries:
            self._enqueue(dispatch)


def summary(event: Obj, dispatches: list[Dispatch]) -> Obj:
    """Return what `GET /_sandbox/events` says of one event; nobody to send it to counts as dropped."""
    states = {each.state for each in dispatches}
    order = ("failed", "pending", "held", "dropped", "delivered")
    attempts = [each for dispatch in dispatches for each in dispatch.deliveries]
    return {
        "id": event["id"],
        "type": event["type"],
        "created": event["created"],
        "object": event["data"]["object"].get("id"),
        "deliveries": sorted(attempts, key=lambda each: int(each["at"])),
        "state": next((each for each in order if each in states), "dropped"),
    }
