"""Curves as pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from caffe_proto.cli import cli
from caffe_proto.solver.logfiles import Curve, RunCurves
from tests.solver.test_logfiles import OLD, RESUMED

pytest.importorskip("matplotlib")
from caffe_proto.view.plots import plot_runs


def run(name: str = "one", **more: Curve) -> RunCurves:
    curves = RunCurves(name, loss=Curve([0, 100], [2.0, 1.0]), lr=Curve([0, 100], [0.1, 0.01]))
    curves.test = {"loss": Curve([0, 100], [2.1, 1.2]), **more}
    return curves


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list:
    """The figures that are saved."""
    from matplotlib.figure import Figure

    seen: list = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda f, *a, **k: (seen.append(f), save(f, *a, **k)))
    return seen


def names(figure) -> list[str]:  # type: ignore[no-untyped-def]
    return [axis.get_ylabel() for axis in figure.axes]


def test_loss_accuracy_and_rate_get_a_panel_each(tmp_path: Path, figures: list) -> None:
    plot_runs([run(accuracy=Curve([0], [0.5]))], tmp_path / "a.png")
    assert names(figures[0]) == ["loss", "accuracy", "learning rate"]
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    labels = [line.get_label() for line in figures[0].axes[0].lines]
    assert labels == ["train loss", "test loss"]


def test_panels_without_curves_are_left_out(tmp_path: Path, figures: list) -> None:
    plot_runs([run()], tmp_path / "a.svg", log_scale=True)
    assert names(figures[0]) == ["loss", "learning rate"]
    assert figures[0].axes[0].get_yscale() == "log"


def test_several_runs_are_told_apart_by_name(tmp_path: Path, figures: list) -> None:
    plot_runs([run("one"), run("two")], tmp_path / "a.png")
    labels = [line.get_label() for line in figures[0].axes[0].lines]
    assert labels == [
        *("one: train loss", "one: test loss"),
        *("two: train loss", "two: test loss"),
    ]


def test_the_command_draws_logs_of_caffe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], figures: list
) -> None:
    (tmp_path / "a.log").write_text(OLD)
    (tmp_path / "b.log").write_text(OLD + RESUMED)
    picture = tmp_path / "curves.png"
    args = ["plot", str(tmp_path / "a.log"), str(tmp_path / "b.log"), "-o", str(picture)]
    cli.main([*args, "--name", "x", "--name", "y"], standalone_mode=False)
    assert picture.stat().st_size > 10000
    assert "x: 2 reports, last loss 1.5e-05" in capsys.readouterr().out
    assert names(figures[0]) == ["loss", "other outputs", "learning rate"]


def test_logs_of_one_name_are_told_apart_by_their_paths(tmp_path: Path, figures: list) -> None:
    paths = [tmp_path / folder / "train.log" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        path.write_text(OLD)
    args = ["plot", *map(str, paths), "-o", str(tmp_path / "curves.png")]
    cli.main(args, standalone_mode=False)
    labels = [line.get_label() for line in figures[0].axes[2].lines]
    assert labels == [f"{path}: lr" for path in paths]


def test_a_single_point_can_be_seen(tmp_path: Path, figures: list) -> None:
    once = RunCurves("once", loss=Curve([0], [2.0]))
    plot_runs([once], tmp_path / "a.png")
    assert figures[0].axes[0].lines[0].get_marker() == "o"


def test_an_unknown_picture_format_is_refused(tmp_path: Path) -> None:
    from caffe_proto.errors import CaffeProtoError

    with pytest.raises(CaffeProtoError, match="supported formats"):
        plot_runs([run()], tmp_path / "a.xyz")


def test_a_picture_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    from caffe_proto.errors import CaffeProtoError

    def full(_: Figure, path: Path, **__: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full)
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(CaffeProtoError, match=r"a\.png: cannot be written: No space left"):
        plot_runs([run()], tmp_path / "a.png")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
