"""Nets put together at random, compiled, against ``net.forward``."""

from __future__ import annotations

import re

import numpy as np
import pytest

import caffe_proto as cp
from tests.engines.agreement import assert_agrees, assert_same_outputs, random_inputs, randomize
from tests.engines.random_nets import RandomNet

#: Nets a test, for each of which a number draws everything.
QUICK, SLOW = range(60), range(1000, 1250)


def _built(seed: int, layers: int) -> cp.Net:
    net = cp.build_net(RandomNet(seed, layers).text, seed=seed)
    randomize(net, seed)
    if seed % 2:
        for layer in net.layers:
            # Slopes below 0 too, with which the largest value does not stay the largest.
            if layer.type == "PReLU":
                layer.params[0].data[...] -= 0.8
    return net


def _agrees(seed: int, layers: int) -> None:
    net = _built(seed, layers)
    threads, tune = 1 + seed % 2, bool(seed // 2 % 2)
    run = assert_agrees(net, random_inputs(net, seed), threads=threads, tune=tune)
    n, c, h, w = net.blobs["data"].shape
    for shape in [(n + 2, c, h, w), (1, c, h + 3, w + 2), (n, c, h, w)]:
        data = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
        refusal = _refusal(net, shape)
        if refusal is None:
            assert_same_outputs(run(data=data), net.forward(data=data))
        else:
            with pytest.raises(cp.LayerError, match=re.escape(refusal)):
                run(data=data)


def _refusal(net: cp.Net, shape: tuple[int, ...]) -> str | None:
    """What the net says against this shape of its input; it has the shape if it says nothing."""
    try:
        net.reshape(data=shape)
    except cp.LayerError as fault:
        return str(fault)
    return None


@pytest.mark.parametrize("seed", QUICK)
def test_a_random_net_agrees(seed: int) -> None:
    _agrees(seed, 10)


@pytest.mark.slow
@pytest.mark.parametrize("layers", [6, 14])
def test_many_random_nets_agree(layers: int) -> None:
    faults = []
    for seed in SLOW:
        try:
            _agrees(seed, layers)
        except Exception as fault:
            faults.append(f"{seed}: {type(fault).__name__}: {fault}")
    assert not faults, "\n".join(faults)
