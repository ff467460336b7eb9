"""Who did something, as the desk calls them."""

from collections.abc import Iterable

from fund.members.queries import names_of_members
from fund.web.request_scope import read_session

MEMBER = "member:"


def actor_names(actors: Iterable[str | None]) -> dict[str, str]:
    """By `member:<id>`; the clock, a command and a worker have no name here."""
    ids = {int(actor.removeprefix(MEMBER)) for actor in actors if actor and actor.startswith(MEMBER)}
    return {f"{MEMBER}{id_}": name for id_, name in names_of_members(read_session(), ids).items()}
