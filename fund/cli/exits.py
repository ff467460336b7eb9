from typing import NoReturn

import click


def refuse(sentence: str) -> NoReturn:
    """A difference, a problem found, or refused: named on standard error, exit 1."""
    click.echo(sentence, err=True)
    raise SystemExit(1)
