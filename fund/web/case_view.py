"""Who is in the case, who speaks in it, and what has happened: as a page shows it on a given day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, TimelineEvent
from fund.campaigns.queries_of_case import acts_on
from fund.campaigns.read_case import CounselIn, DemandIn, EventIn, PartyIn, read_case
from fund.web.i18n import gettext, ngettext

SIDES = {"complainant": "Who threatens", "respondent": "Who is threatened", "third_party": "Also written to"}
EVENTS_SHOWN = 3
FEW = 6
"""Up to so many names stand in one line; more are counted and set in columns."""


@dataclass(frozen=True, slots=True)
class Group:
    """Parties that came on one day and stay, or that left. `since` None: from the beginning."""

    since: date | None
    names: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Side:
    heading: str
    count: str
    """How many there are, where that says more than the names; else empty."""
    groups: list[Group]
    left: list[PartyIn]


@dataclass(frozen=True, slots=True)
class CaseView:
    """`past` newest first, `coming` soonest first; both whole."""

    sides: list[Side]
    acting: list[CounselIn]
    former: list[CounselIn]
    succeeding: list[CounselIn]
    demands: list[DemandIn]
    dropped: list[DemandIn]
    past: list[EventIn]
    coming: list[EventIn]

    @property
    def latest(self) -> list[EventIn]:
        return self.past[:EVENTS_SHOWN]

    @property
    def next(self) -> list[EventIn]:
        return self.coming[:EVENTS_SHOWN]

    @property
    def has_more(self) -> bool:
        return len(self.past) > EVENTS_SHOWN or len(self.coming) > EVENTS_SHOWN


def case_view(session: Session, campaign: Campaign, *, now: datetime) -> CaseView:
    case, today = read_case(session, campaign.id), now.date()
    counsel, events = case.counsel, case.events
    return CaseView(
        sides=[made for side in SIDES if (made := _side(case.parties, side, today))],
        acting=[one for one in counsel if acts_on(one, today)],
        former=[one for one in reversed(counsel) if one.until_on is not None and one.until_on < today],
        succeeding=[one for one in counsel if one.from_on > today],
        demands=[one for one in case.demands if not _is_over(one, today)],
        dropped=[one for one in case.demands if _is_over(one, today)],
        past=[event for event in reversed(events) if not is_coming(event, now)],
        coming=[event for event in events if is_coming(event, now)],
    )


def is_coming(event: TimelineEvent | EventIn, now: datetime) -> bool:
    """Dated today without an hour, a hearing is coming as long as its outcome is not said; all else has happened."""
    if event.happens_at is not None:
        return event.happens_at > now
    if event.happens_on != now.date():
        return event.happens_on > now.date()
    return event.kind == "hearing" and not event.outcome


def _is_over(one: PartyIn | DemandIn, today: date) -> bool:
    return one.until_on is not None and one.until_on < today


def _side(parties: Sequence[PartyIn], side: str, today: date) -> Side | None:
    named = [party for party in parties if party.side == side]
    if not named:
        return None
    standing = sorted(
        (party for party in named if not _is_over(party, today)), key=lambda party: party.from_on or date.min
    )
    groups = [
        Group(since, [party.name for party in together])
        for since, together in groupby(standing, key=lambda party: party.from_on)
    ]
    return Side(gettext(SIDES[side]), _count(side, groups), groups, [p for p in named if _is_over(p, today)])


def _count(side: str, groups: Sequence[Group]) -> str:
    """`31 complainants, 4 from the first letter`."""
    all_of_them = sum(len(group.names) for group in groups)
    if all_of_them <= FEW and len(groups) <= 1:
        return ""
    if side == "complainant":
        said = ngettext("{count} complainant", "{count} complainants", all_of_them)
    elif side == "respondent":
        said = ngettext("{count} respondent", "{count} respondents", all_of_them)
    else:
        said = ngettext("{count} other", "{count} others", all_of_them)
    first = sum(len(group.names) for group in groups if group.since is None)
    return said if first in (0, all_of_them) else gettext("{all}, {first} from the first letter", all=said, first=first)
