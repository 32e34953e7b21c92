"""``caffe.io``: pictures and arrays into nets, and Caffe's messages of arrays."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import DataError, MissingDependencyError
from caffe_proto.pycaffe.errors import NameMissingError
from caffe_proto.pycaffe.proto import caffe_pb2
from caffe_proto.pycaffe.resize import resize_areas, resize_axes, resize_points

__all__ = [
    "Transformer",
    "array_to_blobproto",
    "array_to_datum",
    "arraylist_to_blobprotovector_str",
    "blobproto_to_array",
    "blobprotovector_str_to_arraylist",
    "caffe_pb2",
    "datum_to_array",
    "load_image",
    "oversample",
    "resize",
    "resize_image",
]

Array = npt.NDArray[Any]

# The weights of red, green and blue in a gray value: those of scikit-image (Rec. 709).
_GRAY = np.array([0.2125, 0.7154, 0.0721])


def __getattr__(name: str) -> Any:
    # pycaffe's module has imported scikit-image, and scripts reach it through there.
    if name == "skimage":
        try:
            importlib.import_module("skimage.io")
            return importlib.import_module("skimage")
        except ImportError:
            raise AttributeError(
                "caffe.io.skimage is the package scikit-image, which is not installed: "
                "pip install scikit-image"
            ) from None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# -- messages ------------------------------------------------------------------------------


def blobproto_to_array(blob: Any, return_diff: bool = False) -> Array:
    """The values (or with ``return_diff`` the gradients) of a BlobProto, in its shape.

    Raises :class:`ValueError` where the number of values does not fit the shape.
    """
    if return_diff:
        values = np.array(blob.diff or blob.double_diff)
    else:
        values = np.array(blob.data or blob.double_data)
    if any(blob.HasField(name) for name in ("num", "channels", "height", "width")):
        shape: tuple[int, ...] = (blob.num, blob.channels, blob.height, blob.width)
    else:
        shape = tuple(blob.shape.dim)
    if values.size != int(np.prod(shape)):
        raise ValueError(f"the blob has {values.size} values, which its shape {shape} cannot hold")
    return values.reshape(shape)


def array_to_blobproto(arr: Array, diff: Array | None = None) -> Any:
    """A BlobProto of an array of any shape, with gradients of the same shape if given.

    Raises :class:`ValueError` where the two shapes differ.
    """
    arr = np.asarray(arr)
    blob = caffe_pb2.BlobProto()
    blob.shape.dim.extend(arr.shape)
    blob.data.extend(arr.astype(float).ravel())
    if diff is not None:
        diff = np.asarray(diff)
        if diff.shape != arr.shape:
            raise ValueError(f"diff has the shape {diff.shape}. Expected: {arr.shape}, as arr")
        blob.diff.extend(diff.astype(float).ravel())
    return blob


def arraylist_to_blobprotovector_str(arraylist: Iterable[Array]) -> bytes:
    """Arrays as one serialized BlobProtoVector."""
    vector = caffe_pb2.BlobProtoVector()
    vector.blobs.extend(array_to_blobproto(array) for array in arraylist)
    return bytes(vector.SerializeToString())


def blobprotovector_str_to_arraylist(str: bytes) -> list[Array]:
    """The arrays of a serialized BlobProtoVector."""
    vector = caffe_pb2.BlobProtoVector()
    vector.ParseFromString(str)
    return [blobproto_to_array(blob) for blob in vector.blobs]


def array_to_datum(arr: Array, label: int | None = None) -> Any:
    """A Datum of an array ``(C, H, W)``: uint8 as bytes, everything else as floats.

    Raises :class:`ValueError` for another number of axes.
    """
    if arr.ndim != 3:
        raise ValueError(f"a Datum holds an array (C, H, W). Received: shape {arr.shape}")
    datum = caffe_pb2.Datum()
    datum.channels, datum.height, datum.width = arr.shape
    if arr.dtype == np.uint8:
        datum.data = arr.tobytes()
    else:
        datum.float_data.extend(arr.astype(float).ravel())
    if label is not None:
        datum.label = int(label)
    return datum


def datum_to_array(datum: Any) -> Array:
    """The array ``(C, H, W)`` of a Datum: uint8 from bytes, else float64.

    An encoded picture is decoded as Caffe does, channels blue, green, red. Raises
    :class:`ValueError` where the values do not fill the shape.
    """
    if datum.encoded:
        return _decoded(datum.data)
    if len(datum.data):
        values: Array = np.frombuffer(datum.data, np.uint8).copy()
    else:
        values = np.array(datum.float_data).astype(float)
    shape = (datum.channels, datum.height, datum.width)
    if values.size != int(np.prod(shape)):
        raise ValueError(f"the datum has {values.size} values, which {shape} cannot hold")
    return values.reshape(shape)


def _decoded(data: bytes) -> Array:
    picture = _opencv().imdecode(np.frombuffer(data, np.uint8), -1) if data else None
    if picture is None:
        raise DataError("the datum says that it is an encoded picture, but its data is none")
    if picture.ndim == 2:
        picture = picture[:, :, None]
    return np.ascontiguousarray(picture[:, :, :3].transpose(2, 0, 1))


# -- pictures ------------------------------------------------------------------------------


def load_image(filename: str | os.PathLike[str], color: bool = True) -> Array:
    """Read a picture as float32 in [0, 1]: ``(H, W, 3)``, red first, or ``(H, W, 1)``, gray.

    Transparency is dropped. Raises :class:`OSError` for a missing file, :class:`DataError` for
    one that is no picture.
    """
    cv2 = _opencv()
    with open(filename, "rb") as stream:
        data = np.frombuffer(stream.read(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if picture is None:
        raise DataError(f"{os.fspath(filename)}: this is no picture that OpenCV can read")
    largest = np.iinfo(picture.dtype).max if picture.dtype.kind in "iu" else 1
    values = picture / np.float64(largest)
    if values.ndim == 3:
        # OpenCV has blue first; a fourth channel is transparency.
        values = values[:, :, 2::-1] if values.shape[2] >= 3 else values[:, :, :1]
    else:
        values = values[:, :, None]
    if color and values.shape[2] == 1:
        values = np.tile(values, (1, 1, 3))
    elif not color and values.shape[2] == 3:
        values = (values @ _GRAY)[:, :, None]
    return np.ascontiguousarray(values, np.float32)


def _opencv() -> Any:
    try:
        import cv2
    except ImportError:
        raise MissingDependencyError("opencv-python-headless", "data", "reading pictures") from None
    return cv2


def resize_image(im: Array, new_dims: Sequence[int], interp_order: int = 1) -> Array:
    """``(H, W, K)`` → ``(new_dims[0], new_dims[1], K)`` float32, K any number.

    ``interp_order`` is 0 (nearest), 1 (linear) or 3 (cubic). The numbers are those of pycaffe
    with the scikit-image of its time: see :mod:`caffe_proto.pycaffe.resize`.
    """
    im = np.asarray(im)
    height, width = (int(n) for n in tuple(new_dims)[:2])
    if im.ndim != 3 or not im.size or height < 1 or width < 1:
        raise ValueError(
            f"resize_image takes an image (H, W, K) and a new height and width. "
            f"Received: shape {im.shape} and {tuple(new_dims)}"
        )
    if im.shape[-1] not in (1, 3):
        return resize_points(im, height, width, interp_order).astype(np.float32)
    low, high = float(im.min()), float(im.max())
    if not high > low:
        return np.full((height, width, im.shape[-1]), low, np.float32)
    # Scaled to [0, 1], so that the zeros around the image are its darkest value.
    resized = resize_areas((im - low) / (high - low), height, width, interp_order)
    return np.asarray(resized * (high - low) + low, np.float32)


def resize(
    image: Array,
    output_shape: Sequence[int],
    order: int = 1,
    mode: str = "constant",
    cval: float = 0,
    clip: bool = True,
    preserve_range: bool = False,
) -> Array:
    """``skimage.transform.resize``, which pycaffe's module holds and scripts call, as float64.

    ``output_shape`` has a size for every axis, or for height and width alone. Whole numbers are
    scaled to [0, 1] unless ``preserve_range``. ``order`` is 0, 1 or 3; ``mode`` ``"constant"``
    (``cval`` around the image), ``"edge"`` or ``"reflect"``. Nothing is smoothed.
    """
    image = np.asarray(image)
    shape = [int(n) for n in output_shape]
    if len(shape) < image.ndim:
        shape += image.shape[len(shape) :]
    values = image.astype(np.float64)
    if image.dtype.kind in "iu" and not preserve_range:
        values /= np.iinfo(image.dtype).max
    if len(shape) == image.ndim + 1 and shape[-1] == 1:
        values = values[..., None]
    if len(shape) != values.ndim or not values.size:
        raise ValueError(f"an image of the shape {image.shape} cannot be resized to {shape}")
    resized = resize_axes(values - cval, shape, order, mode) + cval
    if clip:
        # What is blended with ``cval`` is cut to the image's range, what is ``cval`` stays.
        resized = np.where(resized == cval, cval, np.clip(resized, values.min(), values.max()))
    return resized


def oversample(images: Sequence[Array], crop_dims: Sequence[int]) -> Array:
    """Ten crops of each ``(H, W, K)`` image: the corners, the centre, and all of them mirrored.

    Returns ``(10 * N, crop_dims[0], crop_dims[1], K)`` float32, the ten of an image together.
    """
    height, width, channels = np.shape(images[0])
    rows, columns = (int(n) for n in tuple(crop_dims)[:2])
    if rows > height or columns > width:
        raise ValueError(f"crops of {(rows, columns)} do not fit into images of {(height, width)}")
    corners = [(y, x) for y in (0, height - rows) for x in (0, width - columns)]
    corners.append((int(height / 2.0 - rows / 2.0), int(width / 2.0 - columns / 2.0)))
    crops = np.empty((10 * len(images), rows, columns, channels), np.float32)
    for i, image in enumerate(images):
        for j, (y, x) in enumerate(corners):
            crop = image[y : y + rows, x : x + columns]
            crops[10 * i + j] = crop
            crops[10 * i + 5 + j] = crop[:, ::-1]
    return crops


class _Steps(NamedTuple):
    """What is set for one input; None is left out."""

    axes: Sequence[int] | None
    swap: Sequence[int] | None
    raw_scale: float | None
    mean: Array | None
    input_scale: float | None


class Transformer:
    """Brings pictures into the form that a net's inputs have, and back.

    ``inputs`` gives the shape of each input, ``{"data": net.blobs["data"].data.shape}``. What is
    not set is not done. :meth:`preprocess` goes in this order: float32, resize to the input's
    height and width, transpose, swap channels, raw scale, minus mean, input scale.
    """

    def __init__(self, inputs: Mapping[str, Sequence[int]]) -> None:
        self.inputs = {name: tuple(int(n) for n in shape) for name, shape in inputs.items()}
        self.transpose: dict[str, Sequence[int]] = {}
        self.channel_swap: dict[str, Sequence[int]] = {}
        self.raw_scale: dict[str, float] = {}
        self.mean: dict[str, Array] = {}
        self.input_scale: dict[str, float] = {}

    def _shape(self, in_: str) -> tuple[int, ...]:
        if in_ not in self.inputs:
            raise NameMissingError(
                f"{in_} is not one of the net inputs: {', '.join(self.inputs) or 'none'}"
            )
        return self.inputs[in_]

    def preprocess(self, in_: str, data: Array) -> Array:
        """The picture ``data`` ``(H, W, K)`` as the input ``in_`` takes it, ``(K, H', W')``.

        Returns a new float32 array; ``data`` stays as it is.
        """
        size = self._shape(in_)[2:]
        values = np.array(data, np.float32)
        if size and values.shape[:2] != size:
            values = resize_image(values, size)
        steps = self._steps(in_)
        if steps.axes is not None:
            values = values.transpose(steps.axes)
        if steps.swap is not None:
            values = values[np.asarray(steps.swap), :, :]
        if steps.raw_scale is not None:
            values *= np.float32(steps.raw_scale)
        if steps.mean is not None:
            values -= np.asarray(steps.mean, np.float32)
        if steps.input_scale is not None:
            values *= np.float32(steps.input_scale)
        return values

    def deprocess(self, in_: str, data: Array) -> Array:
        """The picture that :meth:`preprocess` made ``data`` from, in the net's size."""
        self._shape(in_)
        steps = self._steps(in_)
        values = np.array(data).squeeze()
        wanted = 3 if steps.axes is None else len(steps.axes)
        if values.ndim < wanted:
            # Axes of one element are dropped, but not those of the picture itself.
            values = values.reshape(np.shape(data)[-wanted:])
        if values.dtype.kind != "f":
            values = values.astype(np.float32)
        if steps.input_scale is not None:
            values /= steps.input_scale
        if steps.mean is not None:
            values += np.asarray(steps.mean, values.dtype)
        if steps.raw_scale is not None:
            values /= steps.raw_scale
        if steps.swap is not None:
            values = values[np.argsort(steps.swap), :, :]
        if steps.axes is not None:
            values = values.transpose(np.argsort(steps.axes))
        return values

    def _steps(self, in_: str) -> _Steps:
        return _Steps(
            self.transpose.get(in_),
            self.channel_swap.get(in_),
            self.raw_scale.get(in_),
            self.mean.get(in_),
            self.input_scale.get(in_),
        )

    def set_transpose(self, in_: str, order: Sequence[int]) -> None:
        """Reorder the axes: ``(2, 0, 1)`` makes ``(K, H, W)`` of ``(H, W, K)``."""
        shape = self._shape(in_)
        if len(order) != len(shape) - 1:
            raise ValueError(
                f"the transpose order {tuple(order)} has {len(order)} axes. "
                f'Expected: {len(shape) - 1}, those of the input "{in_}" without the batch'
            )
        self.transpose[in_] = order

    def set_channel_swap(self, in_: str, order: Sequence[int]) -> None:
        """Reorder the channels after the transpose: ``(2, 1, 0)`` makes BGR of RGB."""
        channels = self._shape(in_)[1]
        if len(order) != channels:
            raise ValueError(
                f"the channel swap {tuple(order)} is for {len(order)} channels. "
                f'Expected: {channels}, those of the input "{in_}"'
            )
        self.channel_swap[in_] = order

    def set_raw_scale(self, in_: str, scale: float) -> None:
        """Multiply before the mean is subtracted: 255 for nets trained on 0 to 255."""
        self._shape(in_)
        self.raw_scale[in_] = scale

    def set_mean(self, in_: str, mean: Array) -> None:
        """Subtract ``mean``: one value a channel, or an image, which is resized where it must be.

        Raises :class:`ValueError` for a mean that does not fit the input.
        """
        shape = self._shape(in_)
        mean = np.asarray(mean)
        if mean.ndim == 1:
            if mean.shape[0] != shape[1]:
                raise ValueError(
                    f"the mean has {mean.shape[0]} channels. "
                    f'Expected: {shape[1]}, those of the input "{in_}"'
                )
            self.mean[in_] = mean[:, None, None]
            return
        image = mean[None] if mean.ndim == 2 else mean
        if image.ndim != 3:
            raise ValueError(
                f"the mean has the shape {mean.shape}. Expected: (K,), (H, W) or (K, H, W)"
            )
        # One value a channel is subtracted everywhere; pycaffe would fade it at the borders.
        if image.shape != shape[1:] and image.shape[1:] != (1, 1):
            image = resize_image(image.transpose(1, 2, 0), shape[2:]).transpose(2, 0, 1)
        if image.shape[0] not in (1, shape[1]):
            raise ValueError(
                f"the mean has {image.shape[0]} channels. "
                f'Expected: {shape[1]}, those of the input "{in_}"'
            )
        self.mean[in_] = image

    def set_input_scale(self, in_: str, scale: float) -> None:
        """Multiply after the mean was subtracted."""
        self._shape(in_)
        self.input_scale[in_] = scale
