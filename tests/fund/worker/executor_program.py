"""A worker process to kill: `python -m tests.fund.worker.executor_program DATABASE_URL DATA_DIR`.

Prints its executor id when it works. In DATA_DIR every task leaves `<event>-<what>.<pid>`; `look_at_checkout` ends
once a file named `go` is there.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from config import load_settings
from fund.worker import runtime
from tests.fixtures.services import settings_environ
from tests.fixtures.until import until


def main(database_url: str, data_dir: Path) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())

    def leave(event: str, what: object) -> None:
        (data_dir / f"{event}-{what}.{os.getpid()}").touch()

    def look_at_checkout(donation_id: str) -> None:
        leave("begun", donation_id)
        until((data_dir / "go").exists, timeout=60)
        leave("ended", donation_id)

    def sweep(scheduled: object, _context: object) -> None:
        leave("swept", scheduled)

    settings = load_settings(settings_environ(database_url, data_dir))
    tasks: dict[str, Callable[..., None]] = {"look_at_checkout": look_at_checkout, "sweep": sweep}
    schedules = {"sweep": "* * * * * *"} if "--clock" in sys.argv else {}
    runtime.start(settings, tasks, schedules)
    print(runtime.executor_id(), flush=True)  # noqa: T201  the parent waits for it
    ended.wait()
    runtime.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
