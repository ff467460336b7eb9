from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.rules import clean_text, header_line
from fund.members.imports import find_import
from fund.members.models import MemberImport
from fund.work.queue import Queue

LONGEST_CONSENT = 5_000
LONGEST_SOURCE = 120


def start_import(
    session: Session,
    queue: Queue | None,
    *,
    import_id: int,
    consent_text: str,
    consent_source: str,
    consent_on: datetime,
    locale: str,
    actor: str,
    now: datetime,
) -> MemberImport:
    """A person has looked at it and says what these people agreed to: it begins. Starting twice is harmless.

    Without `queue` the caller does the work. Raises Refusal on `consent`, `source` or `date`.
    """
    found = find_import(session, import_id, lock=True)
    if found.state == "running":
        return found
    if found.state != "preview":
        raise Refusal("This import was started already.", status=409)
    text, source = clean_text(consent_text).strip(), header_line(consent_source, longest=LONGEST_SOURCE)
    _check_consent(text, source, consent_on, now)
    found.consent_text, found.consent_source, found.consent_on = text, source, consent_on
    found.locale = locale if locale in ("en", "fr") else found.locale
    found.state, found.worked_at = "running", now
    record_change(
        session,
        actor=actor,
        action="start_import",
        subject=f"import:{found.id}",
        after={
            "file": found.file_sha256,
            "rows": found.rows,
            "consent": text,
            "source": source,
            "date": consent_on.date().isoformat(),
        },
        now=now,
    )
    if queue is not None:
        queue.enqueue(session, "import_members", found.id)
    return found


def _check_consent(text: str, source: str, consent_on: datetime, now: datetime) -> None:
    if not text:
        raise Refusal("Write what these people agreed to. Without consent nobody may be written to.", field="consent")
    if len(text) > LONGEST_CONSENT:
        raise Refusal("The consent has at most {most} characters.", field="consent", most=LONGEST_CONSENT)
    if not source:
        raise Refusal("Write where these people agreed: every mail to them says so.", field="source")
    if consent_on > now:
        raise Refusal("Nobody has agreed in the future yet.", field="date")
