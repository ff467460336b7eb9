"""The stages of a schedule as they stand: what each comes to, which are funded, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from fund.campaigns.models import FeeLine, FeeSchedule, FeeStage
from fund.campaigns.queries import as_rules
from fund.campaigns.rules import StageSum, stage_sums


@dataclass(frozen=True, slots=True)
class StageNow:
    """One stage with its lines. `in_hand` is what there is of its own amount; all of it once it is funded."""

    stage: FeeStage
    sums: StageSum
    lines: Sequence[FeeLine]
    in_hand: int

    @property
    def is_funded(self) -> bool:
        return self.in_hand >= self.sums.amount

    @property
    def lacks(self) -> int:
        return self.sums.amount - self.in_hand


def stages_now(schedule: FeeSchedule, money: int) -> list[StageNow]:
    """In order; empty where the schedule has no stages. `money` pays for them one after the other."""
    if not schedule.stages:
        return []
    return [
        StageNow(
            stage=schedule.stages[sums.position],
            sums=sums,
            lines=[line for line in schedule.lines if line.stage == sums.position],
            in_hand=min(sums.amount, max(0, money - (sums.cumulative - sums.amount))),
        )
        for sums in stage_sums(as_rules(schedule))
    ]


def next_stage(stages: Sequence[StageNow]) -> StageNow | None:
    """The first that is not funded; None when all are, or there are none."""
    return next((one for one in stages if not one.is_funded), None)
