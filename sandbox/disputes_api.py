"""The dispute operations of the API."""

from sandbox.disputes import DISPUTE, INQUIRY, OPEN, close_inquiry, lose, submit, win
from sandbox.errors import invalid, missing
from sandbox.events import emit
from sandbox.listing import matching, page
from sandbox.objects import Obj, merged
from sandbox.operations import Call, operation
from sandbox.state import Sandbox

# Stripe's own magic words for its test mode
WINNING, LOSING = "winning_evidence", "losing_evidence"


@operation("GET", "/v1/disputes")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(DISPUTE).newest_first(), call.params, ("charge", "payment_intent"))
    return page(call, (_now(sandbox, each) for each in rows), DISPUTE)


@operation("GET", "/v1/disputes/{dispute}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    dispute = sandbox.table(DISPUTE).get(call.path["dispute"])
    if dispute is None:
        raise missing(DISPUTE, call.path["dispute"], "dispute")
    return _now(sandbox, dispute)


@operation("POST", "/v1/disputes/{dispute}")
def update(sandbox: Sandbox, call: Call) -> Obj:
    """Keep evidence and, unless `submit` is false, send it."""
    dispute = retrieve(sandbox, call)
    evidence = call.params.get("evidence") or {}
    dispute["metadata"] = merged(dispute["metadata"], call.params.get("metadata"))
    _keep_evidence(sandbox, dispute, evidence)
    if evidence and call.params.get("submit", True):
        _need_open(dispute)
        submit(sandbox, dispute)
        if evidence.get("uncategorized_text") == WINNING and dispute["status"] in OPEN:
            win(sandbox, dispute)
        elif evidence.get("uncategorized_text") == LOSING and dispute["status"] in OPEN:
            lose(sandbox, dispute)
    return dispute


@operation("POST", "/v1/disputes/{dispute}/close")
def close(sandbox: Sandbox, call: Call) -> Obj:
    """Give in."""
    dispute = retrieve(sandbox, call)
    _need_open(dispute)
    if dispute["status"] in INQUIRY:
        close_inquiry(sandbox, dispute)
    else:
        lose(sandbox, dispute)
    return dispute


def _now(sandbox: Sandbox, dispute: Obj) -> Obj:
    details = dispute["evidence_details"]
    details["past_due"] = not details["submission_count"] and sandbox.now() > details["due_by"]
    return dispute


def _keep_evidence(sandbox: Sandbox, dispute: Obj, evidence: Obj) -> None:
    unknown = [name for name in evidence if name not in dispute["evidence"]]
    if unknown:
        param = f"evidence[{unknown[0]}]"
        raise invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")
    if evidence and not dispute["evidence_details"]["has_evidence"]:
        previous = {"evidence_details": {"has_evidence": False}}
        dispute["evidence"].update(evidence)
        dispute["evidence_details"]["has_evidence"] = True
        emit(sandbox, "charge.dispute.updated", dispute, previous)
    else:
        dispute["evidence"].update(evidence)


def _need_open(dispute: Obj) -> None:
    if dispute["status"] not in OPEN | INQUIRY:
        raise invalid("This dispute is already closed.")
