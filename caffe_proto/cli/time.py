"""``caffe-proto time``: how long each layer, or each step of a compiled net, takes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._common import console, net_options, print_json

if TYPE_CHECKING:
    from caffe_proto.net.net import Net

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto time deploy.prototxt                     forward and backward of every layer
  caffe-proto time deploy.prototxt --engine numpy      what was merged, how it is done
  caffe-proto time deploy.prototxt --engine numpy --batch 8 --threads 1 --json
"""


@click.command("time", epilog=EPILOG)
@click.argument("net", type=click.Path(path_type=Path))
@net_options
@click.option(
    "--weights", multiple=True, type=click.Path(path_type=Path), help="Load these weights first."
)
@click.option(
    "--engine",
    default="reference",
    show_default=True,
    help="reference: layer by layer as defined; numpy, ...: the compiled net, step by step.",
)
@click.option("--iterations", default=10, show_default=True, help="Passes to measure.")
@click.option("--batch", type=click.IntRange(min=1), help="Give the inputs so many items.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of a compiled net.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    net: Path,
    phase: str,
    level: int,
    stages: tuple[str, ...],
    allow_python_layers: bool,
    weights: tuple[Path, ...],
    engine: str,
    iterations: int,
    batch: int | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Time NET: the reference's layers, forward and backward, or the steps of a compiled net.

    Inputs are random. Times of layers are means over the iterations, as Caffe's `caffe time`
    prints them; times of steps are the least of all iterations.
    """
    from caffe_proto.net import build_net

    if iterations < 1:
        raise click.BadParameter("at least 1 pass has to be measured", param_hint="--iterations")
    built = build_net(
        net,
        phase,
        weights or None,
        level=level,
        stages=stages,
        allow_python_layers=allow_python_layers,
    )
    inputs = _inputs(built, batch)
    if engine == "reference":
        result = time_layers(built, inputs, iterations)
        table = _layer_table
    else:
        result = time_steps(built, inputs, iterations, engine, threads)
        table = _step_table
    if as_json:
        print_json(result)
    else:
        console().print(table(result))


def _inputs(net: Net, batch: int | None) -> dict[str, Any]:
    import numpy as np

    if batch is not None:
        shapes = {name: (batch, *shape[1:]) for name, shape in net.input_shapes().items() if shape}
        net.reshape(**shapes)
    rng = np.random.default_rng(0)
    # What is compared with labels or used as an index must be a small whole number.
    return {
        name: rng.standard_normal(shape, dtype=np.float32)
        if len(shape) > 2
        else np.zeros(shape, np.float32)
        for name, shape in net.input_shapes().items()
    }


def time_layers(net: Net, inputs: dict[str, Any], iterations: int) -> dict[str, Any]:
    """Mean milliseconds of each layer's forward and backward, and of whole passes."""
    for name, values in inputs.items():
        net.blobs[name].data = values
    needs = net.layer_need_backward
    forward, backward = [0.0] * len(net.layers), [0.0] * len(net.layers)
    # The first pass allocates memory and fills parameters.
    net.run_forward()
    for _ in range(iterations):
        for i, layer in enumerate(net.layers):
            begin = time.perf_counter()
            layer.run_forward()
            forward[i] += time.perf_counter() - begin
        for i in reversed(range(len(net.layers))):
            if needs[i]:
                begin = time.perf_counter()
                net.layers[i].run_backward()
                backward[i] += time.perf_counter() - begin
    layers = []
    for i, layer in enumerate(net.layers):
        seconds = forward[i] / iterations
        layers.append(
            {
                "name": layer.name,
                "type": layer.type,
                "forward_ms": 1e3 * seconds,
                "backward_ms": 1e3 * backward[i] / iterations if needs[i] else None,
                "gflops": _gflops(layer.macs(), seconds),
            }
        )
    return {
        "net": net.name,
        "engine": "reference",
        "iterations": iterations,
        "forward_ms": 1e3 * sum(forward) / iterations,
        "backward_ms": 1e3 * sum(backward) / iterations,
        "layers": layers,
    }


def time_steps(
    net: Net, inputs: dict[str, Any], iterations: int, engine: str, threads: int | None
) -> dict[str, Any]:
    """Least milliseconds of each step of the compiled net, and of whole runs."""
    options = {} if threads is None else {"threads": threads}
    begin = time.perf_counter()
    run = net.compile(engine, **options)
    compiling = time.perf_counter() - begin
    run(**inputs)
    whole = []
    for _ in range(iterations):
        begin = time.perf_counter()
        run(**inputs)
        whole.append(time.perf_counter() - begin)
    times = run.profile(iterations, **inputs)
    total = sum(times) or 1.0
    steps = [
        {
            "layers": list(step.layers),
            "types": list(step.types),
            "variant": step.variant,
            "shapes": [list(shape) for shape in step.shapes],
            "ms": 1e3 * seconds,
            "gflops": _gflops(step.macs, seconds),
            "share": seconds / total,
        }
        for step, seconds in zip(run.steps, times, strict=True)
    ]
    return {
        "net": net.name,
        "engine": engine,
        "iterations": iterations,
        "threads": run.threads,
        "compile_ms": 1e3 * compiling,
        "run_ms": 1e3 * min(whole),
        "memory_bytes": run.memory,
        "steps": steps,
    }


def _gflops(macs: int, seconds: float) -> float:
    """10⁹ floating-point operations a second, two for each multiply-add of the definition."""
    return 2e-9 * macs / seconds if seconds else 0.0


def _layer_table(result: dict[str, Any]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    whole = result["forward_ms"] + result["backward_ms"]
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        title=f"{result['net'] or '(unnamed net)'}, mean of {result['iterations']} passes",
        title_justify="left",
        show_footer=True,
    )
    table.add_column("layer", "all", overflow="fold")
    table.add_column("type")
    table.add_column("forward ms", f"{result['forward_ms']:.3f}", justify="right")
    table.add_column("backward ms", f"{result['backward_ms']:.3f}", justify="right")
    table.add_column("GFLOP/s", justify="right")
    table.add_column("share", justify="right")
    for layer in result["layers"]:
        backward = layer["backward_ms"]
        share = (layer["forward_ms"] + (backward or 0)) / whole if whole else 0
        table.add_row(
            Text(layer["name"], style="bold"),
            layer["type"],
            f"{layer['forward_ms']:.3f}",
            "" if backward is None else f"{backward:.3f}",
            f"{layer['gflops']:.1f}" if layer["gflops"] else "",
            f"{share:.1%}",
        )
    return table


def _step_table(result: dict[str, Any]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        title=(
            f"{result['net'] or '(unnamed net)'}, engine {result['engine']}, "
            f"{result['threads']} thread(s): {result['run_ms']:.3f} ms a run, the least of "
            f"{result['iterations']}; compiled in {result['compile_ms']:.0f} ms; "
            f"{result['memory_bytes'] / 1e6:.1f} MB beside the weights"
        ),
        title_justify="left",
    )
    table.add_column("layers", overflow="fold")
    table.add_column("types", overflow="fold")
    table.add_column("variant", overflow="fold")
    for title in ("ms", "GFLOP/s", "share"):
        table.add_column(title, justify="right")
    for step in result["steps"]:
        table.add_row(
            Text(" + ".join(step["layers"]), style="bold"),
            " + ".join(step["types"]),
            step["variant"],
            f"{step['ms']:.3f}",
            f"{step['gflops']:.1f}" if step["gflops"] else "",
            f"{step['share']:.1%}",
        )
    return table
