"""What a built net looks like, in the form of the golden files."""

from __future__ import annotations

from typing import Any

import caffe_proto as cp


def layer_facts(net: cp.Net) -> list[Any]:
    """``[name, type, [bottoms], [tops], [parameter shapes]]`` a layer."""
    return [
        [
            layer.name,
            layer.param.type,
            list(layer.bottoms),
            list(layer.tops),
            [list(parameter.shape) for parameter in layer.params],
        ]
        for layer in net.layers
    ]


def blob_facts(net: cp.Net) -> list[Any]:
    """``[name, shape]`` a blob, in order of creation."""
    pairs = zip(net.blob_names, net.blob_list, strict=True)
    return [[name, list(blob.shape)] for name, blob in pairs]


def loss_facts(net: cp.Net) -> list[Any]:
    """``[blob, weight]`` for every weight that is not zero."""
    return [[name, weight] for name, weight in net.loss_weights]


def assert_same(what: str, got: list[Any], expected: list[Any]) -> None:
    """Assert that two lists are equal; the message names the first difference."""
    for i, (mine, its) in enumerate(zip(got, expected, strict=False)):
        assert mine == its, f"{what} {i}: {mine}, Caffe has {its}"
    rest = (got + expected)[min(len(got), len(expected)) :][:1]
    assert len(got) == len(expected), f"{len(got)} {what}s, Caffe has {len(expected)}: {rest} ..."
