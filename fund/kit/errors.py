class Refusal(Exception):  # noqa: N818  "Refusal" is the word of the field: a rule said no, nothing broke
    """A rule said no, and the caller may be told why.

    `message` is an English sentence with `{named}` values; doors translate it before they fill it in, and write Money
    as their language does.
    `status` is the HTTP status a door answers with, `field` the form field it belongs to, if any.
    """

    def __init__(self, message: str, *, status: int = 422, field: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.field = field
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message
