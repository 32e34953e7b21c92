"""What only shows after a while: killed runs, and memory."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from tests.solver.test_solver import BASE, NET, solver

pytestmark = pytest.mark.slow

KILLS = 50
WIDE = NET.replace("num_output: 3", "num_output: 3 bias_term: true").replace("dim: 6", "dim: 20000")
COMMAND = "import sys; from caffe_proto.cli import main; main(sys.argv[1:])"


def last_state(folder: Path) -> Path | None:
    states = folder.glob("s_iter_*.solverstate")
    return max(states, key=lambda p: int(re.findall(r"\d+", p.name)[-1]), default=None)


def test_a_run_killed_at_any_moment_goes_on_from_its_last_whole_snapshot(tmp_path: Path) -> None:
    # Large enough, and snapshots often enough, that most kills hit one being written.
    settings = (
        f'{BASE.replace("max_iter: 5", "max_iter: 100000")} type: "Adam" momentum: 0.9 '
        f'snapshot: 1 snapshot_prefix: "s" net_param {{ {WIDE} }}'
    )
    (tmp_path / "solver.prototxt").write_text(settings)
    dice = random.Random(5)
    reached = 0
    for _ in range(KILLS):
        state = last_state(tmp_path)
        if state is not None:
            # Whole: it can be read, with its weights, and is where the run had come to.
            iteration = int(re.findall(r"\d+", state.name)[-1])
            assert iteration >= reached
            reached = iteration
            check = cp.build_solver(tmp_path / "solver.prototxt", directory=tmp_path)
            check.restore(state)
            assert check.iter == iteration
            assert all(np.isfinite(h).all() for h in check.history)
        resume = ["-snapshot", state.name] if state else []
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "train", "-solver", "solver.prototxt", *resume],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if "Snapshotting solver state" in line:
                break
        else:
            pytest.fail(f"the run ended by itself, after {state}")
        time.sleep(dice.uniform(0, 0.05))
        process.kill()
        process.communicate()
        for old in sorted(tmp_path.glob("s_iter_*"))[:-40]:
            if f"_{reached}." not in old.name:
                old.unlink()
    assert reached > KILLS / 2
    # What the killed runs left is not left for good.
    assert len(list(tmp_path.glob(".s.*.part"))) <= 1


def resident() -> int:
    """This process's memory in KiB."""
    text = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", text)[0])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_memory_stays_flat_over_ten_thousand_iterations(kind: str) -> None:
    trained = solver(
        f'type: "{kind}" momentum: 0.9 display: 10 test_iter: 1 test_interval: 100 average_loss: 20'
    )
    trained.step(1000)
    before = resident()
    trained.step(10_000)
    # The history of losses, 12 bytes an iteration, and what the allocator keeps.
    assert resident() - before < 1500
