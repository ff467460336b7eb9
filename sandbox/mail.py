"""The SMTP server that catches every message."""

import asyncio
import socket
import threading
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox import Caught, Mailbox

HANG_SECONDS = 60.0
LARGEST_MESSAGE = 33_554_432


class Catcher:
    """What aiosmtpd calls; method names and arguments are its own."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        code = self._mailbox.refuses_recipient(address)
        if code:
            return f"{code} 5.1.1 <{address}>: refused by the sandbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipients = tuple(str(each) for each in envelope.rcpt_tos)
        fault = self._mailbox.meets(recipients)
        if fault is not None and fault.mode == "reply":
            return f"{fault.code} {fault.code // 100}.3.0 refused by the sandbox"
        if fault is not None and fault.mode == "hang":
            await asyncio.sleep(HANG_SECONDS)
            return "451 4.4.2 too late"
        content = envelope.original_content or b""
        self._mailbox.add(Caught(str(envelope.mail_from or ""), recipients, content))
        if fault is not None and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 2.0.0 Ok: caught"


class MailServer:
    """An event loop in a thread of its own, on a socket that is already listening."""

    def __init__(self, mailbox: Mailbox, listener: socket.socket) -> None:
        self._handler = Catcher(mailbox)
        self._listener = listener
        self._loop = asyncio.new_event_loop()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=self._listener))
        self._loop.run_forever()

    def _protocol(self) -> Any:
        return SMTP(
            self._handler,
            enable_SMTPUTF8=True,
            hostname="sandbox.localhost",
            ident="sandbox",
            data_size_limit=LARGEST_MESSAGE,
            loop=self._loop,
            command_call_limit={"*": 1_000_000},
        )
