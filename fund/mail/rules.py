"""What may stand in a header, what is an address, and when to try again. Pure."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256

LONGEST_SUBJECT = 150
LONGEST_ADDRESS = 254
NO_ADDRESS = "no address"
"""Stands in place of a server's reply."""
GIVE_UP_AFTER = timedelta(days=2)
_FIRST_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
_LATER_WAIT = timedelta(hours=1)
_STEERING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:(?:{_LABEL}\.)+{_LABEL}|localhost)")
_TWO_SIGNS = re.compile(r"%(?=%)")
PLACE = re.compile(r"%%([a-z_]+)%%")


def is_address(text: str) -> bool:
    """Whether this can be written to: one plain `local@domain`.

    No quotes, no spaces, no control characters, only ASCII before the @ (few servers take more); the domain may have
    letters of any language.
    """
    if len(text) > LONGEST_ADDRESS or _ADDRESS.fullmatch(text) is None:
        return False
    try:
        wire_address(text)
    except UnicodeError:
        return False
    return True


def wire_address(address: str) -> str:
    """The same address with its domain in the ASCII form that mail servers use. Raises UnicodeError."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_wire_domain(domain)}"


@lru_cache(maxsize=4096)
def _wire_domain(domain: str) -> str:
    return domain.encode("idna").decode()


def message_hash(key: str) -> str:
    """The part of a Message-ID before the @: made from the delivery's key alone, so that a second copy shows."""
    return sha256(b"message-id:" + key.encode()).hexdigest()[:40]


def feedback_id(domain: str, *, message: str, list_id: str) -> str:
    """By which a receiver sums up complaints: kind of mail, campaign, to many or to one, and who sends.

    Names nobody who is written to. Gmail wants the last field the same in every mail, of 5 to 15 characters.
    """
    campaign = list_id.rpartition(".")[2]
    sends = sha256(b"feedback-id:" + domain.encode()).hexdigest()[:12]
    return f"{message or 'mail'}:{campaign or 'none'}:{'list' if list_id else 'single'}:{sends}"


def header_line(text: str, *, longest: int = LONGEST_SUBJECT) -> str:
    """One line without control characters and marks that turn the reading direction, cut at a word."""
    line = " ".join(_CONTROL.sub(" ", _STEERING.sub("", text)).split())
    if len(line) <= longest:
        return line
    kept = line[: longest - 1]
    return (kept.rpartition(" ")[0] or kept) + "…"


def clean_text(text: str) -> str:
    """Text as it may stand in a body: no control characters but tab and line feed, and no `%%name%%` of its own."""
    uniform = text.replace("\r\n", "\n").replace("\r", "\n")
    return _TWO_SIGNS.sub("%\u2060", _CONTROL.sub("", uniform))


def fill_places(text: str, personal: dict[str, str]) -> str:
    """Put each recipient's own values for `%%name%%`, in one pass: a value is never looked through again."""
    return PLACE.sub(lambda place: personal.get(place[1], place[0]), text)


def preferences_url(unsubscribe_url: str) -> str:
    """Where the same token opens the page for what comes to the address."""
    return unsubscribe_url.replace("/unsubscribe/", "/preferences/", 1)


def wait_before(attempt: int) -> timedelta | None:
    """How long to wait after the `attempt`-th try failed for now: 1, 5, 15 minutes, then hourly; None: give up."""
    if attempt <= len(_FIRST_WAITS):
        return _FIRST_WAITS[attempt - 1]
    waited = sum(_FIRST_WAITS, timedelta()) + (attempt - len(_FIRST_WAITS)) * _LATER_WAIT
    return _LATER_WAIT if waited <= GIVE_UP_AFTER else None


LARGEST_WINDOW = 50
"""So many messages a worker has in flight at most: what a crash leaves in doubt."""
WINDOW_SECONDS = 0.1
COMPLAINTS_PER = 1000
_NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_LONGEST_DOUBLING = 30


def next_window(size: int, *, seconds: float) -> int:
    """How many to take next, after `size` took `seconds`: about a tenth of a second's work, growing step by step."""
    fitting = int(WINDOW_SECONDS * size / max(seconds, 1e-6))
    return max(1, min(fitting, 4 * size, LARGEST_WINDOW))


def most_at_once(rate: float) -> int:
    """How many messages may leave together so that `rate` a second still looks like that."""
    return max(1, int(rate * WINDOW_SECONDS))


def warm_up_allowance(first_day: int, *, since: datetime | None, now: datetime) -> int:
    """Messages a day: as many as the first day's, doubled each day (UTC) since."""
    days = (now.astimezone(UTC).date() - since.astimezone(UTC).date()).days if since else 0
    return int(first_day * 2 ** min(max(days, 0), _LONGEST_DOUBLING))


def next_day(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def is_no_such_address(code: int, enhanced: str) -> bool:
    """A permanent refusal that says that the address does not exist."""
    return code >= 500 and enhanced in _NO_SUCH_ADDRESS  # noqa: PLR2004


def is_about_the_domain(enhanced: str) -> bool:
    """Of a "later": whether it says something about others there too. 4.2.x is about one mailbox."""
    return not enhanced.startswith("4.2.")


def too_many_complaints(complaints: int, sent: int) -> bool:
    """More than one in a thousand: mail programs sort out a domain's mail from three in a thousand on."""
    return complaints * COMPLAINTS_PER > sent


def estimate_end(
    left: int, *, a_minute: float, first_day: int, since: datetime | None, sent_today: int, now: datetime
) -> datetime | None:
    """When the last of `left` messages will leave at this speed and under this warm-up; None while it stands still."""
    if left and a_minute <= 0:
        return None
    at, sent = now, sent_today
    while True:
        room = left
        if first_day:
            room = max(0, warm_up_allowance(first_day, since=since, now=at) - sent)
        fits = min(room, int(a_minute * (next_day(at) - at).total_seconds() / 60))
        if left <= (fits if first_day else left):
            return at + timedelta(minutes=left / a_minute) if left else at
        left, at, sent = left - fits, next_day(at), 0
