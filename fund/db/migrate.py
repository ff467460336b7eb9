"""Migrations, configured in code: no alembic.ini, the same call from the command, the launcher and the tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

_SCRIPTS = Path(__file__).parent.parent / "migrations"
_LOCK = 0x5E7A11E2
"""PostgreSQL's advisory lock: two machines may start at once, one migrates."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema, in one database transaction that other processes wait for."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(_config(connection), "head")


def is_current(engine: Engine) -> bool:
    """Whether this code's newest migration is the database's. Waits for no writer."""
    with engine.execution_options(fund_read_only=True).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found == ScriptDirectory.from_config(_config(None)).get_current_head()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config
