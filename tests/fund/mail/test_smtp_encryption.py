"""The way mail really goes out: encrypted, signed in, and only to a server whose certificate holds."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fund.mail.smtp_transport import SmtpTransport
from fund.mail.transport import Reply, TransportUnavailableError
from tests.fund.mail.smtp_server import FreePort

MESSAGE = b"Subject: x\r\n\r\nHello\r\n"


class Inbox:
    """Keeps what came, and whether it came encrypted and signed in."""

    def __init__(self) -> None:
        self.messages: list[tuple[bool, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session, _envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        assert server.transport is not None
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        self.messages.append((encrypted, bool(session.authenticated)))
        return "250 2.0.0 taken"


def knows(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"us@er", b"p@ss/word"), handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1, in one file."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(params=["starttls", "implicit"])
def server(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[str, Inbox, Controller]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    inbox = Inbox()
    if request.param == "starttls":
        settings: dict[str, Any] = {"tls_context": context, "require_starttls": True}
    else:
        settings = {"ssl_context": context, "auth_require_tls": False}
    controller = FreePort(inbox, hostname="127.0.0.1", port=0, authenticator=knows, **settings)
    controller.start()
    yield request.param, inbox, controller
    controller.stop()


def connect(server: tuple[str, Inbox, Controller], user: str = "us%40er:p%40ss%2Fword") -> SmtpTransport:
    tls, _, controller = server
    return SmtpTransport(f"smtp://{user}@127.0.0.1:{controller.port}?tls={tls}", timeout=5)


def send(transport: SmtpTransport) -> Reply:
    try:
        return transport.send(MESSAGE, sender="fund@example.org", recipient="bob@example.org")
    finally:
        transport.close()


def test_mail_goes_out_encrypted_and_signed_in(
    server: tuple[str, Inbox, Controller], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert send(connect(server)) == Reply(250, "2.0.0")
    assert server[1].messages == [(True, True)]


def test_a_url_of_smtps_says_by_itself_how_to_encrypt(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    inbox = Inbox()
    controller = FreePort(inbox, hostname="127.0.0.1", port=0, ssl_context=context)
    controller.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    try:
        assert send(SmtpTransport(f"smtps://127.0.0.1:{controller.port}", timeout=5)) == Reply(250, "2.0.0")
    finally:
        controller.stop()
    assert inbox.messages == [(True, False)]


def test_a_certificate_nobody_vouches_for_gets_nothing(server: tuple[str, Inbox, Controller]) -> None:
    with pytest.raises(TransportUnavailableError):
        send(connect(server))
    assert server[1].messages == []


def test_a_wrong_password_is_a_matter_of_set_up_not_of_the_recipient(
    server: tuple[str, Inbox, Controller], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(TransportUnavailableError):
        send(connect(server, "us%40er:wrong"))
    assert server[1].messages == []
