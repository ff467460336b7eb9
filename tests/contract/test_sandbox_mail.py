"""The mail catcher: what it keeps, what it shows, how it fails on demand."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.contract.sandbox_client import http_call
from tests.fixtures.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with SandboxProcess.start() as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    process.post("/_sandbox/reset")
    return process


def message(subject: str = "Reçu") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "fund@example.org"
    made["To"] = "bob@example.org"
    made["Subject"] = subject
    made["List-Unsubscribe"] = "<http://127.0.0.1/u/1>"
    made.set_content("Merci. Voyez http://127.0.0.1/gift/abc?x=1&y=2.\n<b>")
    made.add_alternative("<p>Merci <script>alert(1)</script></p>", subtype="html")
    return made


def send(sandbox: SandboxProcess, recipient: str = "bob@example.org", subject: str = "Reçu") -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        server.send_message(message(subject), "bounce@example.org", [recipient])


def refused(sandbox: SandboxProcess, recipient: str = "bob@example.org") -> int:
    """The code that a message meets."""
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused)) as error:
        send(sandbox, recipient)
    if isinstance(error.value, smtplib.SMTPDataError):
        return int(error.value.smtp_code)
    assert isinstance(error.value, smtplib.SMTPRecipientsRefused)
    return int(error.value.recipients[recipient][0])


def test_messages_are_caught_with_their_envelope_oldest_first(sandbox: SandboxProcess) -> None:
    send(sandbox)
    send(sandbox, "carol@example.org", "Second")
    first, second = sandbox.mail()
    assert (first["from"], first["to"]) == ("bounce@example.org", ["bob@example.org"])
    assert "List-Unsubscribe: <http://127.0.0.1/u/1>" in first["raw"]
    assert "Subject: Second" in second["raw"]
    sandbox.delete("/_sandbox/mail")
    assert sandbox.mail() == []


def test_the_server_speaks_what_a_fast_client_uses(sandbox: SandboxProcess) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        server.ehlo()
        assert {"pipelining", "8bitmime", "smtputf8", "size"} <= set(server.esmtp_features)
        pipelined = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"
        server.send(pipelined)
        assert [server.getreply()[0] for _ in range(3)] == [250, 250, 354]
        server.send(b"Subject: fast\r\n\r\n..dot\r\n.\r\n")
        assert server.getreply()[0] == 250
        server.mail("a@example.org", ["SMTPUTF8", "BODY=8BITMIME"])
        server.send("RCPT TO:<zoé@example.org>\r\n".encode())
        assert server.getreply()[0] == 250
        server.data("Subject: été\r\n\r\nà\r\n".encode())
    fast, accented = sandbox.mail()
    assert fast["raw"].endswith("\r\n.dot\r\n")
    assert accented["to"] == ["zoé@example.org"]
    assert "été" in accented["raw"]


def test_the_viewer_shows_newest_first_and_runs_nothing(sandbox: SandboxProcess) -> None:
    assert "No message has been caught yet." in http_call(sandbox, "GET", "/mail")[2]
    send(sandbox)
    send(sandbox, subject="<i>Second")
    listed = http_call(sandbox, "GET", "/mail")[2]
    assert listed.index("&lt;i&gt;Second") < listed.index("Reçu")
    status, headers, page = http_call(sandbox, "GET", "/mail/1")
    assert status == 200
    assert '<a href="http://127.0.0.1/gift/abc?x=1&amp;y=2">' in page
    assert "&lt;b&gt;" in page
    assert '<iframe title="HTML part" sandbox' in page
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; frame-src 'self'")
    _, headers, part = http_call(sandbox, "GET", "/mail/1/html")
    assert "<script>" in part
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "; sandbox;" in headers["content-security-policy"]
    assert "bob@example.org" in http_call(sandbox, "GET", "/mail/1/raw")[2]
    assert http_call(sandbox, "GET", "/mail/9")[0] == 404


def test_a_message_that_is_no_mail_is_still_shown(sandbox: SandboxProcess) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        server.sendmail("a@example.org", ["b@example.org"], b'Content-Type: text/plain; charset="none"\r\n\r\n\xff\xfe')
    assert http_call(sandbox, "GET", "/mail")[0] == 200
    assert http_call(sandbox, "GET", "/mail/1")[0] == 200


@pytest.mark.parametrize("code", [421, 451, 550])
def test_a_code_is_answered_as_often_as_asked(sandbox: SandboxProcess, code: int) -> None:
    sandbox.post("/_sandbox/smtp", {"code": code, "times": 2})
    assert refused(sandbox) == code
    assert refused(sandbox) == code
    send(sandbox)
    assert len(sandbox.mail()) == 1


def test_one_recipient_can_be_refused_for_good(sandbox: SandboxProcess) -> None:
    sandbox.post("/_sandbox/smtp", {"code": 550, "recipient": "gone@example.org"})
    assert refused(sandbox, "gone@example.org") == 550
    send(sandbox)
    assert refused(sandbox, "gone@example.org") == 550
    sandbox.post("/_sandbox/smtp", {"mode": "off"})
    send(sandbox, "gone@example.org")
    assert len(sandbox.mail()) == 2


def test_every_third_message_fails(sandbox: SandboxProcess) -> None:
    sandbox.post("/_sandbox/smtp", {"code": 451, "every": 3})
    send(sandbox)
    send(sandbox)
    assert refused(sandbox) == 451
    send(sandbox)
    assert len(sandbox.mail()) == 3


def test_a_message_can_be_taken_without_an_answer(sandbox: SandboxProcess) -> None:
    sandbox.post("/_sandbox/smtp", {"mode": "drop_before_reply", "times": 1})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(sandbox)
    assert len(sandbox.mail()) == 1
    send(sandbox)
    assert len(sandbox.mail()) == 2


def test_a_server_that_hangs_says_nothing(sandbox: SandboxProcess) -> None:
    sandbox.post("/_sandbox/smtp", {"mode": "hang", "times": 1})
    server = smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=0.3)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        server.send_message(message(), "a@example.org", ["b@example.org"])
    server.close()
    send(sandbox)
    assert len(sandbox.mail()) == 1
