"""A numerical check of every derivative of a small net, by random projections in float64.

For random directions ``v`` and random weights ``w`` of the outputs, the change of
``sum w * outputs`` along ``v`` by central differences must be ``sum gradient * v``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

import caffe_proto as cp

__all__ = ["check_gradients", "declare_inputs"]


def declare_inputs(prototxt: str, inputs: Mapping[str, npt.ArrayLike]) -> str:
    """``prototxt`` with an Input layer for each of ``inputs`` that it does not have yet."""
    declared = ""
    for name, value in inputs.items():
        if re.search(rf'type:\s*"Input"\s+top:\s*"{re.escape(name)}"', prototxt):
            continue
        dims = " ".join(f"dim: {n}" for n in np.shape(value))
        declared += (
            f'layer {{ name: "{name}" type: "Input" top: "{name}" '
            f"input_param {{ shape {{ {dims} }} }} }}\n"
        )
    return declared + prototxt


def check_gradients(
    prototxt: str,
    inputs: Mapping[str, npt.ArrayLike],
    *,
    params: Mapping[str, Sequence[npt.ArrayLike | None]] | None = None,
    skip: Collection[str] = (),
    outputs: Collection[str] | None = None,
    phase: str = "TRAIN",
    seed: int = 1701,
    step: float = 1e-6,
    rtol: float = 1e-6,
    directions: int = 2,
) -> None:
    """Check the gradients of all inputs and parameters of a net.

    ``prototxt`` is the net's text; Input layers are added for the ``inputs`` (values by blob
    name) that it does not declare. ``params`` gives values of parameters by layer name (None
    keeps the filler's); layers that it does not name get random ones, unless their lr_mult is 0.
    ``skip`` names inputs that take no gradient (labels, indices) beside those that refuse it by
    themselves. ``outputs`` are the outputs to weigh, all by default. Choose inputs away from
    kinks (a rectifier's 0, a tie of a maximum): there a difference is no derivative.

    A random layer draws the same numbers each time, and parameters that forward changes are put
    back. Raises ``AssertionError`` naming the array and both values.
    """
    rng = np.random.default_rng(seed)
    net = cp.build_net(
        "force_backward: true\n" + declare_inputs(prototxt, inputs),
        phase=phase,
        seed=seed,
        dtype=np.float64,
    )
    for layer in net.layers:
        for position, name in enumerate(layer.bottoms):
            if re.sub(r"_[^/]*_\d+_split_\d+$", "", name) in skip or name in skip:
                layer.propagate_down[position] = False

    values: dict[str, npt.NDArray[np.float64]] = {}
    slots: dict[str, cp.Blob] = {}
    checked: list[str] = []
    for name, value in inputs.items():
        slots[name], values[name] = net.blobs[name], np.array(value, np.float64)
        if name not in skip and _takes_gradient(net, name):
            checked.append(name)
    for layer_name, parameters in net.params.items():
        given = None if params is None else params.get(layer_name)
        for i, parameter in enumerate(parameters):
            key = f"{layer_name}[{i}]"
            slots[key] = parameter
            value = given[i] if given is not None else None
            if value is not None:
                values[key] = np.array(value, np.float64).reshape(parameter.shape)
            elif given is None and parameter.lr_mult:
                values[key] = rng.normal(size=parameter.shape) * 0.5
            else:
                values[key] = parameter.data.copy()
            if parameter.lr_mult:
                checked.append(key)
    assert checked, "nothing in this net takes a gradient: the check would check nothing"

    weighed = list(net.outputs if outputs is None else outputs)
    weights: dict[str, npt.NDArray[np.float64]] = {}

    def value_at(key: str | None, shift: npt.ArrayLike = 0.0) -> float:
        for name, base in values.items():
            slots[name].data[...] = base + shift if name == key else base
        net.reseed(seed)
        net.forward()
        total = 0.0
        for name in weighed:
            weight = weights.setdefault(name, rng.normal(size=net.blobs[name].shape))
            total += float(np.sum(weight * net.blobs[name].data))
        return total

    value_at(None)
    for name in checked:
        slots[name].diff[...] = 0
    # After that: an output may share the memory of an input (a Flatten's does).
    for name in net.outputs:
        net.blobs[name].diff[...] = weights.get(name, 0.0)
    net.backward()
    gradients = {name: slots[name].diff.copy() for name in checked}

    for name in checked:
        for _ in range(directions):
            direction = rng.normal(size=values[name].shape)
            rise = value_at(name, step * direction) - value_at(name, -step * direction)
            numerical = rise / (2 * step)
            analytical = float(np.sum(gradients[name] * direction))
            # The size of the terms of the sum, not of the sum: those may cancel out.
            size = float(np.sqrt(np.sum((gradients[name] * direction) ** 2)))
            allowed = rtol * max(abs(numerical), size) + 1e-8
            assert abs(numerical - analytical) <= allowed, (
                f"gradient of {name}: backward gives {analytical:.10g} along a random direction, "
                f"differences give {numerical:.10g} (allowed deviation {allowed:.1e})"
            )


def _takes_gradient(net: cp.Net, name: str) -> bool:
    """Whether a gradient reaches the input: some layer that reads it passes one on."""
    for layer in net.layers:
        for position, bottom in enumerate(layer.bottoms):
            if bottom == name and layer.propagate_down[position]:
                if layer.type != "Split":
                    return True
                return any(_takes_gradient(net, top) for top in layer.tops)
    return False
