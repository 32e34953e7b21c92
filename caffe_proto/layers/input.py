"""Layers without bottoms: what a caller feeds, made-up data, and a blob that is learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from caffe_proto import fillers
from caffe_proto.blob import MAX_AXES
from caffe_proto.errors import FillerError
from caffe_proto.layers.base import Blob, Layer, Shape
from caffe_proto.layers.registry import register_layer

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2


def _checked_shape(layer: Layer, dims: Iterable[int], setting: str) -> Shape:
    shape = tuple(int(n) for n in dims)
    if len(shape) > MAX_AXES:
        raise layer.error(f"{setting} has {len(shape)} axes. Expected: at most {MAX_AXES}")
    if any(n < 0 for n in shape):
        raise layer.error(f"{setting} is {shape}. Expected: no negative axis")
    return shape


class _Source(Layer):
    """A layer without bottoms: its tops keep the shapes that they have."""

    num_bottoms = 0
    num_tops = (1, None)

    def infer_shapes(self) -> Sequence[Shape]:
        # Shaped once, in setup: what a caller makes of the blobs afterwards stays, as in Caffe.
        return [blob.shape for blob in self.top_blobs]

    def _one_or_one_each(self, count: int, setting: str, *, may_lack: bool) -> None:
        tops = len(self.top_blobs)
        if count not in (1, tops) and not (may_lack and count == 0):
            expected = f"1 or {tops} (one a top)"
            if may_lack:
                expected = f"0, {expected}"
            raise self.error(f"{setting} is given {count} time(s). Expected: {expected}")


@register_layer("Input")
class Input(_Source):
    """What a caller feeds: ``net.forward(data=x)``.

    No bottoms; one or more tops, of the shapes that the settings give until the net is reshaped.
    No parameters. Settings: ``input_param`` (shape: none, one for all tops, or one a top; a
    missing shape leaves the tops without axes).
    """

    def setup(self) -> None:
        shapes = self.param.input_param.shape
        self._one_or_one_each(len(shapes), "input_param.shape", may_lack=True)
        for i, blob in enumerate(self.top_blobs):
            if len(shapes):
                shape = shapes[0 if len(shapes) == 1 else i]
                blob.reshape(*_checked_shape(self, shape.dim, "input_param.shape"))

    def forward(self) -> None:
        return None


@register_layer("DummyData")
class DummyData(_Source):
    """Made-up data: constant, or drawn anew from the net's random stream at every forward pass.

    No bottoms; one or more tops. No parameters. Settings: ``dummy_data_param`` (shape and
    data_filler, each one for all tops or one a top, default filler constant 0; or the older
    num, channels, height, width in the place of shape). A constant filler fills once, when the net
    is built; any other one draws nothing then, and fills at every forward pass.
    """

    def setup(self) -> None:
        settings = self.param.dummy_data_param
        count = len(settings.data_filler)
        self._one_or_one_each(count, "dummy_data_param.data_filler", may_lack=True)
        self._fillers: list[caffe_pb2.FillerParameter | None] = [
            settings.data_filler[0 if count == 1 else i] if count else None
            for i in range(len(self.top_blobs))
        ]
        for blob, shape, filler in zip(self.top_blobs, self._shapes(), self._fillers, strict=True):
            blob.reshape(*shape)
            if filler is None:
                continue
            try:
                fillers.check(filler, shape)
            except FillerError as fault:
                raise self.error(f"dummy_data_param.data_filler, shape {shape}: {fault}") from None
            if filler.type == "constant" and filler.value:
                self._fill_once(blob, filler.value)

    @staticmethod
    def _fill_once(blob: Blob, value: float) -> None:
        """Fill ``blob`` when it is first read: a net that is only looked at takes no memory."""
        storage, count = blob.data_storage, blob.count
        storage.pending = lambda: storage.adopt(np.full(count, value, storage.dtype))

    def _shapes(self) -> list[Shape]:
        settings = self.param.dummy_data_param
        legacy = {
            "num": settings.num,
            "channels": settings.channels,
            "height": settings.height,
            "width": settings.width,
        }
        tops = range(len(self.top_blobs))
        if not any(legacy.values()):
            shapes = settings.shape
            self._one_or_one_each(len(shapes), "dummy_data_param.shape", may_lack=False)
            return [
                _checked_shape(
                    self, shapes[0 if len(shapes) == 1 else i].dim, "dummy_data_param.shape"
                )
                for i in tops
            ]
        if settings.shape:
            raise self.error(
                "dummy_data_param has both shape and num, channels, height, width. "
                "Expected: one of the two forms (shape is the newer one)"
            )
        for name, sizes in legacy.items():
            self._one_or_one_each(len(sizes), f"dummy_data_param.{name}", may_lack=False)
        return [
            tuple(int(sizes[0 if len(sizes) == 1 else i]) for sizes in legacy.values())
            for i in tops
        ]

    def forward(self) -> None:
        for blob, filler in zip(self.top_blobs, self._fillers, strict=True):
            if filler is not None and filler.type != "constant":
                blob.data[...] = fillers.fill(filler, blob.shape, self.rng)


@register_layer("Parameter")
class Parameter(Layer):
    """A learned blob as a top: ``y = w``.

    No bottoms; one top. Parameters: w, of the shape that the settings give. The top uses the
    parameter's memory, gradients too, so what flows back overwrites the parameter's gradient
    instead of being added to it, as in Caffe. Settings: ``parameter_param`` (shape;
    blob_filler, of some forks: without it w begins as zeros).
    """

    num_bottoms = 0

    def setup(self) -> None:
        settings = self.param.parameter_param
        filler = settings.blob_filler if settings.HasField("blob_filler") else None
        self.add_param(_checked_shape(self, settings.shape.dim, "parameter_param.shape"), filler)

    def infer_shapes(self) -> Sequence[Shape]:
        self._share()
        return [self.params[0].shape]

    def _share(self) -> None:
        top, weight = self.top_blobs[0], self.params[0]
        if top.data_storage is not weight.data_storage:
            top.share_data(weight)
        if top.diff_storage is not weight.diff_storage:
            top.share_diff(weight)

    def forward(self) -> None:
        # The parameter may have taken another net's memory since.
        self._share()

    def backward(self, dy: object, x: object, y: object) -> None:
        return None
