"""One training iteration of LeNet at batch 64, beside OpenCV's forward pass of the same net.

    python benchmarks/bench_training.py [--rounds 20] [--json FILE] [--profile]

An iteration is clearing gradients, forward, backward and the update (SGD with momentum and decay),
as ``solver.step(1)`` makes it, on data that is in memory. OpenCV runs the forward pass alone, of
``examples/lenet/lenet.prototxt`` with the trained weights. Both run in this process, in turn; the
ratio is of the medians of the faster half, which other programs on the machine disturb least.
BVLC Caffe 1.0 takes 19.5 ms for the iteration where OpenCV takes 5.5 ms, a ratio of 3.5.

``--profile`` adds forward and backward of every layer, and the update.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import caffe_proto as cp

ROOT = Path(__file__).resolve().parent.parent
LENET = ROOT / "examples" / "lenet"
BATCH = 64
#: The most that an iteration may take, in units of OpenCV's forward pass.
LIMIT = 2.5
CAFFES_RATIO = 19.5 / 5.5

DATA = """
layer { name: "digits" type: "MemoryData" top: "data" top: "label"
  memory_data_param { batch_size: 64 channels: 1 height: 28 width: 28 } }
"""
LOSS = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }'


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 1, 28, 28) in 0 .. 1 and labels (n,), n a multiple of the batch."""
    with np.load(LENET / "digits.npz") as archive:
        count = len(archive["train"]) // BATCH * BATCH
        chosen = archive["train"][:count]
        images, labels = archive["images"][chosen], archive["labels"][chosen]
    return images[:, None].astype(np.float32) / 256, labels.astype(np.float32)


def lenet_solver() -> cp.Solver:
    """A solver for LeNet with data in memory, settings as Caffe's own example has them."""
    net = cp.parse_file(LENET / "lenet.prototxt")
    layers = [layer for layer in net.layer if layer.type not in ("Input", "Softmax")]
    del net.layer[:]
    net.MergeFrom(cp.parse(DATA))
    net.layer.extend(layers)
    net.MergeFrom(cp.parse(LOSS))
    settings = cp.parse(
        'base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005 lr_policy: "inv" gamma: 0.0001 '
        "power: 0.75 random_seed: 1701",
        message="SolverParameter",
    )
    settings.net_param.CopyFrom(net)
    solver = cp.build_solver(settings)
    solver.net.layer("digits").reset(*digits())
    return solver


def opencv_forward() -> Callable[[], Any] | None:
    """OpenCV's forward pass at batch 64, or None where there is no OpenCV that reads Caffe."""
    try:
        import cv2
    except ImportError:
        return None
    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        return None
    net = cv2.dnn.readNetFromCaffe(str(LENET / "lenet.prototxt"), str(LENET / "lenet.caffemodel"))
    images = digits()[0][:BATCH]

    def forward() -> Any:
        net.setInput(images)
        return net.forward()

    return forward


def timed(function: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def fast_half(times: list[float]) -> float:
    """The median of the faster half, in milliseconds."""
    return statistics.median(sorted(times)[: max(len(times) // 2, 1)]) * 1e3


def profile(solver: cp.Solver, iterations: int = 30) -> list[tuple[str, float]]:
    """The fastest time of each layer's forward and backward and of the update, in ms."""
    times: dict[str, float] = {}

    def watch(owner: Any, method: str, label: str) -> None:
        run = getattr(owner, method)

        def watched(*args: Any) -> Any:
            begin = time.perf_counter()
            result = run(*args)
            took = (time.perf_counter() - begin) * 1e3
            times[label] = min(times.get(label, took), took)
            return result

        setattr(owner, method, watched)

    for layer in solver.net.layers:
        watch(layer, "run_forward", f"{layer.name} forward")
        watch(layer, "run_backward", f"{layer.name} backward")
    watch(solver._learned, "update", "update")
    solver.step(iterations)
    return list(times.items())


def measure(rounds: int = 20) -> dict[str, Any]:
    """Times in ms, and the ratio of an iteration to OpenCV's forward pass (None without it)."""
    solver, forward = lenet_solver(), opencv_forward()
    step = lambda: solver.step(1)  # noqa: E731
    ours: list[float] = []
    its: list[float] = []
    for function in filter(None, (step, forward)):
        for _ in range(3):
            function()
    for _ in range(rounds):
        # In turn, a few each: the caches are then as in use.
        ours += [timed(step) for _ in range(3)]
        if forward is not None:
            its += [timed(forward) for _ in range(3)]
    result: dict[str, Any] = {"training_ms": fast_half(ours), "limit": LIMIT}
    result["opencv_forward_ms"] = fast_half(its) if its else None
    result["ratio"] = result["training_ms"] / result["opencv_forward_ms"] if its else None
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write the numbers here, too")
    parser.add_argument("--profile", action="store_true", help="add the layers' times")
    options = parser.parse_args()

    result = measure(options.rounds)
    print(f"LeNet, batch {BATCH}: one training iteration   {result['training_ms']:7.2f} ms")
    if result["ratio"] is None:
        print("OpenCV with a Caffe importer is not installed: nothing to compare with")
    else:
        print(f"OpenCV's forward pass alone              {result['opencv_forward_ms']:7.2f} ms")
        print(f"ratio {result['ratio']:.2f} (at most {LIMIT}; Caffe itself {CAFFES_RATIO:.1f})")
    if options.profile:
        result["profile_ms"] = profile(lenet_solver())
        for label, value in result["profile_ms"]:
            print(f"  {label:20s} {value:7.3f} ms")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
