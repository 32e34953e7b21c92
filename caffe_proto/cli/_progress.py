"""The live line of a training on a terminal."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from caffe_proto.solver.events import TestResult, number, output_lines

if TYPE_CHECKING:
    from caffe_proto.solver import Solver

__all__ = ["batch_size", "live_training"]

#: How often the line is written anew, in seconds.
_EVERY = 0.1


def batch_size(net: Any) -> int:
    """How many images (rows) one pass of ``net`` takes: the first axis of its first data."""
    for layer in net.layers:
        if not layer.bottom_blobs and layer.top_blobs and layer.top_blobs[0].shape:
            return int(layer.top_blobs[0].shape[0])
    return 0


@contextlib.contextmanager
def live_training(solver: Solver) -> Iterator[None]:
    """Show iteration, smoothed loss, rate, images per second and time left while the block runs."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    images = batch_size(solver.net) * solver.settings.iter_size
    progress = Progress(
        TextColumn("iteration {task.completed}/{task.total}"),
        BarColumn(bar_width=24),
        TextColumn("loss {task.fields[loss]}"),
        TextColumn("lr {task.fields[lr]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        refresh_per_second=1 / _EVERY,
    )
    task = progress.add_task(
        "", total=solver.settings.max_iter, completed=solver.iter, loss="-", lr="-", rate=""
    )
    window: list[tuple[float, int]] = []
    shown = 0.0

    def after(solver: Solver) -> None:
        nonlocal shown
        now = time.perf_counter()
        if now - shown < _EVERY and solver.iter < solver.settings.max_iter:
            return
        shown = now
        window.append((now, solver.iter))
        del window[:-50]
        seconds = now - window[0][0]
        made = solver.iter - window[0][1]
        rate = f"{made * images / seconds:,.0f} images/s" if seconds > 0 and images else ""
        progress.update(
            task,
            completed=solver.iter,
            loss=number(solver.smoothed_loss),
            lr=number(solver.lr),
            rate=rate,
        )

    def tested(result: TestResult) -> None:
        values = ", ".join(line for _, line in output_lines(result.outputs))
        loss = f"loss {number(result.loss)}, " if result.loss is not None else ""
        progress.console.print(
            f"Iteration {result.iteration}, test net #{result.net}: {loss}{values}",
            highlight=False,
            markup=False,
        )
        window.clear()

    def snapshot(state: str) -> None:
        progress.console.print(
            f"Iteration {solver.iter}, snapshot: {state}", highlight=False, markup=False
        )

    solver.after_iteration.append(after)
    solver.on_test.append(tested)
    solver.on_snapshot.append(snapshot)
    try:
        with progress:
            yield
    finally:
        solver.after_iteration.remove(after)
        solver.on_test.remove(tested)
        solver.on_snapshot.remove(snapshot)
