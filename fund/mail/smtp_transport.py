import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import takewhile, zip_longest
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from config import SettingsError
from fund.mail.smtp_opening import PORT_OF_TLS, Connection, open_smtp, say_goodbye
from fund.mail.smtp_replies import BrokenError
from fund.mail.smtp_wire import CLOSING, NotHandedOverError, SmtpWire
from fund.mail.transport import Answer, InDoubtError, NoReply, Outgoing, Reply, TransportUnavailableError

TIMEOUT = 30.0
"""Seconds for each answer of the server."""
OPENING = 2
"""So many times that is the longest time from the connection to the first message."""
GOODBYE = 2.0
"""Seconds that we wait for the server to say goodbye."""
LONGEST_TURN = 30.0
"""Seconds after which no further message of a turn is begun."""
MOST_UNAVAILABLE = 3
"""So many in a row, and the mail server is taken to be down."""
NOT_AN_ADDRESS = Reply(553, "5.1.3")
"""What we answer ourselves: a line break in an address would begin another command."""
_NAMEABLE = re.compile(r"[!-;=?-~]+")
_ENCRYPTION = ("starttls", "implicit", "none")


@dataclass(frozen=True, slots=True, repr=False)
class _Server:
    """SMTP_URL taken apart. Has no repr: it holds the password."""

    host: str
    port: int
    user: str
    password: str
    encryption: str
    greeting: str


class SmtpTransport:
    """One connection, kept between messages and opened again when the server dropped it. Threads take turns.

    Only 2xx to the whole message counts as accepted. A server that does not know us, does not like our sender or
    cannot be reached says nothing about the recipient: TransportUnavailableError, try everything again later.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        """`smtp://user:password@host:587?tls=starttls|implicit|none`. Raises SettingsError; connects only on use."""
        self._url = url
        self._server = _parse(url)
        self._timeout = timeout
        self._connection: Connection | None = None
        self._wire: SmtpWire | None = None
        self._turn = threading.Lock()

    def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
        """Raises TransportUnavailableError or InDoubtError."""
        (answer,) = self.send_many([Outgoing(message, recipient)], sender=sender)
        if answer is NoReply.IN_DOUBT:
            raise InDoubtError
        if isinstance(answer, NoReply):
            raise TransportUnavailableError
        return answer

    def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[Answer]:
        """One answer for each. Where the server takes commands in groups, a message costs one round trip."""
        answers: list[Answer] = []
        end = time.monotonic() + LONGEST_TURN
        with self._turn:
            while len(answers) < len(messages):
                if time.monotonic() > end or answers[-MOST_UNAVAILABLE:] == [NoReply.UNAVAILABLE] * MOST_UNAVAILABLE:
                    return answers + [NoReply.UNTRIED] * (len(messages) - len(answers))
                some = list(takewhile(_can_be_named, messages[len(answers) :]))
                answers += self._send_some(some, sender, end) if some else [NOT_AN_ADDRESS]
        return answers

    def another(self) -> "SmtpTransport":
        return SmtpTransport(self._url, timeout=self._timeout)

    def greet(self) -> frozenset[str]:
        try:
            connection = self._open()
        except BrokenError as broken:
            raise TransportUnavailableError(type(broken.__cause__).__name__) from broken
        offered = frozenset(connection.esmtp_features)
        say_goodbye(connection, end=time.monotonic() + GOODBYE)
        return offered | ({"encrypted"} if self._server.encryption != "none" else set())

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:
                say_goodbye(self._connection, end=time.monotonic() + GOODBYE)
            self._drop()

    def _send_some(self, messages: Sequence[Outgoing], sender: str, end: float) -> list[Answer]:
        """Over one connection, until it breaks. Empty when one that was kept had died of age: try a new one."""
        answers: list[Answer] = []
        new = self._wire is None
        for one, following in zip_longest(messages, messages[1:]):
            try:
                wire = self._wire or self._connect(sender, one)
                refusal = wire.begun() if answers or new else wire.begin(sender, one).begun()
            except BrokenError:
                self._drop()
                return answers or [NoReply.UNAVAILABLE] * new
            more = following is not None and time.monotonic() < end
            if more:
                wire.begin(sender, following)
            answers.append(refusal or self._hand_over(wire, one))
            if not more or self._wire is None:
                break
        return answers

    def _hand_over(self, wire: SmtpWire, one: Outgoing) -> Answer:
        try:
            wire.hand_over(one.message)
            reply = wire.answer()
        except NotHandedOverError:
            self._drop()
            return NoReply.UNAVAILABLE
        except BrokenError:
            self._drop()
            return NoReply.IN_DOUBT
        if reply.code == CLOSING:
            self._drop()
        return reply

    def _connect(self, sender: str, first: Outgoing) -> SmtpWire:
        """A new connection with its first message begun. Raises BrokenError."""
        self._connection = connection = self._open()
        assert connection.sock is not None  # noqa: S101  it is open
        pipelining = connection.has_extn("pipelining")
        self._wire = SmtpWire(connection.sock, pipelining=pipelining, timeout=self._timeout)
        return self._wire.begin(sender, first)

    def _open(self) -> Connection:
        server = self._server
        return open_smtp(
            server.host,
            server.port,
            encryption=server.encryption,
            greeting=server.greeting,
            user=server.user,
            password=server.password,
            timeout=self._timeout,
            end=time.monotonic() + OPENING * self._timeout,
        )

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._wire = None


def _can_be_named(one: Outgoing) -> bool:
    return _NAMEABLE.fullmatch(one.recipient) is not None


def _parse(url: str) -> _Server:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise SettingsError("SMTP_URL has no port that is a number") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsError("SMTP_URL is smtp://user:password@host:587?tls=starttls")
    options = parse_qs(parts.query)
    encryption = options.get("tls", [_usual_encryption(parts, port)])[0]
    if encryption not in _ENCRYPTION:
        raise SettingsError(f"SMTP_URL: tls is one of {', '.join(_ENCRYPTION)}")
    if encryption == "none" and parts.username and not _is_loopback(parts.hostname):
        raise SettingsError("SMTP_URL would send its password in clear text: use tls=starttls or tls=implicit")
    if not (unquote(parts.username or "") + unquote(parts.password or "")).isascii():
        raise SettingsError("SMTP_URL: user and password can only have letters, digits and signs of ASCII")
    return _Server(
        host=parts.hostname,
        port=port or {"implicit": 465, "starttls": 587, "none": 25}[encryption],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encryption=encryption,
        greeting=_greeting(),
    )


def _usual_encryption(parts: SplitResult, port: int | None) -> str:
    if parts.scheme == "smtps" or port == PORT_OF_TLS:
        return "implicit"
    return "none" if _is_loopback(parts.hostname or "") else "starttls"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _greeting() -> str:
    """This machine's name when it has a full one. Never asks DNS, which may take half a minute to say no."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
