"""Commands of the application, one file per group; each parses, calls a use case and prints."""

from flask import Flask

from fund.cli import database, demo, doctor, import_members, ledger, members, read_bounces, reconcile, worker


def register(app: Flask) -> None:
    """Every command of the contract that exists, under its own name."""
    for group in (database, demo, doctor, import_members, ledger, members, read_bounces, reconcile, worker):
        for command in group.commands:
            app.cli.add_command(command)
