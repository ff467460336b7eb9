"""What providers post: our own format, Mailgun's and Postmark's, told apart by their shape.

Mailgun: documentation.mailgun.com, "Webhooks" and "Events". Postmark: postmarkapp.com/developer/webhooks, the pages on
bounces and spam complaints. What is neither bounce nor complaint (delivered, opened ...) is no report and no mistake.
"""

from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from fund.hooks.mail_proof import NotProvenError
from fund.mail.report import Report, hash_in, is_for_good, status_in

MOST_EVENTS = 1000
SOURCE = "webhook"


class Event(BaseModel):
    """One of ours."""

    id: str = Field(min_length=1, max_length=200)
    type: Literal["bounce", "delay", "complaint"]
    address: str = Field("", max_length=320)
    message_id: str = Field("", max_length=1000)
    hard: bool | None = None
    status: str = Field("", max_length=200)


class Events(BaseModel):
    events: list[Event] = Field(max_length=MOST_EVENTS)


class MailgunSignature(BaseModel):
    timestamp: str = Field(max_length=20, coerce_numbers_to_str=True)
    token: str = Field(min_length=1, max_length=200)
    signature: str = Field(max_length=200)


class MailgunStatus(BaseModel):
    enhanced: str | None = Field(None, alias="enhanced-code")
    message: str | None = None


class MailgunHeaders(BaseModel):
    message_id: str = Field("", alias="message-id")


class MailgunMessage(BaseModel):
    headers: MailgunHeaders = MailgunHeaders()


class MailgunEvent(BaseModel):
    id: str = Field(min_length=1, max_length=200)
    event: str
    severity: str = ""
    reason: str = ""
    recipient: str = ""
    status: MailgunStatus = Field(MailgunStatus(), alias="delivery-status")
    message: MailgunMessage = MailgunMessage()


class Mailgun(BaseModel):
    signature: MailgunSignature
    event: MailgunEvent = Field(alias="event-data")


class Postmark(BaseModel):
    kind: str = Field(alias="RecordType")
    id: int = Field(0, alias="ID")
    type: str = Field("", alias="Type")
    address: str = Field("", alias="Email")


def read_json(body: bytes) -> dict[str, Any]:
    """Raises NotProvenError."""
    try:
        data = from_json(body)
    except (ValueError, RecursionError):
        raise NotProvenError("not JSON") from None
    if not isinstance(data, dict):
        raise NotProvenError("no report")
    return data


def read_reports(data: dict[str, Any]) -> list[Report]:
    """Of a post that has proved itself. Raises NotProvenError."""
    try:
        if "events" in data:
            return [_own(event) for event in Events.model_validate(data).events]
        if "event-data" in data:
            return _mailgun(MailgunEvent.model_validate(data["event-data"]))
        if "RecordType" in data:
            return _postmark(Postmark.model_validate(data))
    except ValidationError:
        raise NotProvenError("no report") from None
    raise NotProvenError("no report")


def read_mailgun(data: dict[str, Any]) -> tuple[MailgunSignature, list[Report]]:
    """Of a post that proves itself by what is inside. Raises NotProvenError."""
    try:
        post = Mailgun.model_validate(data)
    except ValidationError:
        raise NotProvenError("nothing that proves it") from None
    return post.signature, _mailgun(post.event)


def _own(event: Event) -> Report:
    if not (event.address or event.message_id):
        raise NotProvenError("a report about nobody")
    status = status_in(event.status)
    for_good = is_for_good(status) if event.hard is None else event.hard
    return Report(
        key=_key("webhook", event.id),
        kind=event.type,
        source=SOURCE,
        hard=event.type == "bounce" and for_good,
        status=status,
        message_hash=hash_in(event.message_id),
        address=event.address,
    )


def _mailgun(event: MailgunEvent) -> list[Report]:
    """A permanent failure may also be a policy or a full mailbox: then the status says so.

    `suppress-...`: Mailgun's own list kept it back.
    """
    if event.event not in ("failed", "complained"):
        return []
    kind = "complaint" if event.event == "complained" else "bounce" if event.severity == "permanent" else "delay"
    words = event.status.message or ""
    status = status_in(event.status.enhanced or words)
    return [
        Report(
            key=_key("mailgun", event.id),
            kind=kind,
            source=SOURCE,
            hard=kind == "bounce" and (event.reason.startswith("suppress-") or is_for_good(status, words)),
            status=status,
            message_hash=hash_in(event.message.headers.message_id),
            address=event.recipient,
        )
    ]


def _postmark(record: Postmark) -> list[Report]:
    """MessageID is Postmark's own number of the message: the address has to do."""
    complaint = record.kind == "SpamComplaint" or (record.kind == "Bounce" and record.type == "SpamComplaint")
    if not complaint and not (record.kind == "Bounce" and record.type in _POSTMARK_BOUNCES):
        return []
    kind = "complaint" if complaint else "delay" if record.type == "Transient" else "bounce"
    return [
        Report(
            key=_key("postmark", str(record.id)),
            kind=kind,
            source=SOURCE,
            hard=kind == "bounce" and record.type in _POSTMARK_GONE,
            address=record.address,
        )
    ]


def _key(provider: str, given: str) -> str:
    """A digest: an id may be made of anything, an address too."""
    return f"{provider}:{sha256(given.encode('utf-8', 'replace')).hexdigest()[:40]}"


_POSTMARK_GONE = frozenset({"HardBounce", "BadEmailAddress"})
_POSTMARK_BOUNCES = _POSTMARK_GONE | {
    "Transient", "DnsError", "SoftBounce", "Blocked", "DMARCPolicy", "SpamNotification", "VirusNotification",
    "SMTPApiError", "Unknown",
}  # fmt: skip
