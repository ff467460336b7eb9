"""How gunicorn serves the site. Several of these on several machines: docs/guides/scale.md."""

import logging

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = 1
threads = 8
preload_app = False  # connections, locks and DBOS belong to the process that uses them
timeout = 60
graceful_timeout = 45  # a running task is given 30 s of it
keepalive = 5
accesslog = None  # no visitor's address is kept
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = ""  # TRUSTED_PROXIES decides, in the application
control_socket_disable = True  # its path is one for all of a user's servers, and nothing here needs it


def nobody_named(record: logging.LogRecord) -> bool:
    """What could not be read as a request is logged with its visitor's address and its line, key and all."""
    if str(record.msg).startswith("Invalid request from ip="):
        record.msg, record.args = "Invalid request", ()
    return True


def on_starting(server: Arbiter) -> None:
    """In the master before it forks: every worker inherits the filter, and a reload keeps it."""
    del server
    logging.getLogger("gunicorn.error").addFilter(nobody_named)


def post_worker_init(worker: Worker) -> None:
    """After the fork and after the application was made: the only place besides `flask worker` that starts DBOS."""
    from fund.worker.launch import launch, shutdown  # noqa: PLC0415  the master loads no code, so HUP brings the new

    services = worker.wsgi.extensions["services"]
    if services.settings.workers:
        worker.end_work = shutdown
        launch(services)


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """In the worker, and in the master for one that could not be found: that one has nothing to end."""
    del server
    getattr(worker, "end_work", lambda: None)()
