from alembic import context

from fund.tables import metadata

OWN_TABLES = set(metadata.tables)


def include_name(name, type_, _parents):
    """DBOS keeps its own tables in the same database; they are none of ours."""
    return type_ != "table" or name in OWN_TABLES


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
