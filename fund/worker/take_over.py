from collections import defaultdict

from dbos import DBOSClient


def has_worked(client: DBOSClient, executor: str) -> bool:
    """Whether any task, done or not, was begun under this name."""
    return bool(client.list_workflows(executor_id=executor, limit=1, load_input=False, load_output=False))


def take_over(client: DBOSClient, executors: list[str]) -> int:
    """Put what dead executors had begun back into its queues, for whoever is alive. Returns how many tasks.

    Taking over an executor that lives makes its present task run twice. Every task bears that, but it is waste.
    """
    if not executors:
        return 0
    by_queue: defaultdict[str, list[str]] = defaultdict(list)
    begun = client.list_workflows(status="PENDING", executor_id=executors, load_input=False, load_output=False)
    for workflow in begun:
        if workflow.queue_name:
            by_queue[workflow.queue_name].append(workflow.workflow_id)
    for queue, ids in by_queue.items():
        client.resume_workflows(ids, queue_name=queue)
    return sum(map(len, by_queue.values()))
