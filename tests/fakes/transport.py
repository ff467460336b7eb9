from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from fund.mail.transport import Answer as OneAnswer
from fund.mail.transport import InDoubtError, NoReply, Outgoing, Reply, TransportUnavailableError

Answer = Reply | TransportUnavailableError | InDoubtError


@dataclass(frozen=True)
class Sent:
    sender: str
    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


class FakeTransport:
    """Accepts everything, but answers with `answers` first, one each, raising those that are exceptions."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answers: deque[Answer] = deque()
        self.closed = False

    def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
        answer: Answer = self.answers.popleft() if self.answers else Reply(250, "2.0.0")
        if isinstance(answer, TransportUnavailableError):
            raise answer
        if isinstance(answer, InDoubtError) or answer.code < 300:
            self.sent.append(Sent(sender, recipient, message))
        if isinstance(answer, InDoubtError):
            raise answer
        return answer

    def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[OneAnswer]:
        """As one that is down after three in a row that it could not hand over."""
        given: list[OneAnswer] = []
        for one in messages:
            if given[-1:] == [NoReply.UNTRIED] or given[-3:] == [NoReply.UNAVAILABLE] * 3:
                given.append(NoReply.UNTRIED)
                continue
            try:
                given.append(self.send(one.message, sender=sender, recipient=one.recipient))
            except TransportUnavailableError:
                given.append(NoReply.UNAVAILABLE)
            except InDoubtError:
                given.append(NoReply.IN_DOUBT)
        return given

    def another(self) -> "FakeTransport":
        return self

    def greet(self) -> frozenset[str]:
        return frozenset({"pipelining", "encrypted"})

    def close(self) -> None:
        self.closed = True
