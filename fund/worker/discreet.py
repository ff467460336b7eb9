"""The edge between our tasks and DBOS, which writes down whatever they return or raise."""

from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger()


class TaskFailedError(Exception):
    """What DBOS keeps of a failure: the task's name. The cause may quote a row's values and is not kept."""


def discreet(name: str, task: Callable[..., object]) -> Callable[..., None]:
    """Failures are logged by type and place and kept by name alone. The sweep or the next hour tries again."""

    def run(*ids: Any) -> None:
        try:
            task(*ids)
        except Exception as failure:  # noqa: BLE001  the edge: nothing above this but DBOS, which would keep all of it
            log.error("task_failed", task=name, error=type(failure).__name__, at=_place(failure))  # noqa: TRY400
            raise TaskFailedError(name) from None

    return run


def _place(failure: BaseException) -> str:
    """`file.py:line` of where it was raised."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
