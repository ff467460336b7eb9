import click
from flask.cli import with_appcontext

from fund.db.migrate import migrate as migrate_database
from fund.web.services import services
from fund.worker.system_tables import migrate_queue


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema. Safe to run twice, and on two machines at once."""
    settings = services().settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate_database(services().database.engine)
    migrate_queue(settings.database_url)
    click.echo("The database is current.")


commands = [migrate]
