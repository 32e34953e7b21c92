"""Nets that are run twice: layer by layer in one thread, and by chains in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from caffe_proto import threads
from caffe_proto.net import chains

Array = npt.NDArray[Any]

# Sums over the batch are made up of one sum a thread.
RTOL = 1e-5


class Threads:
    """How many threads there are, whatever this machine has and BLAS was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 1
        monkeypatch.setattr(threads._blas, "threads", lambda: self.count)
        monkeypatch.setattr(chains, "WORTHWHILE_ELEMENTS", 0)
        monkeypatch.setattr(chains, "WORTHWHILE_MACS", 0)

    @contextmanager
    def use(self, count: int) -> Iterator[None]:
        """So many threads from here to there."""
        before, self.count = self.count, count
        try:
            yield
        finally:
            self.count = before


class Pair:
    """The same net twice; what is done to ``chained`` is done with several threads."""

    def __init__(
        self,
        pool: Threads,
        source: str | Path,
        *,
        lanes: int = 2,
        phase: str = "TRAIN",
        seed: int = 1,
        dtype: npt.DTypeLike = np.float32,
        weights: Path | None = None,
    ) -> None:
        self.pool, self.lanes = pool, lanes
        self.rtol, self.atol = RTOL, 0.0
        if dtype == np.float64:
            # Terms that cancel each other leave something of the last place.
            self.rtol, self.atol = 1e-8, 1e-9
        self.plain, self.chained = (
            cp.build_net(source, phase=phase, seed=5, dtype=dtype, weights=weights)
            for _ in range(2)
        )
        self.rng = np.random.default_rng(seed)
        if weights is None:
            self._draw_parameters()

    def _draw_parameters(self) -> None:
        for mine, its in zip(self.plain.layers, self.chained.layers, strict=True):
            for a, b in zip(mine.params, its.params, strict=True):
                # Running variances of a net that never trained are zero.
                a.data[...] = self.rng.uniform(0.3, 1.2, a.shape) * self._signs(a.shape, mine)
                b.data[...] = a.data

    def _signs(self, shape: Any, layer: Any) -> Any:
        # Running statistics are not negative.
        return 1 if layer.type == "BatchNorm" else self.rng.choice([1, -1], shape)

    def both(self, do: Callable[[cp.Net], object], lanes: int | None = None) -> None:
        """Do something to both nets."""
        do(self.plain)
        with self.pool.use(self.lanes if lanes is None else lanes):
            do(self.chained)

    # -- passes ------------------------------------------------------------------------------

    def feed(self, values: Mapping[str, npt.ArrayLike] | None = None) -> None:
        """Give the inputs ``values``, or other ones than before."""
        for name in self.plain.inputs:
            shape = self.plain.blobs[name].shape
            fed: Any = self.rng.normal(size=shape)
            if values and name in values:
                fed = values[name]
            elif name == "label":
                fed = self.rng.integers(0, 3, shape)
            self.both(lambda net, name=name, fed=fed: _put(net.blobs[name].data, fed))

    def feed_gradients(self) -> None:
        """Give the outputs that are no losses other gradients than before."""
        losses = {name for name, _ in self.plain.loss_weights}
        for name in self.plain.outputs:
            if name not in losses:
                fed = self.rng.normal(size=self.plain.blobs[name].shape)
                self.both(lambda net, name=name, fed=fed: _put(net.blobs[name].diff, fed))

    def forward(self, lanes: int | None = None) -> None:
        """Run both on other inputs."""
        self.feed()
        self.both(lambda net: net.run_forward(), lanes)

    def backward(self, lanes: int | None = None) -> None:
        """Run both backward from other gradients; those of parameters are added up."""
        self.feed_gradients()
        self.both(lambda net: net.run_backward(), lanes)

    def passes(self, count: int = 3, *, backward: bool = True, exact: bool = False) -> None:
        """Run both forward and backward several times, and compare."""
        for number in range(count):
            self.forward()
            self.assert_chained()
            if backward:
                self.backward()
            self.compare(f"pass {number + 1}", exact=exact)

    # -- what came out -----------------------------------------------------------------------

    def ran_apart(self) -> list[str]:
        """The names of the layers whose last forward was a chain's."""
        return [layer.name for layer in self.chained.layers if layer.runs_apart is not None]

    def assert_chained(self) -> None:
        """Assert that chains were run, or nothing is tested."""
        assert self.ran_apart(), "no chain was run"
        assert all(layer.runs_apart is None for layer in self.plain.layers)

    def compare(self, when: str = "", *, exact: bool = False) -> None:
        """Assert that blobs, gradients and losses are the same."""
        pairs = zip(
            self.plain.blob_names, self.plain.blob_list, self.chained.blob_list, strict=True
        )
        for name, mine, its in pairs:
            self.same(f"{when}, {name}", its.data, mine.data, exact)
            self.same(f"{when}, gradient of {name}", its.diff, mine.diff, exact)
        for mine_, its_ in zip(self.plain.layers, self.chained.layers, strict=True):
            for i, (a, b) in enumerate(zip(mine_.params, its_.params, strict=True)):
                self.same(f"{when}, parameter {i} of {mine_.name}", b.data, a.data, exact)
                self.same(f"{when}, gradient {i} of {mine_.name}", b.diff, a.diff, False)
        np.testing.assert_allclose(self.chained.loss, self.plain.loss, rtol=self.rtol)

    def same(self, what: str, got: Array, expected: Array, exact: bool) -> None:
        if exact:
            np.testing.assert_array_equal(got, expected, err_msg=what)
            return
        finite = expected[np.isfinite(expected)]
        scale = float(np.abs(finite).max(initial=0))
        atol = self.atol + self.rtol * scale
        np.testing.assert_allclose(got, expected, rtol=self.rtol, atol=atol, err_msg=what)


def _put(target: Array, values: npt.ArrayLike) -> None:
    target[...] = values
