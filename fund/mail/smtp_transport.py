import re
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from config import SettingsError
from fund.mail.transport import InDoubtError, Reply, TransportUnavailableError

TIMEOUT = 30.0
"""Seconds for each answer of the server."""
_OK, _GO_AHEAD, _CLOSING, _PERMANENT = 250, 354, 421, 500
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
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
        self._server = _parse(url)
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None
        self._turn = threading.Lock()

    def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
        """Raises TransportUnavailableError or InDoubtError."""
        with self._turn:
            connection = self._begin(sender)
            refusal = self._name_recipient(connection, recipient)
            return refusal or self._hand_over(connection, message)

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:
                try:
                    self._connection.quit()
                except (smtplib.SMTPException, OSError):
                    self._drop()
            self._connection = None

    def _begin(self, sender: str) -> smtplib.SMTP:
        """A connection that took our MAIL FROM. One that was kept may have died of age: that is tried once more."""
        if self._connection is not None:
            try:
                if self._connection.mail(sender)[0] == _OK:
                    return self._connection
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        try:
            self._connection = connection = self._connect()
            code, words = connection.mail(sender)
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            raise TransportUnavailableError from broken
        if code != _OK:
            self._drop()
            raise TransportUnavailableError(f"MAIL FROM was answered with {_reply(code, words).code}")
        return connection

    def _name_recipient(self, connection: smtplib.SMTP, recipient: str) -> Reply | None:
        """None when the server takes it, else its refusal."""
        try:
            code, words = connection.rcpt(recipient)
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            raise TransportUnavailableError from broken
        if code in (_OK, _OK + 1):
            return None
        return self._refused(connection, code, words)

    def _hand_over(self, connection: smtplib.SMTP, message: bytes) -> Reply:
        try:
            code, words = connection.docmd("DATA")
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            raise TransportUnavailableError from broken
        if code != _GO_AHEAD:
            return self._refused(connection, code, words)
        try:
            connection.send(_dotted(message))
            code, words = connection.getreply()
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            raise InDoubtError from broken
        if code == _CLOSING:
            self._drop()
        elif not _is_answer(code):
            self._drop()
            raise InDoubtError("the server answered nothing that is a reply")
        return _reply(code, words)

    def _refused(self, connection: smtplib.SMTP, code: int, words: bytes) -> Reply:
        """A refusal before the message: the connection is made ready for the next one, or given up."""
        if not _PERMANENT - 100 <= code < _PERMANENT + 100:
            self._drop()
            raise TransportUnavailableError("the server answered nothing that is a refusal")
        try:
            if code == _CLOSING or connection.rset()[0] != _OK:
                self._drop()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return _reply(code, words)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.encryption == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host,
                server.port,
                server.greeting,
                timeout=self._timeout,
                context=ssl.create_default_context(),
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, server.greeting, timeout=self._timeout)
        try:
            if server.encryption == "starttls":
                connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _dotted(message: bytes) -> bytes:
    """The message with its end mark; lines that begin with a dot get a second one."""
    lines = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


def _is_answer(code: int) -> bool:
    return 200 <= code < 300 or _PERMANENT - 100 <= code < _PERMANENT + 100  # noqa: PLR2004


def _reply(code: int, words: bytes) -> Reply:
    enhanced = _ENHANCED.match(words)
    return Reply(code, enhanced[0].decode() if enhanced else "")


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
    return _Server(
        host=parts.hostname,
        port=port or {"implicit": 465, "starttls": 587, "none": 25}[encryption],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encryption=encryption,
        greeting=_greeting(),
    )


def _usual_encryption(parts: SplitResult, port: int | None) -> str:
    if parts.scheme == "smtps" or port == smtplib.SMTP_SSL_PORT:
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
