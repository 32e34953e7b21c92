"""Layers that read data sets; a net can be built without the data if an Input takes their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from caffe_proto.layers.base import Arity, Layer, Shape
from caffe_proto.layers.registry import register_layer


class _Unread(Layer):
    num_bottoms: ClassVar[Arity] = (0, None)
    num_tops: ClassVar[Arity] = (0, None)

    def setup(self, *bottoms: Shape) -> None:
        tops = " ".join(f'top: "{top}"' for top in self.tops)
        shapes = " ".join("shape { dim: ... }" for _ in self.tops)
        raise self.error(
            "reads or writes a data set, which is not supported. Expected: an Input layer in its "
            f'place: layer {{ name: "{self.name}" type: "Input" {tops} '
            f"input_param {{ {shapes} }} }}"
        )

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        return [()] * len(self.top_blobs)


@register_layer("AnnotatedData")
class AnnotatedData(_Unread):
    """Images and boxes of a database."""
