import subprocess
import sys
from pathlib import Path

import pytest

from fund.worker.executor_slot import NoFreeSlotError, dead_slots, is_alive, take_slot
from tests.fixtures.until import until
from tests.fixtures.whole_run import ROOT

HOLD = """
import sys, threading
from pathlib import Path
from fund.worker.executor_slot import take_slot
print(take_slot(Path(sys.argv[1]), "web1").id, flush=True)
threading.Event().wait()
"""


def test_each_takes_the_lowest_free_slot(tmp_path: Path) -> None:
    first, second = take_slot(tmp_path, "web1"), take_slot(tmp_path, "web1")
    assert (first.id, second.id) == ("web1-0", "web1-1")
    first.release()
    again = take_slot(tmp_path, "web1")
    assert again.id == "web1-0"
    again.release()
    second.release()


def test_machines_do_not_share_slots(tmp_path: Path) -> None:
    slots = [take_slot(tmp_path, "web1"), take_slot(tmp_path, "web2")]
    assert [slot.id for slot in slots] == ["web1-0", "web2-0"]
    with dead_slots(tmp_path, "web1") as dead:
        assert dead == []
    for slot in slots:
        slot.release()


def test_a_killed_process_leaves_its_slot_dead(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "web1-0\n"
        assert is_alive(tmp_path, "web1-0")
        mine = take_slot(tmp_path, "web1")
        process.kill()
    until(lambda: not is_alive(tmp_path, "web1-0"))
    with dead_slots(tmp_path, "web1") as dead:
        assert dead == ["web1-0"]
        assert is_alive(tmp_path, "web1-0"), "nobody may become it while it is taken over"
    assert mine.id == "web1-1"
    mine.release()


def test_one_that_never_was_is_not_alive(tmp_path: Path) -> None:
    assert not is_alive(tmp_path, "web9-0")
    assert list(tmp_path.iterdir()) == []


def test_slots_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.worker.executor_slot.MOST_SLOTS", 1)
    only = take_slot(tmp_path, "web1")
    with pytest.raises(NoFreeSlotError):
        take_slot(tmp_path, "web1")
    only.release()
