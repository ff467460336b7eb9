from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import CompoundSelect

from fund.campaigns.models import Counsel, Demand, Party, TimelineEvent

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class PartyIn:
    side: str
    name: Texts
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class DemandIn:
    text: Texts
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class CounselIn:
    name: str
    firm: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class EventIn:
    """A published event without its text."""

    id: int
    kind: str
    zone: str
    title: Texts
    outcome: Texts
    happens_on: date
    happens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """Parties and demands in their order, counsel in the order in which they came, events oldest first."""

    parties: Sequence[PartyIn]
    demands: Sequence[DemandIn]
    counsel: Sequence[CounselIn]
    events: Sequence[EventIn]


def read_case(session: Session, campaign_id: int) -> Case:
    """All that a campaign's page says about the case, in one statement: that page has few to spend."""
    found: dict[str, list[Any]] = {"event": [], "counsel": [], "party": [], "demand": []}
    for row in session.execute(_statement(), {"campaign_id": campaign_id}):
        found[row.what].append(row)
    for kind, rows in found.items():
        rows.sort(key=_when if kind in ("event", "counsel") else _place)
    return Case(
        parties=[PartyIn(row.word, row.texts, row.from_on, row.until_on) for row in found["party"]],
        demands=[DemandIn(row.texts, row.from_on, row.until_on) for row in found["demand"]],
        counsel=[CounselIn(row.said, row.more, row.from_on, row.until_on) for row in found["counsel"]],
        events=[
            EventIn(row.place, row.word, row.more, row.texts, row.outcome, row.from_on, row.moment)
            for row in found["event"]
        ],
    )


def _place(row: Any) -> int:
    return int(row.place)


def _when(row: Any) -> tuple[date, float, int]:
    return row.from_on, row.moment.timestamp() if row.moment else 0.0, row.place


@cache
def _statement() -> CompoundSelect[Any]:
    """Events first: PostgreSQL takes the types of the columns from the first two."""
    event = TimelineEvent
    events = _part("event", event, event.id, event.kind, null(), event.zone, event.title, event.outcome)
    events = events.add_columns(
        event.happens_on.label("from_on"),
        type_coerce(null(), Date).label("until_on"),
        event.happens_at.label("moment"),
    ).where(event.state == "published")
    return union_all(
        events,
        _days(_part("counsel", Counsel, Counsel.id, null(), Counsel.name, Counsel.firm, null(), null()), Counsel),
        _days(_part("party", Party, Party.position, Party.side, null(), null(), Party.name, null()), Party),
        _days(_part("demand", Demand, Demand.position, null(), null(), null(), Demand.text, null()), Demand),
    )


def _part(what: str, model: Any, *columns: Any) -> Select[Any]:
    names = ("place", "word", "said", "more", "texts", "outcome")
    labelled = (column.label(name) for name, column in zip(names, columns, strict=True))
    return select(literal(what).label("what"), *labelled).where(model.campaign_id == bindparam("campaign_id"))


def _days(part: Select[Any], model: Any) -> Select[Any]:
    return part.add_columns(model.from_on.label("from_on"), model.until_on.label("until_on"), null().label("moment"))
