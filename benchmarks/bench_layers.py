"""Forward of GoogLeNet's largest pooling, LRN and Softmax layers, beside plain NumPy.

    python benchmarks/bench_layers.py [--batch N] [--rounds N]

The peers are the formulas written out on whole arrays: slices of a padded copy for pooling, shifted
sums for LRN, exponentials for Softmax. Each pair is timed alternately in one run; the smallest
processor time of several counts, on one BLAS thread or not. Results are compared first. A ratio
above 1.5 ends with exit status 1.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

import caffe_proto as cp

Array = npt.NDArray[Any]
ALLOWED = 1.5


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def layer(type_name: str, settings: str, x: Array) -> cp.Layer:
    """The layer, set up on an input that holds ``x``."""
    dims = " ".join(f"dim: {n}" for n in x.shape)
    net = cp.build_net(
        f'layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ {dims} }} }} }}'
        f'layer {{ name: "op" type: "{type_name}" bottom: "x" top: "y" {settings} }}'
    )
    net.blobs["x"].data = x
    return net.layer("op")


def taps(x: Array, kernel: int, stride: int, pad: int, outside: float) -> list[Array]:
    """What each tap of the windows sees, windows that reach over the image included."""
    counts = [math.ceil((n + 2 * pad - kernel) / stride) + 1 for n in x.shape[2:]]
    room = [(count - 1) * stride + kernel for count in counts]
    padded = np.full((*x.shape[:2], *room), outside, x.dtype)
    height, width = (min(n, r - pad) for n, r in zip(x.shape[2:], room, strict=True))
    padded[:, :, pad : pad + height, pad : pad + width] = x[:, :, :height, :width]
    rows, columns = ((count - 1) * stride + 1 for count in counts)
    return [
        padded[:, :, i : i + rows : stride, j : j + columns : stride]
        for i in range(kernel)
        for j in range(kernel)
    ]


def plain_max(x: Array, kernel: int, stride: int, pad: int) -> Array:
    first, *others = taps(x, kernel, stride, pad, -np.inf)
    y = first.copy()
    for other in others:
        np.maximum(y, other, out=y)
    return y


def plain_mean(x: Array) -> Array:
    mean: Array = x.mean(axis=(2, 3), keepdims=True)
    return mean


def plain_lrn(x: Array) -> Array:
    squares, norm = x * x, np.ones_like(x)
    squares *= np.float32(1e-4 / 5)
    channels = x.shape[1]
    for shift in range(-2, 3):
        inside = slice(max(0, -shift), min(channels, channels - shift))
        norm[:, inside] += squares[:, inside.start + shift : inside.stop + shift]
    root = np.sqrt(norm)
    root *= norm
    np.sqrt(root, out=root)
    y: Array = x / root
    return y


def plain_softmax(x: Array) -> Array:
    y = np.exp(x - x.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    return y


LRN = "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }"
CASES: list[tuple[str, str, str, tuple[int, ...], Callable[[Array], Array]]] = [
    (
        "pool1/3x3_s2",
        "Pooling",
        "pooling_param { kernel_size: 3 stride: 2 }",
        (64, 112, 112),
        lambda x: plain_max(x, 3, 2, 0),
    ),
    (
        "pool2/3x3_s2",
        "Pooling",
        "pooling_param { kernel_size: 3 stride: 2 }",
        (192, 56, 56),
        lambda x: plain_max(x, 3, 2, 0),
    ),
    (
        "inception_3b/pool",
        "Pooling",
        "pooling_param { kernel_size: 3 stride: 1 pad: 1 }",
        (256, 28, 28),
        lambda x: plain_max(x, 3, 1, 1),
    ),
    (
        "pool5/7x7_s1",
        "Pooling",
        "pooling_param { pool: AVE kernel_size: 7 stride: 1 }",
        (1024, 7, 7),
        plain_mean,
    ),
    ("pool1/norm1", "LRN", LRN, (64, 56, 56), plain_lrn),
    ("conv2/norm2", "LRN", LRN, (192, 56, 56), plain_lrn),
    ("prob", "Softmax", "", (1000,), plain_softmax),
    ("a map's softmax", "Softmax", "", (192, 56, 56), plain_softmax),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    rng = np.random.default_rng(1701)
    slow = []
    print(f"{'layer':20}{'type':10}{'input':24}{'ours ms':>9}{'plain ms':>10}{'ratio':>7}")
    for name, type_name, settings, shape, plain in CASES:
        x = rng.normal(size=(arguments.batch, *shape)).astype(np.float32)
        op = layer(type_name, settings, x)
        op.run_forward()
        np.testing.assert_allclose(op.top_blobs[0].data, plain(x), rtol=1e-4, atol=1e-6)
        pairs = [
            (seconds(op.run_forward), seconds(lambda x=x, plain=plain: plain(x)))
            for _ in range(arguments.rounds)
        ]
        ours, peer = (min(times) * 1e3 for times in zip(*pairs, strict=True))
        print(f"{name:20}{type_name:10}{x.shape!s:24}{ours:9.2f}{peer:10.2f}{ours / peer:7.2f}")
        # Below a tenth of a millisecond it is the call that is measured, not the layer.
        if ours > max(ALLOWED * peer, 0.1):
            slow.append(name)
    if slow:
        raise SystemExit(f"slower than {ALLOWED} x plain NumPy: {', '.join(slow)}")


if __name__ == "__main__":
    main()
