import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from fund.db.migrate import is_current, migrate
from fund.db.session import Database
from fund.tables import metadata
from tests.fixtures.whole_run import ROOT

VERSIONS = ROOT / "fund/migrations/versions"


def numbered() -> list[Path]:
    return sorted(path for path in VERSIONS.glob("*.py") if path.name != "__init__.py")


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", path.name) for path in numbered()]
    assert [match and int(match[1]) for match in numbers] == list(range(1, len(numbers) + 1))


def test_migrations_are_one_line() -> None:
    scripts = ScriptDirectory(str(ROOT / "fund/migrations"))
    walked = [script.revision for script in scripts.walk_revisions()]
    assert scripts.get_heads() == [f"{len(numbered()):04}"]
    assert walked[::-1] == [path.name[:4] for path in numbered()]


def test_migrations_make_what_the_models_say(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert not is_current(database.engine)
    migrate(database.engine)
    assert is_current(database.engine)
    with database.engine.connect() as connection:
        options = {"include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    database.dispose()
    assert found == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = inspect(database.engine).get_table_names()
    migrate(database.engine)
    assert inspect(database.engine).get_table_names() == before


def test_the_queues_tables_are_not_ours(database: Database) -> None:
    found = inspect(database.engine)
    schemas = ("main", "dbos", "public")
    everywhere = {
        name for schema in found.get_schema_names() if schema in schemas for name in found.get_table_names(schema)
    }
    assert "workflow_status" in everywhere
    assert "workflow_status" not in metadata.tables
