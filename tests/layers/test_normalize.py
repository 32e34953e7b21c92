"""Normalize and L2Norm."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(26)
SHAPES = [(2, 3, 4, 5), (1, 3, 1, 2), (2, 3), (2, 4, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("across", [True, False])
def test_divides_by_the_length(shape: tuple[int, ...], across: bool) -> None:
    x = RNG.normal(size=shape)
    settings = f"norm_param {{ across_spatial: {str(across).lower()} eps: 0.25 }}"
    axes = tuple(range(1, len(shape))) if across else (1,)
    expected = x / np.sqrt((x * x).sum(axis=axes, keepdims=True) + 0.25)
    np.testing.assert_allclose(top_of("Normalize", settings, x), expected, rtol=1e-5, atol=1e-6)
    check_layer("Normalize", settings, x)


def test_a_scale_a_channel() -> None:
    x = RNG.normal(size=(2, 3, 4))
    settings = (
        "norm_param { across_spatial: false channel_shared: false scale_filler { value: 20 } }"
    )
    net = layer_net("Normalize", settings, x)
    assert net.params["op"][0].data.tolist() == [20] * 3
    net.params["op"][0].data[...] = [1, 2, 3]
    net.forward()
    expected = x / np.sqrt((x * x).sum(axis=1, keepdims=True)) * [[1], [2], [3]]
    np.testing.assert_allclose(net.blobs["y"].data, expected, rtol=1e-5)


@pytest.mark.parametrize("across", [True, False])
def test_the_gradient_leaves_scales_out_of_the_inner_product(across: bool) -> None:
    x, dy = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4))
    scale = np.array([[1], [2], [3]])
    flag = str(across).lower()
    settings = f"norm_param {{ across_spatial: {flag} channel_shared: false }}"
    net = layer_net("Normalize", settings, x, dtype=np.float64)
    net.params["op"][0].data[...] = scale.ravel()
    net.forward()
    net.blobs["y"].diff[...] = dy
    net.backward()
    axes = (1, 2) if across else (1,)
    length = np.sqrt((x * x).sum(axis=axes, keepdims=True) + 1e-10)
    along = (x * dy).sum(axis=axes, keepdims=True) / length**2
    np.testing.assert_allclose(net.blobs["x"].diff, scale * (dy - along * x) / length)
    np.testing.assert_allclose(net.params["op"][0].diff, (dy * x / length).sum(axis=(0, 2)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["L1", "L2"])
@pytest.mark.parametrize("tops", [1, 2])
def test_caffe_windows_normalize(kind: str, shape: tuple[int, ...], tops: int) -> None:
    x = RNG.normal(size=shape)
    settings = f'normalize_param {{ normalize_type: "{kind}" bp_norm: true }}'
    net = layer_net("Normalize", settings, x, tops=tops)
    assert "op" not in net.params
    net.forward()
    norm = (
        np.abs(x).sum(1, keepdims=True) if kind == "L1" else np.sqrt((x * x).sum(1, keepdims=True))
    )
    np.testing.assert_allclose(net.blobs["y"].data, x / norm, rtol=1e-4)
    if tops == 2:
        np.testing.assert_allclose(net.blobs["y1"].data, norm, rtol=1e-4)
    check_layer("Normalize", settings, x, tops=tops)


def test_without_bp_norm_the_norm_passes_no_gradient() -> None:
    net = layer_net("Normalize", "", RNG.normal(size=(2, 3)), tops=2)
    net.forward()
    net.blobs["y1"].diff[...] = 1
    net.backward()
    assert not net.blobs["x"].diff.any()


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 2, 1, 4)])
def test_l2norm(shape: tuple[int, ...]) -> None:
    x = RNG.uniform(1, 2, size=shape)
    rows = x.reshape(shape[0], -1)
    expected = (rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True))).reshape(shape)
    np.testing.assert_allclose(top_of("L2Norm", "", x), expected, rtol=1e-5)
    check_layer("L2Norm", "", x)


def test_a_zero_vector_stays_zero() -> None:
    for type_name in ("Normalize", "L2Norm"):
        assert not top_of(type_name, "", np.zeros((2, 3))).any()


@pytest.mark.parametrize(
    "type_name, settings, shape, words",
    [
        ("Normalize", "", (3,), r"Expected: 2 to 4 axes"),
        ("Normalize", "", (2, 3, 1, 1, 2), r"Expected: 2 to 4 axes"),
        (
            "Normalize",
            'normalize_param { normalize_type: "L3" }',
            (2, 3),
            r'is "L3". Expected: "L2"',
        ),
        ("L2Norm", "", (), r"has no axes"),
    ],
)
def test_what_does_not_fit_is_refused(
    type_name: str, settings: str, shape: tuple[int, ...], words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net(type_name, settings, np.zeros(shape))


def test_in_place_there_is_a_forward_but_no_gradient() -> None:
    x = RNG.normal(size=(2, 3, 2, 2))
    expected = top_of("Normalize", "", x).copy()
    net = layer_net("Normalize", "", x, in_place=True)
    net.forward()
    np.testing.assert_allclose(net.layer("op").top_blobs[0].data, expected)
    with pytest.raises(cp.LayerError, match="cannot work in place"):
        net.backward()


def test_other_channels_are_refused_later() -> None:
    net = layer_net("Normalize", "norm_param { channel_shared: false }", np.zeros((2, 3)))
    with pytest.raises(cp.LayerError, match="3 scales for 4 channels"):
        net.reshape(x=(2, 4))
