"""Mean, spread and range of a blob, without its values in memory all at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.weights.model import BlobView

__all__ = ["Statistics", "blob_statistics", "chunks"]

Array = npt.NDArray[Any]

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Statistics:
    """What a blob's values look like; NaN for the four numbers where there are no values.

    ``std`` is the population's (divided by the count); ``nonfinite`` counts NaN and infinities,
    which the other numbers leave out.
    """

    mean: float
    std: float
    min: float
    max: float
    nonfinite: int = 0

    def to_dict(self) -> dict[str, float | int]:
        """The numbers by name."""
        return asdict(self)


def chunks(array: Array) -> Iterator[Array]:
    """The values of ``array`` piece by piece, flat, aligned, as float64."""
    flat = array.reshape(-1)
    for at in range(0, flat.size, _CHUNK):
        yield flat[at : at + _CHUNK].astype(np.float64)


def blob_statistics(blob: BlobView) -> Statistics:
    """The statistics of a blob's values, as float32, summed in float64."""
    count, nonfinite = 0, 0
    mean, squares = 0.0, 0.0
    low, high = math.inf, -math.inf
    for part in chunks(blob.array()):
        finite = np.isfinite(part)
        if not finite.all():
            nonfinite += int(part.size - np.count_nonzero(finite))
            part = part[finite]
        if not part.size:
            continue
        # Chan, Golub, LeVeque: Updating formulae for computing sample variances (1979), eq. 2.1.
        total = count + part.size
        here = float(part.mean())
        shift = here - mean
        squares += float(np.square(part - here).sum()) + shift**2 * count * part.size / total
        mean += shift * part.size / total
        count = total
        low, high = min(low, float(part.min())), max(high, float(part.max()))
    if not count:
        return Statistics(math.nan, math.nan, math.nan, math.nan, nonfinite)
    return Statistics(mean, math.sqrt(squares / count), low, high, nonfinite)
