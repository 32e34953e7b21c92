"""What is in an array: moments, range, zeros, a histogram that fits a line of text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from caffe_proto.blob import Array, Parameter, Shape
from caffe_proto.fillers import predicted_std
from caffe_proto.insight.summary import describe_filler
from caffe_proto.net import Net

__all__ = ["ArrayStatistics", "ParameterStatistics", "describe_parameters", "statistics_of"]

BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class ArrayStatistics:
    """Moments of an array's finite values, counts of zeros and of non-finite ones.

    ``histogram`` counts the values in equal bins from ``min`` to ``max``.
    """

    mean: float
    std: float
    min: float
    max: float
    zeros: int
    not_finite: int
    histogram: list[int]

    def bars(self) -> str:
        """The histogram as one character a bin."""
        highest = max(self.histogram, default=0)
        if not highest:
            return ""
        # A bin that holds anything is seen.
        return "".join(
            BARS[0 if not n else max(1, round(n / highest * (len(BARS) - 1)))]
            for n in self.histogram
        )


@dataclass(frozen=True)
class ParameterStatistics:
    """A parameter's values beside what its filler promises (``predicted_std``)."""

    layer: str
    index: int
    shape: Shape
    filler: str
    predicted_std: float | None
    values: ArrayStatistics

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


def statistics_of(values: Array, bins: int = 24) -> ArrayStatistics:
    """The statistics of any array; an empty one has NaN moments.

    Sums run in float64 block by block, so a large float32 array needs no copy of itself.
    """
    flat = values.reshape(-1)
    finite = np.isfinite(flat)
    bad = int(flat.size - np.count_nonzero(finite))
    if bad:
        flat = flat[finite]
    if not flat.size:
        nan = float("nan")
        return ArrayStatistics(nan, nan, nan, nan, 0, bad, [])
    mean = float(flat.mean(dtype=np.float64))
    squares = sum(
        float(np.square(flat[i : i + (1 << 20)] - mean, dtype=np.float64).sum())
        for i in range(0, flat.size, 1 << 20)
    )
    low, high = float(flat.min()), float(flat.max())
    if low == high:
        counts = [0] * bins
        counts[bins // 2] = int(flat.size)
    else:
        counts = [int(n) for n in np.histogram(flat, bins=bins, range=(low, high))[0]]
    return ArrayStatistics(
        mean=mean,
        std=(squares / flat.size) ** 0.5,
        min=low,
        max=high,
        zeros=int(flat.size - np.count_nonzero(flat)),
        not_finite=bad,
        histogram=counts,
    )


def describe_parameters(net: Net, bins: int = 24) -> list[ParameterStatistics]:
    """The statistics of every parameter of ``net``, in order; shared ones once."""
    return [
        ParameterStatistics(
            layer=layer.name,
            index=index,
            shape=parameter.shape,
            filler=describe_filler(parameter),
            predicted_std=_predicted(parameter),
            values=statistics_of(parameter.data, bins),
        )
        for layer in net.layers
        for index, parameter in enumerate(layer.params)
        if parameter.owner is None
    ]


def _predicted(parameter: Parameter) -> float | None:
    if parameter.filler is None:
        return None
    return predicted_std(parameter.filler, parameter.shape)
