"""Where pixels of one top lie in another."""

# ruff: noqa: C408 -- dict(...) is how settings are written in a NetSpec

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto.pycaffe as caffe
from caffe_proto.pycaffe.coord_map import (
    AxisMismatchException,
    UndefinedMapException,
    compose,
    coord_map,
    coord_map_from_to,
    crop,
    inverse,
)

L, P = caffe.layers, caffe.params


def data() -> object:
    return L.Input(shape=dict(dim=[1, 3, 64, 64]))


@pytest.mark.parametrize("kernel, stride, pad", [(3, 1, 0), (5, 2, 2), (4, 2, 1), (7, 3, 100)])
def test_a_convolution_samples_the_centres_of_its_windows(
    kernel: int, stride: int, pad: int
) -> None:
    bottom = data()
    top = L.Convolution(bottom, num_output=1, kernel_size=kernel, stride=stride, pad=pad)
    axis, scale, shift = coord_map_from_to(top, bottom)
    assert axis == 1
    # Window i begins at i * stride - pad; its centre is half a kernel further.
    for i in (0, 3):
        assert scale * i + shift == pytest.approx(i * stride - pad + (kernel - 1) / 2)


def test_dilation_widens_the_window() -> None:
    bottom = data()
    top = L.Convolution(bottom, num_output=1, kernel_size=3, dilation=4)
    assert coord_map_from_to(top, bottom)[2] == 4


def test_deconvolution_inverts_pooling() -> None:
    bottom = data()
    pool = L.Pooling(bottom, pool=P.Pooling.MAX, kernel_size=2, stride=2)
    up = L.Deconvolution(pool, convolution_param=dict(num_output=1, kernel_size=4, stride=2, pad=1))
    axis, scale, shift = coord_map_from_to(up, bottom)
    assert (axis, float(scale[0]), float(shift[0])) == (1, 1, 0)


def test_pointwise_layers_keep_places() -> None:
    bottom = data()
    conv = L.Convolution(bottom, num_output=1, kernel_size=3)
    top = L.Dropout(L.ReLU(L.BatchNorm(conv)))
    assert coord_map_from_to(top, bottom) == coord_map_from_to(conv, bottom)
    assert coord_map_from_to(L.ReLU(bottom), bottom)[0] is None


def test_sizes_may_differ_by_axis() -> None:
    bottom = data()
    top = L.Convolution(bottom, num_output=1, kernel_size=[3, 5], stride=[1, 2], pad=[0, 10])
    _, scale, shift = coord_map_from_to(top, bottom)
    np.testing.assert_array_equal(scale, [1, 2])
    np.testing.assert_array_equal(shift, [1, -8])


def test_a_crop_moves_by_its_offset_and_only_its_first_bottom_counts() -> None:
    bottom, other = data(), data()
    cut = L.Crop(bottom, other, axis=2, offset=7)
    axis, _, shift = coord_map_from_to(cut, bottom)
    assert (axis, float(shift[0])) == (1, 7)
    with pytest.raises(RuntimeError):
        coord_map_from_to(cut, other)


def test_crop_writes_axis_and_offset() -> None:
    bottom = data()
    conv = L.Convolution(bottom, num_output=1, kernel_size=3, pad=100)
    up = L.Deconvolution(
        L.Pooling(conv, kernel_size=2, stride=2),
        convolution_param=dict(num_output=1, kernel_size=4, stride=2),
    )
    cut = crop(up, bottom).to_proto().layer[-1]
    assert cut.type == "Crop"
    assert cut.crop_param.axis == 2
    assert list(cut.crop_param.offset) == [100]


def test_inverse_and_compose_cancel() -> None:
    step = (1, np.array([2.0]), np.array([-3.0]))
    axis, scale, shift = compose(inverse(step), step)
    assert (axis, float(scale[0]), float(shift[0])) == (1, 1, 0)


@pytest.mark.parametrize(
    "make, kind, words",
    [
        (lambda d: (L.InnerProduct(d, num_output=1), d), RuntimeError, "no spatial layers"),
        (lambda d: (data(), d), RuntimeError, "no coordinate map"),
        (
            lambda d: (L.Pooling(d, kernel_size=3, stride=3), d),
            AssertionError,
            "scales of the two tops differ",
        ),
        (
            lambda d: (L.Convolution(d, num_output=1, kernel_size=3), d),
            AssertionError,
            "negative offset",
        ),
        (
            lambda d: (L.Convolution(d, num_output=1, kernel_size=2, pad=1), d),
            AssertionError,
            "part of a pixel",
        ),
        (
            lambda d: (L.Convolution(d, num_output=1, kernel_h=2, kernel_w=3), d),
            AssertionError,
            "kernel_h, kernel_w",
        ),
    ],
)
def test_impossible_crops_are_errors(make, kind: type[Exception], words: str) -> None:
    top_from, top_to = make(data())
    with pytest.raises(kind, match=words):
        crop(top_from, top_to)


def test_maps_of_other_axes_do_not_compose() -> None:
    with pytest.raises(AxisMismatchException):
        compose((1, 1, 0), (2, 1, 0))


def test_a_layer_without_a_map_says_so() -> None:
    with pytest.raises(UndefinedMapException, match="Flatten"):
        coord_map(L.Flatten(data()).fn)
    with pytest.raises(UndefinedMapException, match="kernel_size"):
        coord_map(L.Pooling(data(), global_pooling=True).fn)
