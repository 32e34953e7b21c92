"""Every benchmark in one run: ``make bench``, or ``python -m benchmarks [--quick]``.

Prints one report and writes it under benchmarks/results/: ``bench.json``, ``report.txt`` and, where
matplotlib is installed, the bar chart ``nets.svg``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import bench_growth, bench_nets
from benchmarks.nets import NETS

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
#: Benchmarks of their own, run as they are.
OTHERS = ("bench_parse", "bench_fillers", "bench_weights", "bench_layers", "bench_training")


class _Tee(io.TextIOBase):
    """Writes to the terminal and keeps what it has written."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._screen = sys.stdout

    def write(self, text: str) -> int:
        self.kept.append(text)
        self._screen.write(text)
        self._screen.flush()
        return len(text)


@contextlib.contextmanager
def _section(title: str) -> Iterator[None]:
    print(f"\n== {title}", flush=True)
    begin = time.perf_counter()
    yield
    print(f"   ({time.perf_counter() - begin:.0f} s)", flush=True)


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    import numpy as np

    facts: dict[str, Any] = {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    for name in ("cv2", "onnxruntime", "threadpoolctl"):
        try:
            facts[name] = __import__(name).__version__
        except ImportError:
            facts[name] = None
    return facts


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def imports() -> dict[str, float]:
    """Seconds to import the package, and what it is like beside an empty interpreter and NumPy."""
    times = {}
    for what in ("pass", "import numpy", "import caffe_proto", "import cv2"):
        best = float("inf")
        for _ in range(3):
            begin = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", what], cwd=ROOT, capture_output=True)
            if done.returncode:
                break
            best = min(best, time.perf_counter() - begin)
        if best < float("inf"):
            times[what] = best
            print(f"{what:<20}{1e3 * best:>8.0f} ms")
    return times


def builds() -> dict[str, dict[str, float]]:
    """Seconds to build and to fill each net."""
    import caffe_proto as cp

    times: dict[str, dict[str, float]] = {}
    print(f"{'net':<20}{'build ms':>10}{'fill ms':>10}")
    for name, text in NETS.items():
        definition = text().replace("num_output:", 'weight_filler { type: "xavier" } num_output:')
        best = {"build": float("inf"), "fill": float("inf")}
        for _ in range(2):
            begin = time.perf_counter()
            net = cp.build_net(definition, seed=1)
            built = time.perf_counter()
            for parameter in net.learnable_params:
                parameter.data.any()
            best["build"] = min(best["build"], built - begin)
            best["fill"] = min(best["fill"], time.perf_counter() - built)
        times[name] = best
        print(f"{name:<20}{1e3 * best['build']:>10.1f}{1e3 * best['fill']:>10.1f}", flush=True)
    return times


def run_other(name: str) -> dict[str, Any]:
    """Run a benchmark that prints its own report."""
    path = ROOT / "benchmarks" / f"{name}.py"
    if not path.is_file():
        return {"status": None, "output": ""}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(path)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    print(done.stdout.rstrip())
    if done.returncode and done.stderr:
        print(done.stderr.strip().splitlines()[-1])
    return {"status": done.returncode, "output": done.stdout}


def chart(results: dict[str, Any], path: Path) -> None:
    """Bars of each net's time in units of OpenCV's."""
    try:
        import matplotlib
    except ImportError:
        print('no bar chart: pip install "caffe-proto[plot]"')
        return
    matplotlib.use("svg")
    from matplotlib import pyplot

    nets = {name: r for name, r in results["nets"].items() if "ratio" in r}
    names = [
        e
        for e in ("numpy", "forward", "onnxruntime")
        if any(e in r["ratio"] for r in nets.values())
    ]
    figure, axes = pyplot.subplots(figsize=(9, 4))
    width = 0.8 / max(len(names), 1)
    for i, engine in enumerate(names):
        places = [k + width * (i - (len(names) - 1) / 2) for k in range(len(nets))]
        heights = [r["ratio"].get(engine, 0) for r in nets.values()]
        label = {"numpy": "net.compile()", "forward": "net.forward()"}.get(engine, "ONNX Runtime")
        axes.bar(places, heights, width, label=label)
    axes.axhline(1, color="black", linewidth=1)
    axes.set_xticks(range(len(nets)), nets, rotation=20, ha="right")
    axes.set_ylabel("time, OpenCV 4 = 1")
    axes.set_title(f"Forward on the CPU, {results['threads']} threads, float32")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def main() -> int:
    """Run everything, print and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no other benchmarks")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    tee = _Tee()
    everything: dict[str, Any] = {"machine": machine()}
    with contextlib.redirect_stdout(tee):
        print(", ".join(f"{key} {value}" for key, value in everything["machine"].items()))
        with _section("Forward of eight nets"):
            rounds, seconds = (3, 1.0) if options.quick else (12, 6.0)
            everything["forward"] = bench_nets.report(
                list(NETS), rounds, options.threads, seconds, not options.quick
            )
        with _section("One thread's time over two threads'"):
            everything["scaling"] = bench_nets.scaling(rounds=3 if options.quick else 8)
            for name, factor in everything["scaling"].items():
                print(f"{name:<20}{factor:>6.2f}")
        with _section("Import"):
            everything["import"] = imports()
        with _section("Build and fill"):
            everything["build"] = builds()
        with _section("How costs grow"):
            everything["growth"] = bench_growth.report()
        for name in () if options.quick else OTHERS:
            with _section(name):
                everything[name] = run_other(name)
    RESULTS.mkdir(exist_ok=True)
    _write(RESULTS / "bench.json", json.dumps(everything, indent=1))
    _write(RESULTS / "report.txt", "".join(tee.kept))
    chart(everything["forward"], RESULTS / "nets.svg")
    print(f"\nwritten: {RESULTS.relative_to(ROOT)}/bench.json, report.txt, nets.svg")
    return 0


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    os.replace(part, path)


if __name__ == "__main__":
    sys.exit(main())
