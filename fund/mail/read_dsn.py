"""What a message in the bounce mailbox says: RFC 3464 reports, RFC 5965 complaints, and the letters of older servers.

Anybody can write to that mailbox. Nothing here raises for what a message holds, and nothing is believed: see `trusted`.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

from fund.mail.read_old_bounce import read_old_bounce
from fund.mail.report import Report, hash_in, is_for_good, status_in

LARGEST = 1024 * 1024
"""Read of one message at most: what a report says stands before the message that it returns."""
MOST_RECIPIENTS = 50
MOST_PARTS = 200
SOURCE = "bounce message"
_ACTIONS = {"failed": "bounce", "delayed": "delay"}
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "opt-out", "other"})
_EMPTY_LINES = re.compile(r"\r?\n(?:[ \t]*\r?\n)+")
_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_STATUSES = ("message/delivery-status", "message/global-delivery-status")


def read_dsn(raw: bytes) -> list[Report]:
    """The reports in one message, one for each recipient it names; empty for mail of any other kind."""
    message = message_from_bytes(raw[:LARGEST])
    parts = list(_parts(message))
    of_ours = _message_hash(message, parts)
    feedback = [part for part in parts if part.get_content_type() == "message/feedback-report"]
    statuses = [part for part in parts if part.get_content_type() in _STATUSES]
    if feedback:
        found = _complaints(feedback[0], of_ours)
    elif statuses:
        found = [one for part in statuses for one in _bounces(part, of_ours)]
    else:
        found = read_old_bounce(message, _text(parts), of_ours)
    return [_with_key(message, raw, one) for one in found[:MOST_RECIPIENTS]]


def _bounces(part: Message, of_ours: str) -> list[dict[str, Any]]:
    """A block for the message, then one for each recipient."""
    found = []
    for block in _EMPTY_LINES.split(_source(part).strip())[: MOST_RECIPIENTS + 1]:
        fields = HeaderParser().parsestr(block)
        kind = _ACTIONS.get(_field(fields, "Action").lower())
        if kind is None:
            continue
        diagnosis = _field(fields, "Diagnostic-Code")
        status = status_in(_field(fields, "Status"))
        if not status or status.endswith(".0.0"):
            status = status_in(diagnosis) or status
        found.append(
            {
                "kind": kind,
                "hard": kind == "bounce" and is_for_good(status, diagnosis),
                "status": status,
                "message_hash": of_ours,
                "address": _address(fields, "Original-Recipient") or _address(fields, "Final-Recipient"),
            }
        )
    return found


def _complaints(part: Message, of_ours: str) -> list[dict[str, Any]]:
    fields = HeaderParser().parsestr(_source(part).lstrip())
    if _field(fields, "Feedback-Type").lower() not in _COMPLAINTS:
        return []
    address = parseaddr(_field(fields, "Original-Rcpt-To"))[1]
    return [{"kind": "complaint", "message_hash": of_ours, "address": address}]


def _with_key(message: Message, raw: bytes, one: dict[str, Any]) -> Report:
    """The same message, met twice or in two mailboxes, is one report: what is on its way adds lines at its head."""
    own = _field(message, "Message-ID").encode("utf-8", "replace") or raw
    about = f"{one['kind']}:{one['message_hash']}:{one['address']}".encode("utf-8", "replace")
    digest = sha256(sha256(own).digest() + about).hexdigest()[:40]
    return Report(key=f"message:{digest}", source=SOURCE, trusted=False, **one)


def _message_hash(message: Message, parts: list[Message]) -> str:
    """Of the message that it is about: from its returned head, else from what the report refers to or quotes."""
    for part in parts:
        if part.get_content_type() in _ORIGINALS:
            found = hash_in(_field(HeaderParser().parsestr(_source(part).lstrip()), "Message-ID"))
            if found:
                return found
    referred = hash_in(_field(message, "In-Reply-To")) or hash_in(_field(message, "References"))
    return referred or hash_in(_text(parts))


def _parts(message: Message) -> Iterator[Message]:
    """Those of the report itself, not those of the message inside it. Without recursion, and not without end."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting.extend(sub for sub in part.get_payload() if isinstance(sub, Message))


def _source(part: Message) -> str:
    """What stands in a part, decoded even where it should not have been encoded; a head that was parsed, again."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _decoded(part)
    inner = "\n\n".join(_plain(sub) for sub in payload if isinstance(sub, Message))
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in ("base64", "quoted-printable"):
        return inner
    again = Message()
    again["Content-Transfer-Encoding"] = encoding
    again.set_payload(inner)
    return _decoded(again)


def _plain(part: Message) -> str:
    payload = part.get_payload()
    head = "\n".join(f"{name}: {value}" for name, value in part.items())
    return f"{head}\n\n{payload}" if isinstance(payload, str) else head


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _text(parts: list[Message]) -> str:
    return "\n".join(_decoded(part) for part in parts if part.get_content_maintype() == "text")


def _field(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:2000]


def _address(fields: Message, name: str) -> str:
    """`rfc822; someone@example.org`."""
    kind, _, address = _field(fields, name).partition(";")
    return parseaddr(address)[1] if kind.strip().lower() in ("rfc822", "utf-8") else ""
