import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from config import SettingsError
from fund.mail.smtp_transport import SmtpTransport
from fund.mail.transport import InDoubtError, Reply, TransportUnavailableError
from tests.fund.mail.smtp_server import SmtpServer

MESSAGE = b"Subject: x\r\n\r\nHello\r\n.dotted\r\n..twice\r\n"


def send(transport: SmtpTransport, recipient: str = "bob@example.org") -> Reply:
    return transport.send(MESSAGE, sender="fund@example.org", recipient=recipient)


@pytest.fixture
def transport(smtp: SmtpServer) -> Iterator[SmtpTransport]:
    opened = smtp.transport()
    yield opened
    opened.close()


@contextmanager
def scripted(*lines: bytes, then: Callable[[socket.socket], None] | None = None) -> Iterator[str]:
    """A server that says these lines, one after each line it hears, whatever it hears; then closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as heard:
            for line in lines:
                connection.sendall(line)
                heard.readline()
            if then is not None:
                then(connection)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    thread.join(5)


def test_a_message_arrives_as_it_was_over_one_connection(smtp: SmtpServer, transport: SmtpTransport) -> None:
    replies = [send(transport, f"{name}@example.org") for name in ("bob", "carol", "dave")]
    assert replies == [Reply(250, "2.0.0")] * 3
    assert smtp.messages[0] == ("fund@example.org", ["bob@example.org"], MESSAGE)
    assert [to for _, to, _ in smtp.messages] == [["bob@example.org"], ["carol@example.org"], ["dave@example.org"]]
    assert smtp.sessions == 1


def test_a_refused_recipient_says_nothing_about_the_next(smtp: SmtpServer, transport: SmtpTransport) -> None:
    smtp.refused = {
        "nobody@example.org": "550 5.1.1 no such user nobody@example.org",
        "full@example.org": "452 4.2.2 full",
    }
    assert send(transport, "nobody@example.org") == Reply(550, "5.1.1")
    assert send(transport, "full@example.org") == Reply(452, "4.2.2")
    assert send(transport).code == 250
    assert len(smtp.messages) == 1
    assert smtp.sessions == 1


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("554 5.7.1 spam", Reply(554, "5.7.1")),
        ("451 later", Reply(451, "")),
        ("421 4.3.2 shutting down", Reply(421, "4.3.2")),
    ],
)
def test_a_refused_message_is_told_and_the_next_one_goes(
    smtp: SmtpServer, transport: SmtpTransport, answer: str, reply: Reply
) -> None:
    smtp.answers = [answer]
    assert send(transport) == reply
    assert send(transport).code == 250
    assert len(smtp.messages) == 1


def test_a_connection_that_broke_after_the_message_leaves_it_in_doubt(
    smtp: SmtpServer, transport: SmtpTransport
) -> None:
    smtp.answers = ["hang up"]
    with pytest.raises(InDoubtError):
        send(transport)
    assert len(smtp.messages) == 1, "it had arrived"
    assert send(transport).code == 250


def test_a_server_that_falls_silent_after_the_message_leaves_it_in_doubt(
    smtp: SmtpServer, transport: SmtpTransport
) -> None:
    smtp.answers = ["say nothing"]
    with pytest.raises(InDoubtError):
        send(transport)


def test_a_kept_connection_that_died_is_opened_again(smtp: SmtpServer, transport: SmtpTransport) -> None:
    assert send(transport).code == 250
    smtp.hang_up()
    assert send(transport).code == 250
    assert smtp.sessions == 2
    assert len(smtp.messages) == 2


def test_a_server_that_does_not_like_our_sender_says_nothing_about_the_recipient(
    smtp: SmtpServer, transport: SmtpTransport
) -> None:
    smtp.mail_from_answer = "550 5.7.1 relaying denied"
    with pytest.raises(TransportUnavailableError):
        send(transport)


def test_nobody_at_the_address_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(TransportUnavailableError):
        send(SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=0.5))


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (b"554 not today\r\n",),
        (b"421 busy\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n",),
        (b"220 hi\r\n", b"250 hi\r\n"),
        (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n"),
        (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"what?\r\n"),
        (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n"),
    ],
    ids=["closes", "refuses", "busy", "not-smtp", "drops-at-mail", "drops-at-rcpt", "lies-at-rcpt", "drops-at-data"],
)
def test_whatever_goes_wrong_before_the_message_nothing_was_sent(lines: tuple[bytes, ...]) -> None:
    with scripted(*lines) as url, pytest.raises(TransportUnavailableError):
        send(SmtpTransport(url, timeout=0.5))


@pytest.mark.parametrize("answer", [b"yes\r\n", b"354 go on\r\n", b"999 no\r\n", b""])
def test_an_answer_to_the_message_that_is_none_leaves_it_in_doubt(answer: bytes) -> None:
    def after(connection: socket.socket) -> None:
        with connection.makefile("rb") as heard:
            while heard.readline() not in (b".\r\n", b""):
                pass
        connection.sendall(answer)

    start = (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")
    hears_all_but_data = start[:-1]

    def data(connection: socket.socket) -> None:
        connection.sendall(start[-1])
        after(connection)

    with scripted(*hears_all_but_data, then=data) as url, pytest.raises(InDoubtError):
        send(SmtpTransport(url, timeout=0.5))


def test_line_breaks_in_an_address_start_no_command(smtp: SmtpServer, transport: SmtpTransport) -> None:
    send(transport, "bob@example.org>\r\nRCPT TO:<eve@example.org")
    assert not any("eve@example.org" in to for _, to, _ in smtp.messages)


def test_encryption_that_was_asked_for_is_not_done_without(smtp: SmtpServer) -> None:
    with pytest.raises(TransportUnavailableError):
        send(SmtpTransport(f"smtp://127.0.0.1:{smtp.port}?tls=starttls", timeout=0.5))
    with pytest.raises(TransportUnavailableError):
        send(SmtpTransport(f"smtp://127.0.0.1:{smtp.port}?tls=implicit", timeout=0.5))
    assert smtp.messages == []


def test_a_password_the_server_does_not_ask_for_is_unavailable_not_a_refusal(smtp: SmtpServer) -> None:
    with pytest.raises(TransportUnavailableError):
        send(SmtpTransport(f"smtp://user:wrong@127.0.0.1:{smtp.port}", timeout=0.5))


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org?tls=maybe",
        "smtp://user:hunter2@mail.example.org?tls=none",
    ],
)
def test_a_wrong_smtp_url_is_named_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        SmtpTransport(url)
    assert "SMTP_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_closing_twice_is_harmless(smtp: SmtpServer, transport: SmtpTransport) -> None:
    send(transport)
    transport.close()
    transport.close()
    assert send(transport).code == 250
