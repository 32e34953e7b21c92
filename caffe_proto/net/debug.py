"""What ``debug_info`` records: mean absolute values, layer by layer, as Caffe logs them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caffe_proto.blob import Array

if TYPE_CHECKING:
    from caffe_proto.net.net import Net

__all__ = ["DebugLog", "DebugRecord"]

log = logging.getLogger("caffe_proto.debug")


@dataclass(frozen=True)
class DebugRecord:
    """One value: the mean absolute value of a blob's or a parameter's data or diff."""

    direction: str  # "Forward" or "Backward"
    layer: str
    kind: str  # "top blob", "param blob", "bottom blob"
    blob: str
    what: str  # "data" or "diff"
    value: float

    def __str__(self) -> str:
        return (
            f"    [{self.direction}] Layer {self.layer}, {self.kind} {self.blob} "
            f"{self.what}: {self.value:g}"
        )


class DebugLog:
    """Records of the last forward and backward pass.

    ``str`` gives Caffe's log lines, :meth:`table` a table, ``forward`` and ``backward`` hold the
    values.
    """

    def __init__(self, enabled: bool = False) -> None:
        self.enabled = enabled
        self.forward: list[DebugRecord] = []
        self.backward: list[DebugRecord] = []
        #: Norms over all parameters after backward: L1 and L2, of data and of diff.
        self.all_params: dict[str, tuple[float, float]] | None = None

    def __str__(self) -> str:
        lines = [str(record) for record in [*self.forward, *self.backward]]
        if self.all_params:
            lines.append(self._norm_line(self.all_params))
        return "\n".join(lines)

    def table(self) -> str:
        """The records as a table: a line a blob, its mean absolute data and diff side by side."""
        from caffe_proto.insight.debug_table import debug_table

        return debug_table(self)

    @staticmethod
    def _norm_line(norms: dict[str, tuple[float, float]]) -> str:
        l1, l2 = (f"({norms['data'][i]:g}, {norms['diff'][i]:g})" for i in (0, 1))
        return f"    [Backward] All net params (data, diff): L1 norm = {l1}; L2 norm = {l2}"

    def _note(self, records: list[DebugRecord], record: DebugRecord) -> None:
        records.append(record)
        log.info("%s", record)

    def begin_forward(self) -> None:
        """Forget the records of the last pass."""
        self.forward = []
        self.backward = []
        self.all_params = None

    def after_forward(self, net: Net, index: int) -> None:
        """Note the tops and the parameters of the layer that has just run."""
        layer = net.layers[index]
        for name, blob in zip(layer.tops, layer.top_blobs, strict=True):
            self._note(
                self.forward,
                DebugRecord("Forward", layer.name, "top blob", name, "data", mean_abs(blob.data)),
            )
        for i, parameter in enumerate(layer.params):
            self._note(
                self.forward,
                DebugRecord(
                    "Forward",
                    layer.name,
                    "param blob",
                    parameter.name or str(i),
                    "data",
                    mean_abs(parameter.data),
                ),
            )

    def after_backward(self, net: Net, index: int) -> None:
        """Note the gradients that the layer has just computed."""
        layer = net.layers[index]
        rows = zip(layer.bottoms, layer.bottom_blobs, layer.propagate_down, strict=True)
        for name, blob, propagate in rows:
            if propagate:
                self._note(
                    self.backward,
                    DebugRecord(
                        "Backward", layer.name, "bottom blob", name, "diff", mean_abs(blob.diff)
                    ),
                )
        for i, parameter in enumerate(layer.params):
            if parameter.needs_grad:
                self._note(
                    self.backward,
                    DebugRecord(
                        "Backward",
                        layer.name,
                        "param blob",
                        str(i),
                        "diff",
                        mean_abs(parameter.diff),
                    ),
                )

    def end_backward(self, net: Net) -> None:
        """Note the norms over all parameters."""
        self.all_params = {
            "data": _norms([p.data for p in net.learnable_params]),
            "diff": _norms([p.diff for p in net.learnable_params]),
        }
        log.info("%s", self._norm_line(self.all_params))


def mean_abs(values: Array) -> float:
    """The mean of the absolute values; 0 for no values."""
    return float(np.mean(np.abs(values))) if values.size else 0.0


def _norms(arrays: list[Array]) -> tuple[float, float]:
    l1 = sum(float(np.sum(np.abs(a))) for a in arrays)
    l2 = sum(float(np.vdot(a, a)) for a in arrays) ** 0.5
    return l1, l2
