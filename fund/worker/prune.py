from datetime import datetime, timedelta

from fund.worker.system_tables import queue_client

KEPT = timedelta(days=7)
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_AT_ONCE = 500


def prune(database_url: str, now: datetime) -> int:
    """Forget tasks that ended more than a week ago. Returns how many."""
    pruned = 0
    with queue_client(database_url) as client:
        while old := client.list_workflows(
            status=_FINISHED,
            completed_before=(now - KEPT).isoformat(),
            limit=_AT_ONCE,
            load_input=False,
            load_output=False,
        ):
            client.delete_workflows([workflow.workflow_id for workflow in old])
            pruned += len(old)
    return pruned
