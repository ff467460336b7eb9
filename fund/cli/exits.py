from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from fund.db.session import BusyError
from fund.worker.runtime import NotMigratedError

P = ParamSpec("P")
R = TypeVar("R")


def refuse(sentence: str) -> NoReturn:
    """A difference, a problem found, or refused: named on standard error, exit 1."""
    click.echo(sentence, err=True)
    raise SystemExit(1)


def without_traceback(command: Callable[P, R]) -> Callable[P, R]:
    """A database that does not answer or was never migrated is said in one line: a driver's message repeats values."""

    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BusyError:
            refuse("The books are busy. Nothing was changed; please try again.")
        except (OperationalError, ProgrammingError, NotMigratedError) as problem:
            refuse(
                f"The database cannot be used ({type(problem).__name__}): it does not answer, or it is not current. "
                "`flask migrate` brings it up to date, `flask doctor` says more."
            )

    return called
