"""Which Caffe this stands for, and the layer types that it has."""

from __future__ import annotations

__all__ = ["__version__", "layer_type_list"]

#: The version of the Caffe whose names and habits these are.
__version__ = "1.0.0"


def layer_type_list() -> list[str]:
    """The names of all layer types, sorted."""
    from caffe_proto.layers import layer_types

    return list(layer_types())
