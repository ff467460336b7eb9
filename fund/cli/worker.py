import signal
import sys
import threading

import click
from flask.cli import with_appcontext

from fund.cli.exits import refuse
from fund.web.services import services
from fund.worker import runtime
from fund.worker.executor_slot import is_alive
from fund.worker.launch import launch, shutdown
from fund.worker.system_tables import queue_client
from fund.worker.take_over import has_worked, take_over


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the work that the web processes enqueue, until SIGTERM or Ctrl-C."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    launch(services())
    click.echo("worker running", err=True)
    ended.wait()
    shutdown()


@click.command("takeover")
@click.argument("executor")
@with_appcontext
def takeover(executor: str) -> None:
    """Give what a dead EXECUTOR (such as `web1-0`) had begun to the workers that are alive."""
    settings = services().settings
    if is_alive(runtime.executors_folder(settings), executor):
        click.echo(f"{executor} is alive on this machine: its work is not taken over", err=True)
        sys.exit(1)
    with queue_client(settings.database_url) as client:
        if not (runtime.executors_folder(settings) / f"{executor}.lock").exists() and not has_worked(client, executor):
            refuse(f"No executor is called {executor}; nothing was taken over.")
        count = take_over(client, [executor])
    click.echo(f"{count} task{'' if count == 1 else 's'} of {executor} put back into the queue")


commands: list[click.Command] = [worker, takeover]
