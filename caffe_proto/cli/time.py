"""``caffe-proto time``: how long each layer, or each step of a compiled net, takes."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._common import console, print_json
from caffe_proto.cli._flags import BrewCommand, note, stage_list

if TYPE_CHECKING:
    from caffe_proto.net.net import Net

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto time deploy.prototxt                     forward and backward of every layer
  caffe-proto time deploy.prototxt --engine numpy      what was merged, how it is done
  caffe-proto time deploy.prototxt --engine numpy --batch 8 --threads 1 --json
  caffe-proto time -model train_val.prototxt -iterations 10
"""


@click.command("time", cls=BrewCommand, epilog=EPILOG)
@click.argument("net_file", metavar="[NET]", required=False, type=click.Path(path_type=Path))
@click.option("--model", type=click.Path(path_type=Path), help="The net, as for `caffe time`.")
@click.option(
    "--phase",
    type=click.Choice(["TEST", "TRAIN"], case_sensitive=False),
    help="The phase to build the net in.  [default: TEST; of a --model TRAIN]",
)
@click.option("--level", default=0, show_default=True, help="The level of the state.")
@click.option("--stage", "stages", multiple=True, help="Stages of the state, with commas.")
@click.option(
    "--weights",
    multiple=True,
    metavar="FILES",
    help="Load these weights first, with commas between.",
)
@click.option(
    "--engine",
    default="reference",
    show_default=True,
    help="reference: layer by layer as defined; numpy, ...: the compiled net, step by step.",
)
@click.option("--iterations", type=int, help="Passes to measure.  [default: 10; of a --model 50]")
@click.option("--batch", type=click.IntRange(min=1), help="Give the inputs so many items.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of a compiled net.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option(
    "--allow-python-layers",
    is_flag=True,
    help="Import and run the code that Python layers name.",
)
@click.option("--gpu", metavar="IDS", hidden=True)
def command(
    net_file: Path | None,
    model: Path | None,
    phase: str | None,
    level: int,
    stages: tuple[str, ...],
    weights: tuple[str, ...],
    engine: str,
    iterations: int | None,
    batch: int | None,
    threads: int | None,
    as_json: bool,
    allow_python_layers: bool,
    gpu: str | None,
) -> None:
    """Time NET: the reference's layers, forward and backward, or the steps of a compiled net.

    Inputs are random. Times of layers are means over the iterations, as Caffe's `caffe time`
    prints them; times of steps are the least of all iterations. Flags may be spelt as Caffe's
    (-model x, -iterations=5); with --model the defaults are Caffe's too, and on a pipe the lines
    are those of its log.
    """
    source = model or net_file
    if source is None or (model and net_file):
        raise click.UsageError("needs one model definition to time: --model=net.prototxt")
    if gpu is not None:
        note("--gpu is ignored: the times are those of the CPU")
    # `caffe time` measures the training net, fifty times.
    iterations = iterations if iterations is not None else 50 if model else 10
    if iterations < 1:
        raise click.BadParameter("at least 1 pass has to be measured", param_hint="--iterations")

    from caffe_proto.net import build_net
    from caffe_proto.solver.source import split_names

    built = build_net(
        source,
        phase or ("TRAIN" if model else "TEST"),
        split_names(weights) or None,
        level=level,
        stages=stage_list(stages),
        allow_python_layers=allow_python_layers,
    )
    inputs = _inputs(built, batch)
    if engine != "reference":
        result = time_steps(built, inputs, iterations, engine, threads)
        table = _step_table
    elif model and not as_json and not sys.stdout.isatty():
        _print_log(built, inputs, iterations)
        return
    else:
        result = time_layers(built, inputs, iterations)
        table = _layer_table
    if as_json:
        print_json(result)
    else:
        console().print(table(result))


def _print_log(net: Net, inputs: dict[str, Any], iterations: int) -> None:
    """Caffe's lines: every pass, then the layers' means."""
    from caffe_proto.solver.events import number
    from caffe_proto.solver.log import attach, detach, say

    handler = attach(sys.stdout)
    try:
        say("caffe.cpp:352", "Use CPU.")
        result = time_layers(net, inputs, iterations)
        say("caffe.cpp:406", "Average time per layer: ")
        for layer in result["layers"]:
            name = layer["name"].rjust(10)
            say("caffe.cpp:409", f"{name}\tforward: {number(layer['forward_ms'])} ms.")
            say("caffe.cpp:412", f"{name}\tbackward: {number(layer['backward_ms'] or 0)} ms.")
        forward, backward = result["forward_ms"], result["backward_ms"]
        say("caffe.cpp:417", f"Average Forward pass: {number(forward)} ms.")
        say("caffe.cpp:419", f"Average Backward pass: {number(backward)} ms.")
        say("caffe.cpp:421", f"Average Forward-Backward: {number(forward + backward)} ms.")
        say("caffe.cpp:423", f"Total Time: {number((forward + backward) * iterations)} ms.")
        say("caffe.cpp:424", "*** Benchmark ends ***")
    finally:
        detach(handler)


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
    """Mean milliseconds of each layer's forward and backward, and of whole passes.

    What `caffe time` logs meanwhile goes to the log.
    """
    from caffe_proto.solver.events import number
    from caffe_proto.solver.log import say

    for name, values in inputs.items():
        net.blobs[name].data = values
    needs = net.layer_need_backward
    for i, layer in enumerate(net.layers):
        # Caffe calls every layer's backward here, in a net without a loss too: gradients of
        # parameters are then computed all the same, those of bottoms are not asked for.
        if any(parameter.needs_grad for parameter in layer.params):
            needs[i] = layer.needs_backward = True
    forward, backward = [0.0] * len(net.layers), [0.0] * len(net.layers)
    # The first pass allocates memory and fills parameters.
    say("caffe.cpp:360", "Performing Forward")
    say("caffe.cpp:365", f"Initial loss: {number(net.run_forward())}")
    say("caffe.cpp:366", "Performing Backward")
    for i in reversed(range(len(net.layers))):
        if needs[i]:
            net.layers[i].run_backward()
    say("caffe.cpp:374", "*** Benchmark begins ***")
    say("caffe.cpp:375", f"Testing for {iterations} iterations.")
    for done in range(iterations):
        started = time.perf_counter()
        for i, layer in enumerate(net.layers):
            begin = time.perf_counter()
            layer.run_forward()
            forward[i] += time.perf_counter() - begin
        for i in reversed(range(len(net.layers))):
            if needs[i]:
                begin = time.perf_counter()
                net.layers[i].run_backward()
                backward[i] += time.perf_counter() - begin
        spent = 1e3 * (time.perf_counter() - started)
        say("caffe.cpp:403", f"Iteration: {done + 1} forward-backward time: {number(spent)} ms.")
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
