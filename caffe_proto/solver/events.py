"""What a solver tells whoever listens: a report, a test, a snapshot; and their lines in a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from caffe_proto.blob import Array

if TYPE_CHECKING:
    from caffe_proto.net import Net

__all__ = ["Output", "Report", "TestResult", "number", "output_lines", "outputs_of"]


def number(value: float) -> str:
    """A number as C++ streams print a float: six digits, ``1e-05`` for small ones."""
    return f"{float(value):g}"


@dataclass
class Output:
    """One output blob of a net: its values (float32, the blob's shape) and its loss weight."""

    name: str
    values: Array
    loss_weight: float = 0.0

    @property
    def value(self) -> float | list[Any]:
        """The only value as a number; several ones as nested lists."""
        return float(self.values.reshape(-1)[0]) if self.values.size == 1 else self.values.tolist()


@dataclass
class Report:
    """What ``display`` shows: the smoothed loss and the train net's outputs.

    ``seconds`` is the time since the report before, in which ``iterations`` were made; the last
    report of a finished training has no ``lr``.
    """

    iteration: int
    loss: float
    lr: float | None
    outputs: list[Output] = field(default_factory=list)
    seconds: float = 0.0
    iterations: int = 0


@dataclass
class TestResult:
    """The outputs of a test net, each the mean over ``test_iter`` batches.

    ``loss`` is the mean of the weighted sums of all losses, where ``test_compute_loss`` asks for
    it, else None. ``result["accuracy"]`` is an output's value.
    """

    __test__ = False  # pytest takes names like this for its own

    iteration: int
    net: int
    outputs: list[Output] = field(default_factory=list)
    loss: float | None = None

    def __getitem__(self, name: str) -> float | list[Any]:
        for output in self.outputs:
            if output.name == name:
                return output.value
        raise KeyError(name)

    def to_dict(self) -> dict[str, float | list[Any]]:
        """The outputs' values by name."""
        return {output.name: output.value for output in self.outputs}


def outputs_of(net: Net) -> list[Output]:
    """What the outputs of ``net`` hold now, in Caffe's order; the values are copies."""
    weights = dict(net.loss_weights)
    return [
        Output(name, net.blobs[name].data.astype(np.float32), weights.get(name, 0.0))
        for name in net.outputs
    ]


def output_lines(outputs: list[Output]) -> Iterator[tuple[int, str]]:
    """``(count, "name = value (* weight = weighted loss)")`` for every value of every output."""
    count = 0
    for output in outputs:
        weight = np.float32(output.loss_weight)
        for value in output.values.reshape(-1):
            line = f"{output.name} = {number(value)}"
            if weight:
                line += f" (* {number(weight)} = {number(weight * value)} loss)"
            yield count, line
            count += 1
