"""One layer on inputs of its own, for the tests of the layer types."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import caffe_proto as cp
from tests.layers.gradients import check_gradients, declare_inputs

Array = npt.NDArray[Any]

#: The names of a layer's bottoms and tops; a layer in place has the top "x".
BOTTOMS = ("x", "x1", "x2")
TOPS = ("y", "y1", "y2")


def layer_text(
    type_name: str, settings: str = "", *, bottoms: int = 1, tops: int = 1, in_place: bool = False
) -> str:
    """The text of a layer named "op"; ``settings`` go into it."""
    names = " ".join(f'bottom: "{name}"' for name in BOTTOMS[:bottoms])
    made = " ".join(f'top: "{name}"' for name in (("x",) if in_place else TOPS[:tops]))
    return f'layer {{ name: "op" type: "{type_name}" {names} {made} {settings} }}\n'


def layer_net(
    type_name: str,
    settings: str = "",
    *bottoms: npt.ArrayLike,
    tops: int = 1,
    in_place: bool = False,
    **options: Any,
) -> cp.Net:
    """A net of one layer named "op" after its inputs, which are filled."""
    text = layer_text(type_name, settings, bottoms=len(bottoms), tops=tops, in_place=in_place)
    inputs = dict(zip(BOTTOMS, bottoms, strict=False))
    net = cp.build_net("force_backward: true\n" + declare_inputs(text, inputs), **options)
    for name, values in inputs.items():
        net.blobs[name].data = np.asarray(values)
    return net


def top_of(type_name: str, settings: str = "", *bottoms: npt.ArrayLike, **options: Any) -> Array:
    """The first top of the layer."""
    net = layer_net(type_name, settings, *bottoms, **options)
    net.forward()
    return net.layer("op").top_blobs[0].data


def bottom_gradients(
    type_name: str, settings: str, bottoms: list[npt.ArrayLike], dy: npt.ArrayLike, **options: Any
) -> list[Array]:
    """The gradients of the layer's bottoms where its first top's is ``dy``."""
    net = layer_net(type_name, settings, *bottoms, **options)
    net.forward()
    top = net.layer("op").top_blobs[0]
    top.diff[...] = np.asarray(dy)
    net.backward()
    return [net.blobs[name].diff for name in BOTTOMS[: len(bottoms)]]


def check_layer(
    type_name: str, settings: str = "", *bottoms: npt.ArrayLike, tops: int = 1, **options: Any
) -> None:
    """A numerical check of the layer's gradients, see :func:`check_gradients`."""
    text = layer_text(type_name, settings, bottoms=len(bottoms), tops=tops)
    check_gradients(text, dict(zip(BOTTOMS, bottoms, strict=False)), **options)
