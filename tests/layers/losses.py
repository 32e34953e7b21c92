"""A loss layer on inputs of its own, for the tests of the losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import caffe_proto as cp
from tests.layers.gradients import declare_inputs

#: The usual names of a loss's bottoms.
BOTTOMS = ("x", "label", "third")


def loss_net(
    type_name: str, *bottoms: npt.ArrayLike, settings: str = "", tops: int = 1, **options: Any
) -> cp.Net:
    """A net of one loss named "loss", its bottoms filled; ``settings`` go into the layer."""
    text = loss_text(type_name, len(bottoms), settings, tops)
    inputs = dict(zip(BOTTOMS, bottoms, strict=False))
    options.setdefault("phase", "TRAIN")
    net = cp.build_net("force_backward: true\n" + declare_inputs(text, inputs), **options)
    for name, values in inputs.items():
        net.blobs[name].data = np.asarray(values)
    return net


def loss_text(type_name: str, bottoms: int = 2, settings: str = "", tops: int = 1) -> str:
    """The text of the layer that :func:`loss_net` builds."""
    names = " ".join(f'bottom: "{name}"' for name in BOTTOMS[:bottoms])
    made = " ".join(f'top: "{name}"' for name in ("loss", "second")[:tops])
    return f'layer {{ name: "loss" type: "{type_name}" {names} {made} {settings} }}\n'


def loss_of(type_name: str, *bottoms: npt.ArrayLike, settings: str = "", **options: Any) -> float:
    """The value of the loss."""
    net = loss_net(type_name, *bottoms, settings=settings, **options)
    return float(net.forward()["loss"])
