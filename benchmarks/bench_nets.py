"""Forward of eight nets beside OpenCV 4 (and ONNX Runtime where it is installed), in alternation.

    python -m benchmarks.bench_nets [--nets NAME,...] [--rounds N] [--threads N] [--json FILE]

Same weights, same input, as many threads each; outputs are compared first. Each round runs every
engine once, in turns, and the least time of all rounds counts: what else the machine does only ever
adds. Beside it stands the least processor time, which counts the work of all threads and is hardly
disturbed by other processes. Peak memory is that of a process of its own that reads the files,
prepares the net and runs it three times.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import caffe_proto as cp
from benchmarks.nets import BATCH, NETS, draw_weights, face_model, feed

REFERENCE = Path(os.environ.get("CAFFE_PROTO_REFERENCE", Path(__file__).parents[2] / "shared"))

#: ``net.forward`` may take so many times OpenCV's time: as BVLC Caffe did, measured side by side.
CAFFE = {
    "LeNet": 13.0 / 5.5,
    "CaffeNet": 242 / 156,
    "GoogLeNet": 751 / 322,
    "SqueezeNet 1.1": 261 / 79,
    "ResNet-50": 139 / 99,
    "MobileNet v1": 51 / 22,
    "VGG-16": 363 / 139,
    "res10 SSD face": 51 / 22,
}
#: Differences of outputs, relative to their largest value, that are still the same result.
SAME = 1e-3

Run = Callable[[], Any]


def write_files(name: str, folder: Path) -> tuple[Path, Path]:
    """Definition and weights of a net, made or, for the face detector, the real ones if there."""
    real = face_model(REFERENCE) if name == "res10 SSD face" else None
    if real is not None:
        return real
    definition, weights = folder / "net.prototxt", folder / "net.caffemodel"
    definition.write_text(NETS[name]())
    net = cp.build_net(definition)
    draw_weights(net)
    net.save(weights)
    return definition, weights


def build(definition: Path, weights: Path) -> tuple[cp.Net, dict[str, np.ndarray]]:
    """The net with its weights, and an input for it."""
    net = cp.build_net(definition, weights=weights)
    return net, portrait(weights.parent) or feed(net)


def portrait(folder: Path) -> dict[str, np.ndarray] | None:
    """The picture that comes with the real face detector, as that takes it."""
    pictures = sorted(folder.glob("*.png"))
    if not pictures:
        return None
    try:
        import cv2
    except ImportError:
        return None
    picture = cv2.resize(cv2.imread(str(pictures[0])), (300, 300)).astype(np.float32)
    picture -= np.array([104, 177, 123], np.float32)
    return {"data": np.ascontiguousarray(picture.transpose(2, 0, 1)[None])}


def opencv(definition: Path, weights: Path, inputs: dict[str, Any], threads: int) -> Run | None:
    """A run of OpenCV's importer, or None where OpenCV 4 is not installed."""
    try:
        import cv2
    except ImportError:
        return None
    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        return None
    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromCaffe(str(definition), str(weights))
    (values,) = inputs.values()

    def run() -> Any:
        net.setInput(values)
        return net.forward()

    return run


def onnxruntime(net: cp.Net, inputs: dict[str, Any], threads: int) -> Run | None:
    """A run of ONNX Runtime on the exported net, where both are there."""
    try:
        import onnxruntime as ort
        from caffe_proto.export import to_onnx
    except ImportError:
        return None
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = ort.InferenceSession(to_onnx(net).SerializeToString(), options)
    except Exception as fault:
        print(f"  (ONNX Runtime does not take {net.name}: {str(fault)[:80]})", file=sys.stderr)
        return None
    return lambda: session.run(None, inputs)[0]


def engines(
    net: cp.Net, inputs: dict[str, Any], files: tuple[Path, Path], threads: int
) -> dict[str, Run]:
    """What is measured, by name; the reference's first."""
    compiled = net.compile(threads=threads)
    output = net.outputs[0]
    found: dict[str, Run | None] = {
        "numpy": lambda: compiled(**inputs)[output],
        "forward": lambda: net.forward(**inputs)[output],
        "opencv": opencv(*files, inputs, threads),
        "onnxruntime": onnxruntime(net, inputs, threads),
    }
    return {name: run for name, run in found.items() if run is not None}


def measure(name: str, rounds: int, threads: int, seconds: float, memory: bool) -> dict[str, Any]:
    """Times in milliseconds, ratios and peak memory of one net."""
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(name, Path(folder))
        net, inputs = build(*files)
        begin = time.perf_counter()
        net.compile(threads=threads)
        compiling = time.perf_counter() - begin
        runs = engines(net, inputs, files, threads)
        result: dict[str, Any] = {
            "batch": BATCH.get(name, 1),
            "compile_s": compiling,
            "difference": _differences(runs),
        }
        result["ms"], result["cpu_ms"] = _alternate(runs, rounds, seconds)
        if memory:
            result["peak_mb"] = {
                engine: peak_memory(engine, *files, threads)
                for engine in ("numpy", "opencv")
                if engine in runs
            }
    if "opencv" in runs:
        peer = result["ms"]["opencv"]
        result["ratio"] = {engine: ms / peer for engine, ms in result["ms"].items()}
        cpu = result["cpu_ms"]["opencv"]
        result["cpu_ratio"] = {engine: ms / cpu for engine, ms in result["cpu_ms"].items()}
    return result


def _differences(runs: dict[str, Run]) -> dict[str, float]:
    """How far each engine's output is from ``net.forward``'s."""
    expected = np.asarray(runs["forward"]())
    scale = float(np.abs(expected).max()) or 1.0
    differences = {}
    for name, run in runs.items():
        got = np.asarray(run())
        if expected.shape[-1] == 7:
            got, expected = _sure(got), _sure(expected)
        if got.size == expected.size:
            differences[name] = float(np.abs(got.ravel() - expected.ravel()).max()) / scale
        else:
            differences[name] = math.inf
    return differences


def _sure(detections: np.ndarray) -> np.ndarray:
    """Boxes that are no guess: among those with a score near the threshold any may be missing."""
    rows = detections.reshape(-1, 7)
    return rows[rows[:, 2] > 0.3]


def _alternate(
    runs: dict[str, Run], rounds: int, seconds: float
) -> tuple[dict[str, float], dict[str, float]]:
    """The least wall and processor times of each, in milliseconds."""
    wall = dict.fromkeys(runs, math.inf)
    processor = dict.fromkeys(runs, math.inf)
    names = list(runs)
    until = time.perf_counter() + seconds
    for turn in range(10 * rounds):
        if turn >= rounds and time.perf_counter() > until:
            break
        for i in range(len(names)):
            name = names[(turn + i) % len(names)]
            if name == "forward" and turn >= max(3, rounds // 3):
                continue
            begin, work = time.perf_counter(), time.process_time()
            runs[name]()
            wall[name] = min(wall[name], 1e3 * (time.perf_counter() - begin))
            processor[name] = min(processor[name], 1e3 * (time.process_time() - work))
    return wall, processor


# -- memory ------------------------------------------------------------------------------------


def peak_memory(engine: str, definition: Path, weights: Path, threads: int) -> float:
    """Megabytes that a process of its own needs at most to load, prepare and run the net."""
    command = [sys.executable, "-m", "benchmarks.bench_nets", "--child", engine]
    command += [str(definition), str(weights), "--threads", str(threads)]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    return float(done.stdout.split()[-1])


def child(engine: str, definition: Path, weights: Path, threads: int) -> None:
    """Load, run three times, print the peak."""
    if engine == "numpy":
        net, inputs = build(definition, weights)
        compiled = net.compile(threads=threads)
        for _ in range(3):
            compiled(**inputs)
    else:
        inputs = feed(cp.build_net(definition))
        run = opencv(definition, weights, inputs, threads)
        assert run is not None
        for _ in range(3):
            run()
    # Not getrusage: its peak is that of the parent too, whose copy the process began as.
    status = Path("/proc/self/status").read_text()
    print(int(status.split("VmHWM:")[1].split()[0]) / 1024)


# -- scaling -----------------------------------------------------------------------------------


def scaling(names: tuple[str, ...] = ("VGG-16", "GoogLeNet"), rounds: int = 8) -> dict[str, float]:
    """How many times faster two threads are than one."""
    result = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            net, inputs = build(*write_files(name, Path(folder)))
            runs: dict[str, Run] = {}
            for threads in (1, 2):
                compiled = net.compile(threads=threads)
                runs[str(threads)] = functools.partial(compiled, **inputs)
            wall, _ = _alternate(runs, rounds, 10)
            result[name] = wall["1"] / wall["2"]
    return result


# -- report ------------------------------------------------------------------------------------


def geometric_mean(values: list[float]) -> float:
    """``exp`` of the mean logarithm."""
    return math.exp(sum(map(math.log, values)) / len(values))


def row(name: str, result: dict[str, Any]) -> str:
    """One line of the table."""
    ms, ratio, cpu = result["ms"], result.get("ratio", {}), result.get("cpu_ratio", {})
    cells = [f"{name + ' (' + str(result['batch']) + ')':<20}"]
    for engine in ("numpy", "forward", "opencv", "onnxruntime"):
        cells.append(f"{ms[engine]:>11.1f}" if engine in ms else f"{'':>11}")
    cells.append(f"{ratio['numpy']:>9.2f}{cpu['numpy']:>9.2f}" if ratio else f"{'':>18}")
    cells.append(f"{ratio['forward']:>9.2f}{CAFFE[name]:>7.2f}" if ratio else f"{'':>16}")
    peak = result.get("peak_mb", {})
    cells.append(f"{peak['numpy']:>9.0f}{peak['opencv']:>9.0f}" if len(peak) == 2 else f"{'':>18}")
    cells.append(f"{result['compile_s']:>9.2f}")
    cells.append(f"{max(result['difference'].values()):>9.0e}")
    return "".join(cells)


HEADER = (
    f"{'net (batch)':<20}{'numpy ms':>11}{'forward ms':>11}{'OpenCV ms':>11}{'ONNX R. ms':>11}"
    f"{'ratio':>9}{'cpu':>9}{'forward':>9}{'Caffe':>7}{'MB':>9}{'OpenCV':>9}{'compile':>9}{'off':>9}"
)


def report(
    names: list[str], rounds: int, threads: int, seconds: float, memory: bool
) -> dict[str, Any]:
    """Measure and print net by net; returns everything."""
    print(HEADER, flush=True)
    results = {}
    for name in names:
        results[name] = measure(name, rounds, threads, seconds, memory)
        print(row(name, results[name]), flush=True)
    summary: dict[str, Any] = {"threads": threads, "nets": results}
    ratios = [r["ratio"]["numpy"] for r in results.values() if "ratio" in r]
    if ratios:
        summary["geometric_mean"] = geometric_mean(ratios)
        summary["worst"] = max(ratios)
        work = geometric_mean([r["cpu_ratio"]["numpy"] for r in results.values()])
        print(
            f"net.compile() takes {summary['geometric_mean']:.2f} of OpenCV's time in the "
            f"geometric mean ({work:.2f} of its processor time), {summary['worst']:.2f} at worst"
        )
    return summary


def main() -> int:
    """Measure, print, and say by the exit status whether the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nets", default=",".join(NETS))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=6.0, help="go on for so long at least")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        engine, definition, weights = options.child
        child(engine, Path(definition), Path(weights), options.threads)
        return 0
    names = options.nets.split(",")
    if unknown := set(names) - set(NETS):
        parser.error(f"there is no net {', '.join(unknown)}. Nets: {', '.join(NETS)}")
    summary = report(names, options.rounds, options.threads, options.seconds, not options.no_memory)
    if options.json:
        options.json.write_text(json.dumps(summary, indent=1))
    return 0 if summary.get("geometric_mean", 0) <= 1 and summary.get("worst", 0) <= 1.5 else 1


if __name__ == "__main__":
    sys.exit(main())
