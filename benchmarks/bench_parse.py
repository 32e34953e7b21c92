"""Parsing speed beside ``google.protobuf.text_format.Parse``, both in one run, alternating.

    python benchmarks/bench_parse.py [FILE ...]

Without files: the largest of the zoo under $CAFFE_PROTO_REFERENCE (default: ../shared beside the
repository), where there is one, and a made-up net of the same size. Prints the least time of each
over several rounds, and ours divided by theirs; exit status 1 if any ratio is above 1.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from google.protobuf import text_format

from caffe_proto.prototxt import parse
from caffe_proto.schema import caffe_pb2

ROUNDS = 9


def made_up(size: int) -> str:
    """A net of convolutions of about ``size`` characters."""
    layers = ['name: "made up"\n']
    length = 0
    while length < size:
        n = len(layers)
        layers.append(
            f'layer {{\n  name: "conv{n}"  # number {n}\n  type: "Convolution"\n'
            f'  bottom: "conv{n - 1}"\n  top: "conv{n}"\n'
            "  param {\n    lr_mult: 1\n    decay_mult: 1\n  }\n"
            f"  convolution_param {{\n    num_output: {16 + n % 64}\n    kernel_size: 3\n"
            '    weight_filler {\n      type: "gaussian"\n      std: 0.01\n    }\n  }\n}\n'
        )
        length += len(layers[-1])
    return "".join(layers)


def largest(count: int) -> list[Path]:
    """The largest nets of the zoo."""
    here = Path(__file__).resolve().parent.parent
    zoo = Path(os.environ.get("CAFFE_PROTO_REFERENCE", here.parent / "shared")) / "zoo"
    if not (zoo / "index.json").is_file():
        return []
    index = json.loads((zoo / "index.json").read_text())
    nets = [zoo / path for path, entry in index.items() if entry.get("kind") == "NetParameter"]
    return sorted(nets, key=lambda path: -path.stat().st_size)[:count]


def compare(text: str) -> tuple[float, float]:
    """The least seconds of this package and of protobuf over the rounds."""

    def timed(read: Callable[[], object]) -> float:
        before = time.perf_counter()
        read()
        return time.perf_counter() - before

    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        ours = min(ours, timed(lambda: parse(text, upgrade=False)))
        theirs = min(theirs, timed(lambda: text_format.Parse(text, caffe_pb2.NetParameter())))
    return ours, theirs


def main() -> int:
    paths = [Path(name) for name in sys.argv[1:]] or largest(5)
    texts = {path.name: path.read_text("utf-8", "surrogateescape") for path in paths}
    size = max([100_000, *(len(text) for text in texts.values())])
    texts["(made up)"] = made_up(size)
    texts["(made up, ten times as large)"] = made_up(10 * size)
    texts["(a list of 100,000)"] = f"input_dim: [{', '.join(['224'] * 100_000)}]"
    before = time.perf_counter()
    parse('name: "a"')
    first = time.perf_counter() - before
    print(f"first parse: {first * 1e3:.0f} ms, with the import of lark and the grammar")
    print(f"{'kB':>8} {'ours, ms':>9} {'text_format':>12} {'ratio':>6}")
    worst = 0.0
    for name, text in texts.items():
        ours, theirs = compare(text)
        worst = max(worst, ours / theirs)
        row = f"{len(text) / 1e3:8.0f} {ours * 1e3:9.1f} {theirs * 1e3:12.1f} {ours / theirs:6.2f}"
        print(f"{row}  {name}")
    return 1 if worst > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
