"""Eltwise."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(14)


@pytest.mark.parametrize("shape", [(), (2, 1, 3), (1, 2, 3, 2)])
@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize(
    "settings",
    [
        "",
        "operation: PROD",
        "operation: PROD stable_prod_grad: false",
        "operation: MAX",
        "operation: SORT",
        "operation: SORT stable_prod_grad: false",
    ],
)
def test_gradient(settings: str, count: int, shape: tuple[int, ...]) -> None:
    inputs = [RNG.uniform(0.5, 2, size=shape) for _ in range(count)]
    check_layer("Eltwise", f"eltwise_param {{ {settings} }}", *inputs)


@pytest.mark.parametrize("coeffs", [[2, 1], [1, -1], [0.5, -3, 1], [1, 1, 4]])
def test_coefficients(coeffs: list[float]) -> None:
    settings = "eltwise_param { " + " ".join(f"coeff: {c}" for c in coeffs) + " }"
    inputs = [RNG.normal(size=(2, 3)) for _ in coeffs]
    expected = sum(c * x for c, x in zip(coeffs, inputs, strict=True))
    np.testing.assert_allclose(top_of("Eltwise", settings, *inputs), expected, rtol=1e-5, atol=1e-6)
    check_layer("Eltwise", settings, *inputs)


def test_a_tie_of_the_first_two_goes_to_the_second_and_later_ones_need_more() -> None:
    bottoms = [[3, 3, 1], [3, 1, 2], [3, 3, 2]]
    gradients = bottom_gradients("Eltwise", "eltwise_param { operation: MAX }", bottoms, [5, 6, 7])
    assert [g.tolist() for g in gradients] == [[0, 6, 0], [5, 0, 7], [0, 0, 0]]


def test_unstable_product_divides_by_zero() -> None:
    settings = "eltwise_param { operation: PROD stable_prod_grad: false }"
    with np.errstate(all="raise"):
        gradients = bottom_gradients("Eltwise", settings, [[0], [2]], [1])
    assert np.isnan(gradients[0])
    assert gradients[1] == 0


@pytest.mark.parametrize("settings", ["", "operation: PROD", "operation: MAX", "coeff: 2 coeff: 3"])
def test_in_place_gives_the_same(settings: str) -> None:
    settings = f"eltwise_param {{ {settings} }}"
    a, b, dy = (RNG.normal(size=(2, 3)) for _ in range(3))
    apart = top_of("Eltwise", settings, a, b)
    assert np.array_equal(top_of("Eltwise", settings, a, b, in_place=True), apart)
    beside = bottom_gradients("Eltwise", settings, [a, b], dy)
    within = bottom_gradients("Eltwise", settings, [a, b], dy, in_place=True)
    for one, other in zip(beside, within, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-6)


def test_shapes_must_agree() -> None:
    words = r'bottom 1 "x1" has the shape \(3,\). Expected: \(2,\)'
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Eltwise", "", np.zeros(2), np.zeros(3))


def test_one_bottom_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"at least 2 bottom.*Received: 1"):
        layer_net("Eltwise", "", np.zeros(2))


def test_the_number_of_coefficients_must_agree() -> None:
    with pytest.raises(cp.LayerError, match=r"coeff is given 1 time\(s\) for 2 bottoms"):
        layer_net("Eltwise", "eltwise_param { coeff: 1 }", np.zeros(2), np.zeros(2))


def test_coefficients_of_a_product_are_refused() -> None:
    settings = "eltwise_param { operation: PROD coeff: 1 coeff: 2 }"
    with pytest.raises(cp.LayerError, match=r"coeff is \[1.0, 2.0\] for a product"):
        layer_net("Eltwise", settings, np.zeros(2), np.zeros(2))


def test_coefficients_of_a_maximum_change_nothing() -> None:
    settings = "eltwise_param { operation: MAX coeff: -1 coeff: 2 }"
    assert top_of("Eltwise", settings, [1, 4], [2, 3]).tolist() == [2, 4]
