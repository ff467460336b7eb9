import sys

import click
from flask.cli import with_appcontext

from fund.cli.exits import refuse
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.create_owner import create_owner as make_owner
from fund.members.passwords import new_password_hash
from fund.members.rules import clean_address, clean_name
from fund.web.services import services


@click.command("create-owner")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", default="", help="As the desk shows it; the part before the @ if left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@with_appcontext
def create_owner(*, email: str, name: str, password_stdin: bool) -> None:
    """Let somebody in who may do everything. An address that has a member already gets the new password."""
    try:
        address = clean_address(email)
        shown = clean_name(name or address.partition("@")[0])
        password_hash = new_password_hash(_password(from_stdin=password_stdin), address=address)
        with services().database.write() as session:
            make_owner(
                session,
                address=address,
                name=shown,
                password_hash=password_hash,
                locale=services().settings.default_locale,
                actor="command",
                now=utc_now(),
            )
    except Refusal as refusal:
        refuse(str(refusal))
    click.echo(f"{address} is an owner and can sign in at {services().addresses.login('en')}")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


commands = [create_owner]
