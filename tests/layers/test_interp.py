"""Interp and Resample."""

from __future__ import annotations

import math

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import Array, check_layer, layer_net, top_of

RNG = np.random.default_rng(27)


def _aligned(plane: Array, height: int, width: int) -> Array:
    """Bilinear with aligned corners, pixel by pixel."""
    h, w = plane.shape
    out = np.empty((height, width))
    for i in range(height):
        for j in range(width):
            y = i * (h - 1) / (height - 1) if height > 1 else 0.0
            x = j * (w - 1) / (width - 1) if width > 1 else 0.0
            y0, x0 = int(y), int(x)
            y1, x1 = min(y0 + 1, h - 1), min(x0 + 1, w - 1)
            a, b = y - y0, x - x0
            out[i, j] = (1 - a) * ((1 - b) * plane[y0, x0] + b * plane[y0, x1]) + a * (
                (1 - b) * plane[y1, x0] + b * plane[y1, x1]
            )
    return out


@pytest.mark.parametrize(
    "shape, settings, crop, size",
    [
        ((1, 2, 4, 5), "height: 7 width: 3", (0, 0), (7, 3)),
        ((2, 1, 1, 5), "height: 4 width: 9", (0, 0), (4, 9)),
        ((1, 1, 5, 4), "height: 1 width: 1", (0, 0), (1, 1)),
        ((1, 1, 7, 8), "shrink_factor: 3", (0, 0), (3, 3)),
        ((1, 1, 3, 2), "zoom_factor: 4", (0, 0), (9, 5)),
        ((1, 1, 7, 8), "shrink_factor: 2 zoom_factor: 3", (0, 0), (10, 10)),
        # One factor alone goes before a size, both behind it.
        ((1, 1, 3, 3), "zoom_factor: 2 height: 9 width: 9", (0, 0), (5, 5)),
        ((1, 1, 3, 3), "zoom_factor: 2 shrink_factor: 2 height: 9 width: 8", (0, 0), (9, 8)),
        ((1, 2, 6, 7), "height: 5 width: 6 pad_beg: -1 pad_end: -3", (1, 3), (5, 6)),
    ],
)
def test_interp(
    shape: tuple[int, ...], settings: str, crop: tuple[int, int], size: tuple[int, int]
) -> None:
    x = RNG.normal(size=shape)
    settings = f"interp_param {{ {settings} }}"
    y = top_of("Interp", settings, x, dtype=np.float64)
    used = x[:, :, crop[0] : shape[2] - crop[1], crop[0] : shape[3] - crop[1]]
    for planes, found in zip(used, y, strict=True):
        for plane, image in zip(planes, found, strict=True):
            np.testing.assert_allclose(image, _aligned(plane, *size))
    check_layer("Interp", settings, x)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", r"gives no size"),
        ("height: 3", r"gives no size"),
        ("height: 3 width: 0", r"interp_param.width is 0"),
        ("height: 3 width: 3 pad_beg: 1", r"pad_beg is 1. Expected: 0, or a negative"),
        ("height: 3 width: 3 pad_end: -5", r"leave nothing of a size of 4"),
        ("zoom_factor: 0", r"zoom_factor is 0. Expected: at least 1"),
        ("shrink_factor: -1", r"shrink_factor is -1"),
    ],
)
def test_bad_settings_of_interp_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Interp", f"interp_param {{ {settings} }}", np.zeros((1, 1, 4, 5)))


def test_interp_needs_four_axes_of_some_size() -> None:
    settings = "interp_param { zoom_factor: 2 }"
    with pytest.raises(cp.LayerError, match="Expected: 4 axes"):
        layer_net("Interp", settings, np.zeros((1, 4, 5)))
    with pytest.raises(cp.LayerError, match="no empty image"):
        layer_net("Interp", settings, np.zeros((1, 1, 0, 5)))


def _weight(kind: str, x: float) -> float:
    x = abs(x)
    if kind == "LINEAR":
        return max(0.0, 1 - x)
    if x <= 1:
        return x * x * (1.5 * x - 2.5) + 1
    return x * (x * (-0.5 * x + 2.5) - 4) + 2 if x < 2 else 0.0


def _round(x: float) -> int:
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


def _resampled(plane: Array, height: int, width: int, kind: str, antialias: bool) -> Array:
    """FlowNet2's kernel, pixel by pixel."""
    h, w = plane.shape
    fx, fy = w / width, h / height
    antialias = antialias and (fx > 1 or fy > 1)
    ax, ay = (1 / fx, 1 / fy) if antialias else (1.0, 1.0)
    taps = 4 if kind == "CUBIC" else 2
    rx = 2 if fx < 1 else math.ceil(taps / ax)
    ry = 2 if fy < 1 else math.ceil(taps / ay)
    out = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            x, y = j * fx + fy / 2 - 0.5, i * fy + fx / 2 - 0.5
            total = weights = 0.0
            for v in range(max(_round(y) - ry, 0), min(_round(y) + ry, h - 1) + 1):
                for u in range(max(_round(x) - rx, 0), min(_round(x) + rx, w - 1) + 1):
                    weight = _weight(kind, ax * (x - u)) * _weight(kind, ay * (y - v))
                    total += weight * plane[v, u]
                    weights += weight
            out[i, j] = total / weights if weights else 0
    return out


@pytest.mark.parametrize("kind", ["LINEAR", "CUBIC"])
@pytest.mark.parametrize("antialias", [True, False])
@pytest.mark.parametrize("size", [(8, 8), (3, 2), (4, 4), (2, 8), (1, 1), (12, 3)])
def test_resample(kind: str, antialias: bool, size: tuple[int, int]) -> None:
    x = RNG.normal(size=(1, 2, 4, 4))
    settings = (
        f"resample_param {{ type: {kind} height: {size[0]} width: {size[1]} "
        f"antialias: {str(antialias).lower()} }}"
    )
    y = top_of("Resample", settings, x, dtype=np.float64)
    for plane, found in zip(x[0], y[0], strict=True):
        expected = _resampled(plane, *size, kind, antialias)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    check_layer("Resample", settings, x)


@pytest.mark.parametrize(
    "size, rows", [((6, 6), [0, 0, 1, 1, 2, 2]), ((3, 3), [0, 1, 2]), ((1, 1), [1])]
)
def test_resample_nearest(size: tuple[int, int], rows: list[int]) -> None:
    x = RNG.normal(size=(1, 1, 3, 3))
    settings = f"resample_param {{ type: NEAREST height: {size[0]} width: {size[1]} }}"
    y = top_of("Resample", settings, x, dtype=np.float64)
    assert np.array_equal(y[0, 0], x[0, 0][np.ix_(rows, rows)])
    check_layer("Resample", settings, x)


def test_resample_to_the_size_of_a_second_bottom() -> None:
    x = RNG.normal(size=(1, 2, 3, 3))
    settings = "resample_param { type: CUBIC }"
    assert top_of("Resample", settings, x, np.zeros((1, 1, 6, 5))).shape == (1, 2, 6, 5)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", r"gives the size 0 x 0"),
        ("height: 3", r"gives the size 3 x 0"),
        ("type: AREA height: 2 width: 2", r"type is AREA. Expected: NEAREST, LINEAR or CUBIC"),
        (
            "type: NEAREST height: 1 width: 4",
            r"NEAREST takes the last column of the top from column 5 of an image of 4",
        ),
    ],
)
def test_bad_settings_of_resample_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Resample", f"resample_param {{ {settings} }}", np.zeros((1, 1, 4, 4)))


def test_a_large_size_takes_no_memory_before_it_is_run() -> None:
    settings = "interp_param { height: 2000000000 width: 1 }"
    net = layer_net("Interp", settings, np.zeros((1, 1, 5000, 1)))
    assert net.blobs["y"].shape == (1, 1, 2000000000, 1)
