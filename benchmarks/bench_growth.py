"""How costs grow: with layers, channels, batch and file size, as the exponent of a power law.

    python -m benchmarks.bench_growth [--json FILE]

1 is proportional. The exponent is fitted to the least processor times of several sizes, from where
fixed costs no longer count.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import caffe_proto as cp
from benchmarks.nets import chain, draw_weights, feed, squeezenet

Work = Callable[[], Any]


def seconds(work: Work, repeats: int = 4) -> float:
    """The least processor time of several runs."""
    best = math.inf
    for _ in range(repeats):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of the times over the sizes, both as logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def _compiled(text: str) -> Work:
    net = cp.build_net(text)
    draw_weights(net)
    run, inputs = net.compile(threads=1), feed(net)
    run(**inputs)
    return lambda: run(**inputs)


def _by_batch(batch: int) -> Work:
    return _compiled(squeezenet().replace("dim: 10 ", f"dim: {batch} ", 1))


def _saving(layers: int, folder: Path) -> Path:
    net = cp.build_net(chain(layers, channels=64))
    draw_weights(net)
    path = folder / f"{layers}.caffemodel"
    net.save(path)
    return path


def _loaded(layers: int, folder: Path) -> Work:
    path = _saving(layers, folder)
    net = cp.build_net(chain(layers, channels=64))

    def load() -> None:
        net.load(path)
        # Values are read when they are first asked for.
        for parameter in net.learnable_params:
            parameter.data.sum()

    return load


def _filled(layers: int) -> Work:
    text = chain(layers, channels=32).replace(
        "kernel_size", 'weight_filler { type: "xavier" } kernel_size'
    )

    def fill() -> None:
        for parameter in cp.build_net(text, seed=1).learnable_params:
            parameter.data.sum()

    return fill


def _compiling(layers: int) -> Work:
    net = cp.build_net(chain(layers))
    draw_weights(net)
    return lambda: net.compile(threads=1)


def curves(folder: Path) -> dict[str, tuple[list[int], Callable[[int], Work]]]:
    """What is measured: sizes, and what makes the work for one."""
    return {
        "parse, by layers": ([250, 500, 1000, 2000], lambda n: _parsed(chain(n))),
        "build, by layers": ([50, 100, 200, 400], lambda n: _built(chain(n))),
        "fill, by layers": ([8, 16, 32, 64], _filled),
        "load, by file size": ([16, 32, 64, 128], lambda n: _loaded(n, folder)),
        "compile, by layers": ([50, 100, 200, 400], _compiling),
        "run, by layers": ([8, 16, 32, 64], lambda n: _compiled(chain(n, 32, 32))),
        "run, by channels (2 expected)": ([64, 128, 256], lambda n: _compiled(chain(4, n, 28))),
        "run, by batch": ([1, 2, 4, 8], _by_batch),
    }


def _parsed(text: str) -> Work:
    return lambda: cp.parse(text)


def _built(text: str) -> Work:
    definition = cp.parse(text)
    return lambda: cp.build_net(definition)


def report() -> dict[str, Any]:
    """Measure and print every curve; returns sizes, seconds and exponents."""
    results: dict[str, Any] = {}
    print(f"{'cost':<32}{'exponent':>9}   milliseconds by size")
    with tempfile.TemporaryDirectory() as folder:
        for name, (sizes, make) in curves(Path(folder)).items():
            times = [seconds(make(size)) for size in sizes]
            slope = exponent(sizes, times)
            results[name] = {"sizes": sizes, "seconds": times, "exponent": slope}
            shown = "  ".join(f"{n}: {1e3 * t:.1f}" for n, t in zip(sizes, times, strict=True))
            print(f"{name:<32}{slope:>9.2f}   {shown}", flush=True)
    return results


def main() -> None:
    """Print the exponents."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = report()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
