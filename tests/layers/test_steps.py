"""Steps that layers give for their memory do what the layers do, again and again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto import threads
from caffe_proto.layers import correlation
from caffe_proto.layers.steps import Step, run
from caffe_proto.layers.windows import Scratch, own_scratch
from tests.layers import test_convolution, test_pooling
from tests.layers.single import layer_net

FILLERS = 'weight_filler { type: "xavier" } bias_filler { type: "uniform" }'
ODD = np.array([np.nan, np.inf, -np.inf, -3.4028235e38, 0.0, 1.0], "f4")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps are for one thread: with several a layer cuts its work in another way."""
    monkeypatch.setattr(threads._blas, "threads", lambda: 1)


class Kept:
    """A layer that runs by its methods, and the same one that runs by steps it gave once."""

    def __init__(self, kind: str, settings: str, *shapes: Any, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.names = ["x", "x1", "x2"][: len(shapes)]
        inputs = [np.zeros(shape) for shape in shapes]
        tops = len(shapes) if kind == "Convolution" else 1
        self.plain, self.kept = (
            layer_net(kind, settings, *inputs, tops=tops, seed=4) for _ in range(2)
        )
        for one, other in zip(self.plain.learnable_params, self.kept.learnable_params, strict=True):
            one.diff[...] = other.diff[...] = self.rng.normal(size=one.shape)
        self.scratch: Scratch = {}
        self.forward: list[Step] | None = None
        self.backward: list[Step] | None = None

    def feed(self, blobs: list[str], what: str, values: Any = None) -> None:
        for name in blobs:
            shape = self.plain.blobs[name].shape
            fed = self.rng.normal(size=shape) if values is None else values(shape)
            for net in (self.plain, self.kept):
                getattr(net.blobs[name], what)[...] = fed

    def steps(self, given: Any) -> list[Step]:
        assert given is not None
        return list(given)

    def once(self, values: Any = None) -> None:
        """Forward and backward with other values than before; compares everything, exactly."""
        layer = self.kept.layer("op")
        self.feed(self.names, "data", values)
        self.plain.layer("op").run_forward()
        with own_scratch(self.scratch):
            self.forward = self.forward or self.steps(layer.forward_steps())
            run(self.forward)
        self.compare("data")
        self.feed(self.plain.layer("op").tops, "diff")
        self.plain.layer("op").run_backward()
        with own_scratch(self.scratch):
            self.backward = self.backward or self.steps(layer.backward_steps())
            run(self.backward)
        self.compare("diff")
        # What others do in between must not matter.
        self.plain.layer("op").run_forward()

    def compare(self, what: str) -> None:
        pairs = [(self.plain.blobs[name], self.kept.blobs[name]) for name in self.plain.blobs]
        pairs += zip(self.plain.learnable_params, self.kept.learnable_params, strict=True)
        for plain, kept in pairs:
            np.testing.assert_array_equal(getattr(kept, what), getattr(plain, what))


def _odd(rng: np.random.Generator, share: float) -> Any:
    def values(shape: Any) -> Any:
        plain = rng.integers(-2, 3, shape).astype("f4")
        return np.where(rng.random(shape) < share, rng.choice(ODD, shape), plain)

    return values


@pytest.mark.parametrize("limit", [None, 300])
@pytest.mark.parametrize("bottoms", [1, 2])
@pytest.mark.parametrize("shape, settings", test_convolution.SETTINGS)
def test_convolution(
    shape: Any, settings: str, bottoms: int, limit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit:
        monkeypatch.setattr(correlation, "BLOCK", limit)
    correlation._plan.cache_clear()
    kept = Kept("Convolution", f"convolution_param {{ {settings} {FILLERS} }}", *[shape] * bottoms)
    for _ in range(3):
        kept.once()
    correlation._plan.cache_clear()


@pytest.mark.parametrize("seed", range(30))
def test_any_convolution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = int(rng.choice([1, 1, 1, 2, 4]))
    shape = (rng.integers(1, 9), 4 * rng.integers(1, 6), *rng.integers(4, 16, 2))
    settings = (
        f"num_output: {4 * rng.integers(1, 7)} kernel_h: {rng.integers(1, 5)} "
        f"kernel_w: {rng.integers(1, 5)} stride: {rng.integers(1, 4)} pad: {rng.integers(0, 3)} "
        f"group: {group} bias_term: {rng.choice(['true', 'false'])}"
    )
    kept = Kept("Convolution", f"convolution_param {{ {settings} {FILLERS} }}", shape, seed=seed)
    for _ in range(3):
        kept.once()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("pool", ["MAX", "AVE"])
@pytest.mark.parametrize(
    "shape, settings",
    [
        *test_pooling.SETTINGS,
        ((3, 2, 15, 13), "kernel_size: 11 stride: 2"),
        ((2, 2, 9, 9), "kernel_size: 4 stride: 1 pad: 3"),
    ],
)
def test_pooling(shape: Any, settings: str, pool: str) -> None:
    kept = Kept("Pooling", f"pooling_param {{ pool: {pool} {settings} }}", shape)
    for share in (None, 0.0, 0.1, 1.0, 0.0):
        kept.once(None if share is None else _odd(kept.rng, share))


def test_relu() -> None:
    kept = Kept("ReLU", "", (3, 4, 5))
    for share in (0.0, 0.3, 1.0, 0.0):
        kept.once(_odd(kept.rng, share))


@pytest.mark.parametrize(
    "text, forward, backward",
    [
        ("type: 'Convolution' top: 'x' convolution_param { num_output: 3 kernel_size: 1 }", 0, 0),
        (
            "type: 'Convolution' top: 'y' convolution_param { num_output: 3 kernel_size: 2 }"
            "param { lr_mult: 0 }",
            1,
            0,
        ),
        ("type: 'Pooling' top: 'y' top: 'mask' pooling_param { kernel_size: 2 }", 0, 0),
        ("type: 'Pooling' top: 'y' pooling_param { pool: STOCHASTIC kernel_size: 2 }", 0, 0),
        ("type: 'ReLU' top: 'x' relu_param { negative_slope: 0.5 }", 0, 0),
        ("type: 'Sigmoid' top: 'x'", 0, 0),
    ],
)
def test_layers_whose_work_cannot_be_put_down(text: str, forward: int, backward: int) -> None:
    shape = "input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } }"
    net = cp.build_net(
        f'layer {{ name: "x" type: "Input" top: "x" {shape} }}'
        f'layer {{ name: "op" bottom: "x" {text} }}'
    )
    net.forward()
    op = net.layer("op")
    op.propagate_down = [True]
    assert (op.forward_steps() is not None) == forward
    assert (op.backward_steps() is not None) == backward


def test_memory_of_ones_own_is_nobody_elses() -> None:
    from caffe_proto.layers.windows import scratch

    outside = scratch("test", (4,), "f4")
    own: Scratch = {}
    with own_scratch(own):
        inside = scratch("test", (4,), "f4")
        with own_scratch({}):
            assert not np.shares_memory(scratch("test", (4,), "f4"), inside)
        assert np.shares_memory(scratch("test", (3,), "f4"), inside)
    assert not np.shares_memory(inside, outside)
    assert np.shares_memory(scratch("test", (4,), "f4"), outside)
    with pytest.raises(ZeroDivisionError), own_scratch(own):
        _ = 1 / 0
    assert np.shares_memory(scratch("test", (4,), "f4"), outside)
