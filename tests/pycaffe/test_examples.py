"""The examples run as their first lines say, and find what they set out to find."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def run(name: str, *args: str) -> str:
    code = "import sys; from caffe_proto.cli import main; main(['python', *sys.argv[1:]])"
    result = subprocess.run(
        [sys.executable, "-c", code, f"examples/pycaffe/{name}", *args],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "GLOG_minloglevel": "2"},
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_net_is_written_in_python() -> None:
    out = run("netspec_lenet.py")
    assert "reads back equal: True" in out
    assert "431080 parameters" in out


def test_net_surgery_reads_a_line_of_digits() -> None:
    out = run("net_surgery.py")
    read, written = re.search(r"read: +([\d ]+)\nwritten: ([\d ]+)", out).groups()
    assert read == written


def test_a_loss_in_python_resists_outliers() -> None:
    slopes = dict(re.findall(r"(\w+Loss) +y = (-?[\d.]+) x", run("robust_loss.py")))
    assert abs(float(slopes["HuberLoss"]) - 2) < 0.2
    assert float(slopes["EuclideanLoss"]) < 1


def test_a_loop_around_step_learns_digits() -> None:
    out = run("solve_lenet.py", "40")
    accuracies = [float(value) for value in re.findall(r"accuracy ([\d.]+)", out)]
    assert len(accuracies) == 4
    assert accuracies[-1] > 0.7
