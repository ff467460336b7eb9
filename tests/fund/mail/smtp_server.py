# ruff: noqa: ARG002, N802  (aiosmtpd names the hooks and passes them all it has)
"""A mail server on loopback that accepts, refuses, hangs up or falls silent as a test tells it."""

import threading
from asyncio import Server
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fund.mail.smtp_transport import SmtpTransport

PATIENCE = 0.5
"""Seconds that a test's transport waits for an answer."""


class FreePort(Controller):
    """Listens on whatever port is free; aiosmtpd's own would greet itself on port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class SmtpServer:
    """`answers` are given to the next messages, one each: a reply, or `hang up` or `say nothing` at the final dot.

    `refused` are recipients and what RCPT TO answers them; `sessions` counts connections.
    """

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[str], bytes]] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        self.mail_from_answer = ""
        self.sessions = 0
        self._peers: list[Any] = []
        self._lock = threading.Lock()
        self._controller = FreePort(self, hostname="127.0.0.1", port=0, ready_timeout=10)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def transport(self) -> SmtpTransport:
        return SmtpTransport(f"smtp://127.0.0.1:{self.port}", timeout=PATIENCE)

    def hang_up(self) -> None:
        """Drop every connection, as a server does that was restarted."""
        for peer in self._peers:
            self._controller.loop.call_soon_threadsafe(peer.close)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        self._peers.append(server.transport)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_from_answer:
            return self.mail_from_answer
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str | None:
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 taken"
        if answer == "say nothing":
            await _forever(server)
        if answer.startswith("250") or answer == "hang up":
            with self._lock:
                assert envelope.mail_from is not None
                assert isinstance(envelope.content, bytes)
                self.messages.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
            return None
        return answer


async def _forever(server: SMTP) -> None:
    await server.loop.create_future()
