"""DBOS in this process: started after the fork, by `launch` alone, and ended in good order.

Starting it in a second process under the same executor id would recover work that the first is doing, so nothing else
may call this: not `create_app`, not another command.
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, ScheduleInput, error

from config import Settings
from fund.work.tasks import APPLICATION, EVENTS, MAIL, MAILINGS, QUEUE_OF, VERSION, WORK
from fund.worker.discreet import discreet
from fund.worker.executor_slot import ExecutorSlot, dead_slots, take_slot
from fund.worker.system_tables import queue_client
from fund.worker.take_over import take_over

Task = Callable[..., object]

POLL_SECONDS = {EVENTS: 0.25, MAIL: 1.0, MAILINGS: 0.5, WORK: 0.4}
"""How long what is queued may wait before it is seen. A donor looks at the thank-you page meanwhile."""
LAST_WORDS_SECONDS = 30
_FOR_MAILINGS = 2
"""In each process: one may write down people while another sends. More of them come with more processes."""
_OWN_CONNECTIONS = 9
"""DBOS's own threads: one per queue, the scheduler, its listener and its housekeeping."""

_held: list[ExecutorSlot] = []


class NotMigratedError(Exception):
    """The queue's tables are missing or older than this code."""


def executor_id() -> str:
    """Who this process is; empty while it does not work."""
    return _held[-1].id if _held else ""


def executors_folder(settings: Settings) -> Path:
    return settings.data_dir / "executors"


def start(settings: Settings, tasks: Mapping[str, Task], schedules: Mapping[str, str]) -> None:
    """Once per process. `schedules` is the cron expression of each task that runs by the clock, in UTC.

    Raises NotMigratedError.
    """
    slot = take_slot(executors_folder(settings), settings.executor_id)
    _held.append(slot)
    _log_through_structlog()
    try:
        DBOS(config=_configuration(settings, slot.id))
        workflows = {name: _workflow(name, task) for name, task in tasks.items()}
        DBOS.launch()
        _open_queues(settings.workers)
        DBOS.apply_schedules([_schedule(name, workflows[name], cron) for name, cron in schedules.items()])
    except BaseException as problem:
        stop()
        if isinstance(problem, error.DBOSInitializationError):
            raise NotMigratedError("the queue's tables are missing or old: run `flask migrate`") from problem
        raise
    adopt(settings)


def adopt(settings: Settings) -> int:
    """Take over what the dead executors of this machine left. Returns how many tasks."""
    with dead_slots(executors_folder(settings), settings.executor_id) as dead:
        if not dead:
            return 0
        with queue_client(settings.database_url) as client:
            return take_over(client, dead)


def stop() -> None:
    """Let running tasks end, then let go. Harmless in a process that never started."""
    while _held:
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=LAST_WORDS_SECONDS)
        _held.pop().release()


def _configuration(settings: Settings, executor_id: str) -> DBOSConfig:
    threads = _threads(settings.workers)
    return {
        "name": APPLICATION,
        "application_version": VERSION,
        "executor_id": executor_id,
        "system_database_url": settings.database_url,
        "sys_db_pool_size": threads + _OWN_CONNECTIONS,
        "max_executor_threads": threads,
        "serializer": DBOSPortableJSONSerializer(),
        "run_migrations": False,  # `flask migrate` does, before any process starts
        "use_listen_notify": False,  # for DBOS's messages, which nobody here sends; it wakes 100 times a second
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def _workflow(name: str, task: Task) -> Callable[..., None]:
    """Without a limit to recoveries: a machine that fails often must not lose its work for it."""
    return DBOS.workflow(name=name, max_recovery_attempts=None)(discreet(name, task))


def _threads(workers: int) -> int:
    """One for each drain, those for mail to many, and at least one for everything else."""
    return max(workers, 3) + _FOR_MAILINGS


def _open_queues(workers: int) -> None:
    """A drain runs once over all processes; the rest as wide as this process has threads for it."""
    for name in (EVENTS, MAIL):
        DBOS.register_queue(
            name, global_concurrency=1, polling_interval_sec=POLL_SECONDS[name], on_conflict="always_update"
        )
    DBOS.register_queue(
        MAILINGS,
        worker_concurrency=_FOR_MAILINGS,
        polling_interval_sec=POLL_SECONDS[MAILINGS],
        on_conflict="always_update",
    )
    DBOS.register_queue(
        WORK,
        worker_concurrency=_threads(workers) - _FOR_MAILINGS - 2,
        polling_interval_sec=POLL_SECONDS[WORK],
        on_conflict="always_update",
    )


def _schedule(name: str, workflow: Callable[..., None], cron: str) -> ScheduleInput:
    return {"schedule_name": name, "workflow_fn": workflow, "schedule": cron, "queue_name": QUEUE_OF[name]}


class _Handler(logging.Handler):
    """The message alone: the traceback of a failed statement may carry its values."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger("dbos").log(record.levelno, "dbos", message=record.getMessage().partition("\n")[0])


def _log_through_structlog() -> None:
    """DBOS adds a console handler of its own to a logger that has none."""
    logger = logging.getLogger("dbos")
    if not any(isinstance(handler, _Handler) for handler in logger.handlers):
        logger.addHandler(_Handler())
    logger.propagate = False
