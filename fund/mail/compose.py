from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fund.mail.prepare import Envelope, prepare
from fund.mail.render_message import Rendered
from fund.mail.sender import Sender


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One message to one person, before it becomes bytes."""

    key: str
    address: str
    rendered: Rendered
    personal: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str | None = None
    list_id: str = ""
    message: str = ""
    """Which kind of mail it is."""


def compose(letter: Letter, sender: Sender, *, now: datetime) -> bytes:
    """The finished message, signed when there is a key. Sent again it carries the same Message-ID.

    Raises ValueError for an address or a link that cannot stand in a header, UnusableKeyError for a wrong DKIM_KEY.
    """
    envelope = Envelope(letter.key, letter.address, letter.personal, letter.unsubscribe_url)
    prepared = prepare(letter.rendered, sender, message=letter.message, list_id=letter.list_id)
    return prepared.fill(envelope, now=now)
