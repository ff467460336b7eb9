"""What came back to the bounce mailbox, in the forms that mail servers give it, in words of our own."""

from collections.abc import Callable
from textwrap import dedent

HASH = "0123456789abcdef0123456789abcdef01234567"
GONE = "gone@elsewhere.example"


def returned(message_hash: str = HASH, address: str = GONE) -> str:
    """The head of our message, as it comes back."""
    return dedent(f"""\
        From: Le Carrefour <fund@example.org>
        To: {address}
        Subject: An update
        Message-ID: <{message_hash}@example.org>
        List-Id: <updates.one.example.org>
        """)


def dsn(
    *blocks: str,
    sender: str = "MAILER-DAEMON@mx.example.org (Mail Delivery System)",
    words: str = "This is the mail system at host mx.example.org.\n\nThe message came back.",
    original: str | None = None,
    message_id: str = "<20261120.1@mx.example.org>",
    original_type: str = "text/rfc822-headers",
) -> bytes:
    """A report of RFC 3464: what a person reads, what a machine reads, what was sent."""
    status = "\n".join(dedent(block) for block in blocks)
    sent = returned() if original is None else original
    return (
        dedent(f"""\
        Return-Path: <>
        Received: from mx.example.org by bounces.example.org; Fri, 20 Nov 2026 10:00:00 +0000
        From: {sender}
        To: fund@example.org
        Subject: Undelivered Mail Returned to Sender
        Message-ID: {message_id}
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="=_edge"

        --=_edge
        Content-Type: text/plain; charset=us-ascii

        """).encode()
        + f"{words}\n\n--=_edge\nContent-Type: message/delivery-status\n\n{status}\n".encode()
        + f"--=_edge\nContent-Type: {original_type}\n\n{sent}\n--=_edge--\n".encode()
    )


def postfix(
    code: str = "5.1.1", action: str = "failed", said: str = "550 5.1.1 <...>: Recipient address rejected"
) -> bytes:
    return dsn(
        """\
        Reporting-MTA: dns; mx.example.org
        X-Postfix-Queue-ID: 4F2B1C0D3E
        X-Postfix-Sender: rfc822; fund@example.org
        Arrival-Date: Fri, 20 Nov 2026 09:59:58 +0000 (UTC)
        """,
        f"""\
        Final-Recipient: rfc822; {GONE}
        Original-Recipient: rfc822;{GONE}
        Action: {action}
        Status: {code}
        Remote-MTA: dns; mx.elsewhere.example
        Diagnostic-Code: smtp; {said}
        """,
    )  # fmt: skip


def exim() -> bytes:
    """Says 5.0.0 whatever it was; the remote server's own words are in the diagnosis."""
    return dsn(
        "Reporting-MTA: dns; smtp.example.org\n",
        f"""\
        Action: failed
        Final-Recipient: rfc822;{GONE}
        Status: 5.0.0
        Remote-MTA: dns; mx.elsewhere.example
        Diagnostic-Code: smtp; 550-5.1.1 The account that you wrote to
         550 5.1.1 does not exist here.
        """,
        sender="Mail Delivery System <Mailer-Daemon@smtp.example.org>",
        original_type="message/rfc822",
        original=returned() + "\nThe update itself.\n",
    )


def exchange() -> bytes:
    return dsn(
        "Reporting-MTA: dns;EXCH01.elsewhere.example\nReceived-From-MTA: dns;mx.example.org\n",
        f"""\
        Final-Recipient: rfc822;{GONE}
        Action: failed
        Status: 5.1.10
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; no such recipient
        X-Display-Name: Gone
        """,
        sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@elsewhere.example>",
        original_type="message/rfc822",
        original=returned(),
    )


def outlook() -> bytes:
    """Microsoft 365 turns an unknown recipient away at its edge, as 5.4.1."""
    return dsn(
        "Reporting-MTA: dns;YT1PEPF0000150B.mail.protection.outlook.com\n",
        f"""\
        Final-Recipient: rfc822;{GONE}
        Action: failed
        Status: 5.4.1
        Diagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied.
        """,
        sender="postmaster@outlook.example",
    )


def gmail() -> bytes:
    """Refers to our message in its head as well."""
    made = dsn(
        "Reporting-MTA: dns; googlemail.com\nArrival-Date: Fri, 20 Nov 2026 02:00:00 -0800 (PST)\n",
        f"""\
        Final-Recipient: rfc822; {GONE}
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; gmail-smtp-in.l.google.com
        Diagnostic-Code: smtp; 550-5.1.1 The account that you tried to reach is not there.
         550 5.1.1 Try checking the address.
        Last-Attempt-Date: Fri, 20 Nov 2026 02:00:01 -0800 (PST)
        """,
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        original="Subject: An update\n",
    )
    return made.replace(b"Auto-Submitted:", f"References: <{HASH}@example.org>\nAuto-Submitted:".encode(), 1)


def full_mailbox() -> bytes:
    return postfix("5.2.2", said="552 5.2.2 The mailbox is over quota")


def blocked() -> bytes:
    return postfix("5.7.1", said="550 5.7.1 Blocked by our policy; user unknown to our reputation system")


def delayed() -> bytes:
    return postfix("4.4.1", "delayed", "connect to mx.elsewhere.example: Connection timed out")


def delivered() -> bytes:
    return postfix("2.0.0", "delivered", "250 2.0.0 Ok")


def qmail() -> bytes:
    return (
        dedent(f"""\
        Return-Path: <>
        From: MAILER-DAEMON@qmail.example
        To: fund@example.org
        Subject: failure notice
        Message-ID: <q1@qmail.example>

        Hi. This is the qmail-send program at qmail.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up.

        <{GONE}>:
        Sorry, no mailbox here by that name. (#5.1.1)

        --- Below this line is a copy of the message.

        """).encode()
        + returned().encode()
        + b"\nThe update itself, to somebody@third.example.\n"
    )


def exim_in_words() -> bytes:
    return (
        dedent(f"""\
        From: Mail Delivery System <Mailer-Daemon@smtp.example.org>
        To: fund@example.org
        X-Failed-Recipients: {GONE}
        Auto-Submitted: auto-replied
        Subject: Mail delivery failed: returning message to sender
        Message-Id: <E1@smtp.example.org>

        A message that you sent could not be delivered to one of its recipients.
        The following address failed:

          {GONE}
            Unrouteable address: unknown user

        ------ This is a copy of the message, including all the headers. ------

        """).encode()
        + returned().encode()
    )


def old_exchange(message_hash: str = HASH) -> bytes:
    return dedent("""\
        From: postmaster@elsewhere.example
        To: fund@example.org
        Subject: Undeliverable: An update
        Content-Type: text/plain; charset="utf-8"
        Content-Transfer-Encoding: base64

        """).encode() + _base64(
        f"Delivery has failed to these recipients:\n\n{GONE}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound ##\n\n"
        + returned(message_hash)
    )


def encoded_status() -> bytes:
    """Not allowed, and met all the same: the machine's part in base64."""
    inner = f"Reporting-MTA: dns; odd.example\n\nFinal-Recipient: rfc822; {GONE}\nAction: failed\nStatus: 5.1.1\n"
    made = dsn("@@")
    return made.replace(
        b"Content-Type: message/delivery-status\n\n@@",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n" + _base64(inner),
    )


def complaint(kind: str = "abuse", message_hash: str = HASH) -> bytes:
    """RFC 5965, as feedback loops send it."""
    return (
        dedent(f"""\
        From: Feedback Loop <fbl@provider.example>
        To: complaints@example.org
        Subject: FW: An update
        Message-ID: <f1@provider.example>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="=_edge"

        --=_edge
        Content-Type: text/plain

        This is an abuse report for a message that came from your network.
        --=_edge
        Content-Type: message/feedback-report

        Feedback-Type: {kind}
        User-Agent: ProviderFBL/2.1
        Version: 1
        Original-Rcpt-To: <{GONE}>
        Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0000
        --=_edge
        Content-Type: message/rfc822

        """).encode()
        + returned(message_hash).encode()
        + b"\nThe update itself.\n--=_edge--\n"
    )


def holiday() -> bytes:
    return dedent(f"""\
        From: Gone <{GONE}>
        To: fund@example.org
        Subject: Automatic reply: An update
        Message-ID: <h1@elsewhere.example>
        In-Reply-To: <{HASH}@example.org>
        Auto-Submitted: auto-replied

        I am away. Mail for me will not be delivered to anybody else; the address does not exist in my absence.
        """).encode()


def answer_of_a_person() -> bytes:
    return dedent(f"""\
        From: Gone <{GONE}>
        To: fund@example.org
        Subject: Re: An update
        Message-ID: <p1@elsewhere.example>
        References: <{HASH}@example.org>

        My last letter to you could not be delivered: user unknown. What happened?
        """).encode()


def _base64(text: str) -> bytes:
    from base64 import encodebytes  # noqa: PLC0415

    return encodebytes(text.encode())


HARD: dict[str, Callable[[], bytes]] = {
    "Postfix": postfix,
    "Exim": exim,
    "Exim in words": exim_in_words,
    "Exchange": exchange,
    "old Exchange": old_exchange,
    "Outlook": outlook,
    "Gmail": gmail,
    "qmail": qmail,
    "an encoded status": encoded_status,
}
SOFT: dict[str, Callable[[], bytes]] = {"a full mailbox": full_mailbox, "a policy": blocked}
NO_REPORT: dict[str, Callable[[], bytes]] = {
    "delivered": delivered,
    "on holiday": holiday,
    "a person": answer_of_a_person,
    "not spam": lambda: complaint("not-spam"),
    "nothing": lambda: b"",
}
