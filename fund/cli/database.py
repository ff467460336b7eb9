import click
from flask.cli import with_appcontext

from fund.db.migrate import migrate as migrate_database
from fund.web.services import Services, services
from fund.worker.system_tables import migrate_queue


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema. Safe to run twice, and on two machines at once."""
    bring_up_to_date(services())
    click.echo("The database is current.")


def bring_up_to_date(app: Services) -> None:
    """Our tables, then those of the queue."""
    app.settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate_database(app.database.engine)
    migrate_queue(app.settings.database_url)


commands = [migrate]
