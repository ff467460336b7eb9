from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from fund.db.session import Database
from fund.work.dbos_queue import DbosQueue
from fund.worker.prune import prune
from fund.worker.system_tables import queue_client

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_ended_more_than_a_week_ago_is_forgotten(database: Database, database_url: str) -> None:
    schema = "" if database_url.startswith("sqlite") else "dbos."
    ended = {"SUCCESS": 8, "ERROR": 8, "CANCELLED": 8, "fresh": 6, "waiting": 0}
    with database.write() as session:
        for name in ended:
            DbosQueue(database_url).enqueue(session, "look_at_checkout", name)
    with queue_client(database_url) as client:
        ids = {one.input["args"][0]: one.workflow_id for one in client.list_workflows() if one.input}
    with database.write() as session:
        for name, days in ended.items():
            if days:
                session.execute(
                    text(f"UPDATE {schema}workflow_status SET status = :status, completed_at = :at "  # noqa: S608
                         "WHERE workflow_uuid = :id"),
                    {
                        "status": "SUCCESS" if name == "fresh" else name,
                        "at": int((NOW - timedelta(days=days)).timestamp() * 1000),
                        "id": ids[name],
                    },
                )  # fmt: skip
    assert prune(database_url, NOW) == 3
    with queue_client(database_url) as client:
        assert {one.workflow_id for one in client.list_workflows()} == {ids["fresh"], ids["waiting"]}
