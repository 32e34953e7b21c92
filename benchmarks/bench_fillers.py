"""Filling ten million values, beside numpy drawing as many from the same generator.

    python benchmarks/bench_fillers.py [--values N] [--rounds N]

Each pair is timed alternately in one run; the smallest time of several counts. The peer is
``numpy.random.RandomState`` (the same Mersenne twister, other distributions) with its float64
values converted to float32.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from caffe_proto import fillers
from caffe_proto.rng import CaffeRandom


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def settings(**fields: Any) -> Any:
    defaults: dict[str, Any] = {"value": 0.0, "min": 0.0, "max": 1.0, "mean": 0.0, "std": 1.0}
    return SimpleNamespace(**{**defaults, "sparse": -1, "variance_norm": 0, **fields})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--values", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    count = arguments.values
    shape = (count // 1000, 1000)
    ours, peer = CaffeRandom(1701), np.random.RandomState(1701)
    pairs: dict[str, tuple[Any, Callable[[], Any], float | None]] = {
        "xavier": (
            settings(type="xavier"),
            lambda: peer.uniform(-0.05, 0.05, shape).astype(np.float32),
            1.5,
        ),
        "gaussian": (
            settings(type="gaussian", std=0.01),
            lambda: peer.normal(0, 0.01, shape).astype(np.float32),
            2.0,
        ),
        "msra": (
            settings(type="msra"),
            lambda: peer.normal(0, 0.01, shape).astype(np.float32),
            2.0,
        ),
        "sparse gaussian": (
            settings(type="gaussian", std=0.01, sparse=15),
            lambda: (
                peer.normal(0, 0.01, shape).astype(np.float32)
                * (peer.uniform(0, 1, shape) < 0.01).astype(np.float32)
            ),
            None,
        ),
        "positive_unitball": (
            settings(type="positive_unitball"),
            lambda: (
                lambda values: (values / values.sum(axis=1, keepdims=True)).astype(np.float32)
            )(peer.uniform(0, 1, shape)),
            None,
        ),
    }
    print(f"{shape[0] * shape[1]:,} values, best of {arguments.rounds}")
    print(f"{'filler':20}{'here':>10}{'numpy':>10}{'ratio':>8}{'target':>9}")
    for name, (filler, numpy_draws, target) in pairs.items():
        here, there = [], []
        for _ in range(arguments.rounds):
            here.append(seconds(lambda f=filler: fillers.fill(f, shape, ours)))  # type: ignore[misc]
            there.append(seconds(numpy_draws))
        ratio = min(here) / min(there)
        limit = "" if target is None else f"{target:.1f}"
        print(f"{name:20}{min(here):9.3f}s{min(there):9.3f}s{ratio:8.2f}{limit:>9}")


if __name__ == "__main__":
    main()
