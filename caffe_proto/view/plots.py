"""Curves of trainings as a picture: loss, accuracy and learning rate of one or several runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from caffe_proto.errors import CaffeProtoError, MissingDependencyError
from caffe_proto.files import replacing
from caffe_proto.solver.logfiles import Curve, RunCurves

__all__ = ["plot_runs"]


def plot_runs(
    runs: Sequence[RunCurves],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    log_scale: bool = False,
) -> None:
    """Draw the curves of ``runs`` one below the other and save them at ``path``.

    Panels without a curve are left out; ``log_scale`` draws the loss so. The suffix names the
    format (.png, .svg, .pdf; none: .png). Raises :class:`MissingDependencyError` without
    matplotlib, and :class:`CaffeProtoError` for a suffix that it does not know or where nothing
    can be written.
    """
    figure_class, canvas = _matplotlib()
    panels = [
        (name, lines)
        for name, lines in (
            ("loss", _losses(runs)),
            ("accuracy" if _only_accuracies(runs) else "other outputs", _scores(runs)),
            ("learning rate", [(_label(runs, run, "lr"), run.lr, "-") for run in runs]),
        )
        if any(len(curve) for _, curve, _ in lines)
    ]
    figure = figure_class(figsize=(8, 2.6 * len(panels) + 0.6), layout="constrained")
    canvas(figure)
    if title:
        figure.suptitle(title)
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, (name, lines) in zip(axes, panels, strict=True):
        for label, curve, style in lines:
            if len(curve):
                # A line through one point shows nothing.
                few = len(curve) == 1 or (len(curve) < 30 and style == "--")
                marker = "o" if few else None
                axis.plot(curve.iterations, curve.values, style, label=label, marker=marker, ms=3)
        axis.set_ylabel(name)
        axis.grid(alpha=0.3)
        if name == "loss" and log_scale:
            axis.set_yscale("log")
        if len(lines) > 1 or name != "learning rate":
            axis.legend(fontsize="small")
    axes[-1].set_xlabel("iteration")
    figure.align_ylabels(axes)
    kind = Path(path).suffix[1:].lower() or "png"
    try:
        with replacing(path) as beside:
            figure.savefig(beside, dpi=120, format=kind)
    except ValueError as error:
        raise CaffeProtoError(f"{os.fspath(path)}: {error}") from error


def _matplotlib() -> tuple[Any, Any]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingDependencyError("matplotlib", "plot", "drawing curves") from None
    return Figure, FigureCanvasAgg


_Line = tuple[str, Curve, str]


def _label(runs: Sequence[RunCurves], run: RunCurves, what: str) -> str:
    return f"{run.name}: {what}" if len(runs) > 1 else what


def _losses(runs: Sequence[RunCurves]) -> list[_Line]:
    lines: list[_Line] = []
    for run in runs:
        lines.append((_label(runs, run, "train loss"), run.loss, "-"))
        for name, curve in run.test.items():
            if _is_loss(run, name):
                lines.append((_label(runs, run, f"test {name}"), curve, "--"))
    return lines


def _scores(runs: Sequence[RunCurves]) -> list[_Line]:
    lines: list[_Line] = []
    for run in runs:
        for phase, curves, style in (("train", run.train, "-"), ("test", run.test, "--")):
            for name, curve in curves.items():
                if not _is_loss(run, name):
                    lines.append((_label(runs, run, f"{phase} {name}"), curve, style))
    return lines


def _only_accuracies(runs: Sequence[RunCurves]) -> bool:
    return all("acc" in label.lower() for label, _, _ in _scores(runs))


def _is_loss(run: RunCurves, name: str) -> bool:
    return name in run.losses or "loss" in name.lower()
