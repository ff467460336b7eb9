from datetime import UTC, datetime


def utc_now() -> datetime:
    """The wall clock, aware, in UTC. Doors read it once and pass it down; rules never do."""
    return datetime.now(UTC)


def from_unix(seconds: int) -> datetime:
    """Stripe's times are whole seconds since 1970 in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def rfc3339(moment: datetime) -> str:
    """`2026-11-21T14:32:00Z`: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
