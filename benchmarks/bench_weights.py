"""VGG-16's weights (553 MB) into memory: caffe_proto, protobuf messages and OpenCV, side by side.

    python benchmarks/bench_weights.py [--repeats 7] [--directory /tmp]

Each reader runs in a process of its own, in turn, the file in the page cache. Ratios are of the
medians, and the range is printed beside them: fresh memory comes at very different speeds, above
all on a machine that is busy. The file has random weights, is written with ``save_caffemodel``
and deleted afterwards.

- ``load``: caffe_proto loads into a built net; values stay in the file until they are used.
- ``load and read``: after that, every parameter as an aligned array, and all values summed
  (in float32, which hardly takes time and cannot be done without having read them).
- ``protobuf``: ``NetParameter.FromString``, then a float32 array from every blob, summed likewise.
- ``opencv``: ``cv2.dnn.readNetFromCaffe`` (the values are not even summed).

Peak memory is the process's (VmHWM), in units of the file's size, imports included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

CHANNELS = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]
READERS = ("load", "load and read", "protobuf", "opencv")


def vgg16() -> Iterator[tuple[str, list[tuple[int, ...]]]]:
    """VGG-16's layers as prototxt text, each with the shapes of its blobs."""
    yield (
        (
            'layer { name: "data" type: "Input" top: "data" '
            "input_param { shape { dim: 1 dim: 3 dim: 224 dim: 224 } } }"
        ),
        [],
    )
    bottom, depth = "data", 3
    for stage, widths in enumerate(CHANNELS, 1):
        for i, width in enumerate(widths, 1):
            name = f"conv{stage}_{i}"
            yield (
                (
                    f'layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}" '
                    f"convolution_param {{ num_output: {width} pad: 1 kernel_size: 3 }} }}"
                ),
                [(width, depth, 3, 3), (width,)],
            )
            yield _relu(name), []
            bottom, depth = name, width
        yield (
            (
                f'layer {{ name: "pool{stage}" type: "Pooling" bottom: "{bottom}" '
                f'top: "pool{stage}" pooling_param {{ pool: MAX kernel_size: 2 stride: 2 }} }}'
            ),
            [],
        )
        bottom = f"pool{stage}"
    size = depth * 7 * 7
    for name, width in (("fc6", 4096), ("fc7", 4096), ("fc8", 1000)):
        yield (
            (
                f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" '
                f"inner_product_param {{ num_output: {width} }} }}"
            ),
            [(width, size), (width,)],
        )
        if name != "fc8":
            yield _relu(name), []
        bottom, size = name, width
    yield 'layer { name: "prob" type: "Softmax" bottom: "fc8" top: "prob" }', []


def _relu(name: str) -> str:
    return f'layer {{ name: "relu_{name}" type: "ReLU" bottom: "{name}" top: "{name}" }}'


def write_files(directory: Path) -> tuple[Path, Path]:
    """The prototxt and the caffemodel, with random weights."""
    from caffe_proto.prototxt import parse
    from caffe_proto.weights import save_caffemodel

    text = 'name: "VGG16"\n' + "\n".join(layer for layer, _ in vgg16()) + "\n"
    prototxt, model = directory / "vgg16.prototxt", directory / "vgg16.caffemodel"
    prototxt.write_text(text)
    random = np.random.default_rng(1701)
    params = parse(text).layer

    def layers() -> Iterator[Any]:
        for param, (_, shapes) in zip(params, vgg16(), strict=True):
            blobs = [
                SimpleNamespace(
                    shape=shape, data=random.standard_normal(shape, np.float32) * np.float32(0.01)
                )
                for shape in shapes
            ]
            yield SimpleNamespace(name=param.name, type=param.type, param=param, blobs=blobs)

    save_caffemodel(layers(), model, name="VGG16")
    return prototxt, model


# -- in a process of its own -----------------------------------------------------------------


def read(reader: str, prototxt: str, model: str) -> None:
    """Read once with ``reader``; print seconds, peak memory in bytes and the values' sum."""
    run = {
        "load": lambda: _caffe_proto(prototxt, model, False),
        "load and read": lambda: _caffe_proto(prototxt, model, True),
        "protobuf": lambda: _protobuf(model),
        "opencv": lambda: _opencv(prototxt, model),
    }[reader]()
    start = time.perf_counter()
    total = run()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak": _peak(), "sum": total}))


def _caffe_proto(prototxt: str, model: str, use: bool) -> Callable[[], float]:
    from caffe_proto.net import build_net
    from caffe_proto.weights import load_into

    net = build_net(prototxt)

    def run() -> float:
        load_into(net, model)
        if not use:
            return 0.0
        return sum(float(p.data.sum()) for ps in net.params.values() for p in ps)

    return run


def _protobuf(model: str) -> Callable[[], float]:
    from caffe_proto.schema import NetParameter

    def run() -> float:
        with open(model, "rb") as file:
            net = NetParameter.FromString(file.read())
        total = 0.0
        arrays = []
        for layer in net.layer:
            for blob in layer.blobs:
                array = np.array(blob.data, np.float32).reshape(tuple(blob.shape.dim))
                arrays.append(array)
                total += float(array.sum())
        return total

    return run


def _opencv(prototxt: str, model: str) -> Callable[[], float]:
    import cv2

    def run() -> float:
        cv2.dnn.readNetFromCaffe(prototxt, model)
        return 0.0

    return run


def _peak() -> int:
    """The most memory this process has had, in bytes (Linux; elsewhere 0)."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


# -- together --------------------------------------------------------------------------------


def main() -> None:
    """Measure all readers in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--directory", default=tempfile.gettempdir())
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        read(*options.child)
        return
    with tempfile.TemporaryDirectory(dir=options.directory) as name:
        start = time.perf_counter()
        prototxt, model = write_files(Path(name))
        size = model.stat().st_size
        print(f"{size / 1e6:.0f} MB made and written in {time.perf_counter() - start:.1f} s")
        found: dict[str, list[dict[str, float]]] = {reader: [] for reader in READERS}
        for turn in range(options.repeats):
            for i in range(len(READERS)):
                reader = READERS[(turn + i) % len(READERS)]
                found[reader].append(_measure(reader, prototxt, model))
        if found["load and read"][0]["sum"] != found["protobuf"][0]["sum"]:
            raise SystemExit("the readers do not agree on the values")
    seconds = {reader: sorted(run["seconds"] for run in found[reader]) for reader in READERS}
    median = {reader: statistics.median(times) for reader, times in seconds.items()}
    print(f"{'reader':<15}{'median s':>10}{'range':>18}{'peak/file':>11}", end="")
    print(f"{'vs protobuf':>13}{'vs OpenCV':>11}")
    for reader in READERS:
        span = f"{seconds[reader][0]:.4f}-{seconds[reader][-1]:.4f}"
        peak = max(run["peak"] for run in found[reader]) / size
        print(
            f"{reader:<15}{median[reader]:>10.4f}{span:>18}{peak:>11.2f}"
            f"{median['protobuf'] / median[reader]:>12.1f}x"
            f"{median['opencv'] / median[reader]:>10.1f}x"
        )


def _measure(reader: str, prototxt: Path, model: Path) -> dict[str, float]:
    child = [sys.executable, __file__, "--child", reader, str(prototxt), str(model)]
    done = subprocess.run(child, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
