"""The examples that train."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("cv2")

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("example", EXAMPLES / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_finetuning_beats_training_from_scratch(capsys: pytest.CaptureFixture[str]) -> None:
    tuned, scratch = load("finetune/finetune.py").main()
    assert tuned > 0.92
    assert tuned > scratch + 0.03
    printed = capsys.readouterr().out
    assert "conv2: frozen" in printed
    assert "ip1: learned on" in printed


def test_a_folder_of_digits_becomes_a_trained_net(tmp_path: Path) -> None:
    pytest.importorskip("lmdb")
    pytest.importorskip("matplotlib")
    accuracy = load("train_lenet/train.py").main(["--out", str(tmp_path), "--max-iter", "20"])
    assert accuracy > 0.5
    made = {path.name for path in tmp_path.iterdir()}
    assert {"lenet_iter_20.caffemodel", "train.log", "run.jsonl", "curves.png"} <= made


@pytest.mark.slow
def test_lenet_learns_the_digits(tmp_path: Path) -> None:
    assert load("train_lenet/train.py").main(["--out", str(tmp_path)]) > 0.955
