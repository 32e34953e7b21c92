from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caffe_proto as cp
from caffe_proto.blob import Array
from tests.layers.gradients import check_gradients, declare_inputs


def layer(kind: str, more: str) -> str:
    param = {
        "ROIPooling": "roi_pooling_param",
        "PSROIPooling": "psroi_pooling_param",
        "ROIAlign": "roi_align_param",
    }[kind]
    return f"""
    layer {{ name: "pool" type: "{kind}" bottom: "x" bottom: "rois" top: "y" {param} {{ {more} }} }}
    """


def pool(kind: str, more: str, x: Array, rois: Array) -> Array:
    inputs = {"x": x, "rois": rois}
    net = cp.build_net(declare_inputs(layer(kind, more), inputs))
    return net.forward(**inputs)["y"]


def some_regions(rng: np.random.Generator, images: int, count: int, extent: float) -> Array:
    corner = rng.uniform(-0.3 * extent, extent, (count, 2))
    size = rng.uniform(-0.1 * extent, extent, (count, 2))
    image = rng.integers(0, images, (count, 1))
    return np.concatenate([image, corner, corner + size], axis=1).astype(np.float32)


def plain_roi_pooling(x: Array, rois: Array, bins: tuple[int, int], scale: float) -> Array:
    """Fast R-CNN's definition, bin by bin."""
    out = np.zeros((len(rois), x.shape[1], *bins), x.dtype)
    for r, (image, *box) in enumerate(rois.tolist()):
        edges = [int(np.sign(v) * np.floor(abs(v) * scale + 0.5)) for v in box]
        left, top, right, bottom = edges
        height, width = max(bottom - top + 1, 1), max(right - left + 1, 1)
        for i in range(bins[0]):
            for j in range(bins[1]):
                rows = slice(
                    max(top + i * height // bins[0], 0),
                    max(top - (-(i + 1) * height // bins[0]), 0),
                )
                columns = slice(
                    max(left + j * width // bins[1], 0),
                    max(left - (-(j + 1) * width // bins[1]), 0),
                )
                window = x[int(image), :, rows, columns]
                if window.size:
                    out[r, :, i, j] = window.max(axis=(1, 2))
    return out


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1.0, 0.25]))
@settings(max_examples=40, deadline=None)
def test_roi_pooling_is_its_definition(seed: int, rows: int, columns: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 3, 11, 7)).astype(np.float32)
    rois = some_regions(rng, 2, 6, 11 / scale)
    more = f"pooled_h: {rows} pooled_w: {columns} spatial_scale: {scale}"
    expected = plain_roi_pooling(x, rois, (rows, columns), scale)
    np.testing.assert_array_equal(pool("ROIPooling", more, x, rois), expected)


@pytest.mark.parametrize(
    "kind, more, channels",
    [
        ("ROIPooling", "pooled_h: 3 pooled_w: 2 spatial_scale: 0.5", 2),
        ("PSROIPooling", "output_dim: 2 group_size: 3 spatial_scale: 0.5", 18),
        ("ROIAlign", "pooled_h: 3 pooled_w: 2 spatial_scale: 0.5", 2),
    ],
)
@pytest.mark.parametrize("height, width", [(6, 9), (1, 5)])
def test_gradient_of_the_features(
    kind: str, more: str, channels: int, height: int, width: int
) -> None:
    rng = np.random.default_rng(7)
    # Distinct values, far apart: no maximum changes its place under a small step.
    x = rng.permutation(2 * channels * height * width).reshape(2, channels, height, width) * 0.1
    rois = some_regions(rng, 2, 5, 12.0).astype(np.float64)
    check_gradients(layer(kind, more), {"x": x, "rois": rois}, skip=("rois",))


def test_of_equal_maxima_the_first_gets_the_gradient() -> None:
    inputs = {"x": np.ones((1, 1, 4, 5)), "rois": np.array([[0, 0, 0, 4, 3.0]])}
    text = declare_inputs(layer("ROIPooling", "pooled_h: 1 pooled_w: 1"), inputs)
    net = cp.build_net("force_backward: true " + text)
    net.forward(**inputs)
    net.backward(y=np.ones((1, 1, 1, 1)))
    assert net.blobs["x"].diff.ravel().tolist() == [1] + [0] * 19


def test_position_sensitive_bins_read_their_own_channels() -> None:
    x = np.broadcast_to(np.arange(8, dtype=np.float32)[None, :, None, None], (1, 8, 6, 6))
    rois = np.array([[0, 0, 0, 5, 5]], np.float32)
    y = pool("PSROIPooling", "output_dim: 2 group_size: 2 spatial_scale: 1", x, rois)
    np.testing.assert_allclose(y.reshape(2, 4), [[0, 1, 2, 3], [4, 5, 6, 7]], rtol=1e-6)


def test_large_values_do_not_spoil_the_means_of_small_ones() -> None:
    x = np.full((1, 1, 1, 1000), 1e6, np.float32)
    x[..., 900:] = 1e-3
    rois = np.array([[0, 950, 0, 960, 0]], np.float32)
    y = pool("PSROIPooling", "output_dim: 1 group_size: 1 spatial_scale: 1", x, rois)
    np.testing.assert_allclose(y.item(), 1e-3, rtol=1e-3)


def test_aligned_pooling_of_a_plane_is_exact() -> None:
    rows, columns = np.mgrid[:12, :16].astype(np.float32)
    x = (2 * rows - columns)[None, None]
    rois = np.array([[0, 2, 3, 10, 7]], np.float32)
    y = pool("ROIAlign", "pooled_h: 2 pooled_w: 4", x, rois)
    expected = 2 * np.array([4, 6])[:, None] - np.array([3, 5, 7, 9])
    np.testing.assert_allclose(y[0, 0], expected, rtol=1e-5)


@pytest.mark.parametrize(
    "kind, more, channels, words",
    [
        ("ROIPooling", "pooled_h: 2", 3, "pooled_h and pooled_w must be above 0"),
        ("ROIPooling", "pooled_h: 2 pooled_w: 2 pad_ratio: 0.1", 3, "pad_ratio"),
        ("ROIAlign", "", 3, "pooled_h and pooled_w"),
        ("PSROIPooling", "output_dim: 2 group_size: 3", 18, "spatial_scale must be above 0"),
        ("PSROIPooling", "output_dim: 2 group_size: 3 spatial_scale: 1", 17, "17 channels"),
    ],
)
def test_settings_that_do_not_fit(kind: str, more: str, channels: int, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        pool(kind, more, np.zeros((1, channels, 4, 4)), np.zeros((1, 5)))


def test_bottoms_that_do_not_fit() -> None:
    more = "pooled_h: 1 pooled_w: 1"
    with pytest.raises(cp.LayerError, match=r"regions must have the shape \(R, 5\)"):
        pool("ROIPooling", more, np.zeros((1, 1, 4, 4)), np.zeros((1, 4)))
    with pytest.raises(cp.LayerError, match="feature map"):
        pool("ROIPooling", more, np.zeros((1, 4, 4)), np.zeros((1, 5)))


@pytest.mark.parametrize("image", [-1, 2])
def test_a_region_of_no_image_is_named(image: int) -> None:
    rois = np.array([[0, 0, 0, 1, 1], [image, 0, 0, 1, 1]], np.float32)
    with pytest.raises(cp.LayerError, match=f"region 1 is of image {image}"):
        pool("ROIAlign", "pooled_h: 1 pooled_w: 1", np.zeros((2, 1, 4, 4)), rois)
