"""Numbers in addresses: one that no row can have is the address of nothing, whatever page it is of."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1
"""What a column of ids can hold. Beyond it a database answers with an error, not with nothing."""


class RowNumber(IntegerConverter):
    """Stands for `int` in every address."""

    regex = "[0-9]{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Before any address is made."""
    app.url_map.converters["int"] = RowNumber
