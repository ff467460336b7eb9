"""A server that takes commands in groups, and lies, cuts or hangs at each point."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from fund.mail.smtp_replies import BrokenError
from fund.mail.smtp_transport import SmtpTransport
from fund.mail.smtp_wire import SmtpWire
from fund.mail.transport import Answer, NoReply, Outgoing, Reply

EHLO = (b"\r\n", b"250-hi\r\n250 PIPELINING\r\n")
TAKES = b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"
ENVELOPE = (b"DATA\r\n", TAKES)
MESSAGE = b"Subject: x\r\n\r\nHello\r\n.dot\r\n"
END = b"\r\n.\r\n"
OK, UNAVAILABLE, IN_DOUBT = Reply(250, "2.0.0"), NoReply.UNAVAILABLE, NoReply.IN_DOUBT
SAID = b"250 2.0.0 taken\r\n"
Step = tuple[bytes, bytes]


@contextmanager
def server(*scripts: Sequence[Step], heard: list[bytes] | None = None, hangs: bool = False) -> Iterator[SmtpTransport]:
    """Each connection follows the next script: hears up to a mark, says something; then hangs up, or says no more."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk() -> None:
        for script in scripts:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 hi\r\n")
                _follow(connection, script, heard if heard is not None else [])
                if hangs:
                    over.wait(10)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    transport = SmtpTransport(f"smtp://127.0.0.1:{listener.getsockname()[1]}", timeout=0.5)
    try:
        yield transport
    finally:
        over.set()
        transport.close()
        listener.close()
        thread.join(5)


def _follow(connection: socket.socket, script: Sequence[Step], heard: list[bytes]) -> None:
    buffered = b""
    for mark, words in script:
        while mark not in buffered:
            received = connection.recv(65536)
            if not received:
                return
            buffered += received
        part, _, buffered = buffered.partition(mark)
        heard.append(part + mark)
        try:
            connection.sendall(words)
        except OSError:
            return


def send(transport: SmtpTransport, *names: str) -> list[Answer]:
    messages = [Outgoing(MESSAGE, f"{name}@example.org") for name in names]
    return transport.send_many(messages, sender="fund@example.org")


def test_a_message_and_the_next_envelope_leave_together() -> None:
    heard: list[bytes] = []
    with server([EHLO, ENVELOPE, (b"DATA\r\n", SAID + TAKES), (END, SAID)], heard=heard) as transport:
        assert send(transport, "bob", "carol") == [OK, OK]
    assert heard[1] == b"MAIL FROM:<fund@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n"
    assert b"\r\n..dot\r\n.\r\nMAIL FROM:<fund@example.org>\r\nRCPT TO:<carol@example.org>" in heard[2]


@pytest.mark.parametrize(
    ("script", "after"),
    [
        ([(b"DATA\r\n", b"250 ok\r\n550 5.1.1 no\r\n503 no\r\n")], b"RSET\r\nMAIL"),
        ([(b"DATA\r\n", b"250 ok\r\n550 5.1.1 no\r\n354 go on\r\n"), (b".\r\n", b"554 nobody\r\n")], b"RSET\r\nMAIL"),
    ],
    ids=["no", "wants-the-message-all-the-same"],
)
def test_a_refused_recipient_says_nothing_about_the_next(script: list[Step], after: bytes) -> None:
    heard: list[bytes] = []
    rest = [(b"DATA\r\n", b"250 reset\r\n" + TAKES), (END, SAID)]
    with server([EHLO, *script, *rest], heard=heard) as transport:
        assert send(transport, "nobody", "bob") == [Reply(550, "5.1.1"), OK]
    assert any(part.startswith(after) for part in heard)


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ([EHLO], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"250 ok\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"250 ok\r\n250 ok\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"550 we do not know you\r\n503 no\r\n503 no\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"354 go on\r\n250 ok\r\n250 ok\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"250 ok\r\n250 ok\r\n250 ok\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", TAKES + b"250 taken already\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"yes\r\n")], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"250-" + b"x" * 1_000_000)], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"250-and\r\n" * 100_000)], UNAVAILABLE),
        ([EHLO, (b"DATA\r\n", b"421 4.3.2 too many\r\n")], UNAVAILABLE),
        ([EHLO, ENVELOPE], IN_DOUBT),
        ([EHLO, ENVELOPE, (END, b"")], IN_DOUBT),
        ([EHLO, ENVELOPE, (END, b"25")], IN_DOUBT),
        ([EHLO, ENVELOPE, (END, b"354 go on\r\n")], IN_DOUBT),
        ([EHLO, ENVELOPE, (END, b"\x00\xff\r\n")], IN_DOUBT),
        ([EHLO, ENVELOPE, (END, b"250-" + b"x" * 1_000_000)], IN_DOUBT),
        ([EHLO, ENVELOPE, (END, b"421 4.3.2 goodbye\r\n")], Reply(421, "4.3.2")),
        ([EHLO, ENVELOPE, (END, b"451 4.3.0 later\r\n")], Reply(451, "4.3.0")),
        ([EHLO, ENVELOPE, (END, b"250-2.0.0 taken\r\n250 as 17\r\n")], OK),
    ],
)
@pytest.mark.parametrize("hangs", [False, True], ids=["cuts", "hangs"])
def test_wherever_it_stops_the_outcome_is_stated(script: list[Step], answer: Answer, *, hangs: bool) -> None:
    with server(script, hangs=hangs) as transport:
        assert send(transport, "bob") == [answer]


def test_a_cut_between_two_messages_costs_neither() -> None:
    first = [EHLO, ENVELOPE, (END, SAID)]
    with server(first, [EHLO, ENVELOPE, (END, SAID)]) as transport:
        assert send(transport, "bob", "carol") == [OK, OK]


def test_a_server_that_limits_messages_on_a_connection_is_called_again() -> None:
    first = [EHLO, ENVELOPE, (b"DATA\r\n", SAID + b"421 4.7.0 too many\r\n")]
    with server(first, [EHLO, ENVELOPE, (END, SAID)]) as transport:
        assert send(transport, "bob", "carol") == [OK, OK]


def test_after_three_in_a_row_the_rest_is_not_tried() -> None:
    with server(*[[EHLO]] * 3) as transport:
        assert send(transport, *"abcde") == [UNAVAILABLE] * 3 + [NoReply.UNTRIED] * 2


def test_an_address_that_would_begin_a_command_is_never_said() -> None:
    heard: list[bytes] = []
    with server([EHLO, ENVELOPE, (END, SAID)], heard=heard) as transport:
        evil = Outgoing(MESSAGE, "bob@example.org>\r\nRCPT TO:<eve@example.org")
        answers = transport.send_many([evil, Outgoing(MESSAGE, "bob@example.org")], sender="fund@example.org")
    assert answers == [Reply(553, "5.1.3"), OK]
    assert b"eve@example.org" not in b"".join(heard)


@pytest.mark.parametrize(
    ("machine", "greeting"), [("mail.carrefour.org", "mail.carrefour.org"), ("box", "[127.0.0.1]")]
)
def test_it_greets_by_a_full_name_or_by_an_address(
    monkeypatch: pytest.MonkeyPatch, machine: str, greeting: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: machine)
    heard: list[bytes] = []
    with server([EHLO, ENVELOPE, (END, SAID)], heard=heard) as transport:
        assert send(transport, "a") == [OK]
    assert heard[0].decode().lower() == f"ehlo {greeting}\r\n"


def test_another_has_a_connection_of_its_own() -> None:
    with server([EHLO, ENVELOPE, (END, SAID)], [EHLO, ENVELOPE, (END, SAID)]) as transport:
        other = transport.another()
        assert [send(one, "a") for one in (transport, other)] == [[OK], [OK]]
        other.close()


def test_a_connection_that_takes_nothing_any_more_is_broken() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(BrokenError):
        SmtpWire(ours, timeout=0.5, pipelining=True).hand_over(MESSAGE)


def test_one_that_stops_listening_before_the_end_of_the_message_has_not_got_it() -> None:
    with server([EHLO, ENVELOPE], hangs=True) as transport:
        large = Outgoing(MESSAGE * 1_000_000, "bob@example.org")
        assert transport.send_many([large], sender="fund@example.org") == [UNAVAILABLE]
