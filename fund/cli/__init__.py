"""Commands of the application, one file per group; each parses, calls a use case and prints."""

from copy import copy

from flask import Flask

from fund.cli import database, demo, doctor, import_members, ledger, members, read_bounces, reconcile, worker
from fund.cli.exits import without_traceback


def register(app: Flask) -> None:
    """Every command of the contract that exists, under its own name."""
    for group in (database, demo, doctor, import_members, ledger, members, read_bounces, reconcile, worker):
        for command in group.commands:
            one = copy(command)
            one.callback = without_traceback(command.callback) if command.callback else None
            app.cli.add_command(one)
