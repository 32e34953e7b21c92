"""AbsVal, Power, Exp, Log, Threshold."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(12)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (1, 3, 1, 4)])
@pytest.mark.parametrize(
    "type_name, settings",
    [
        ("AbsVal", ""),
        ("Power", ""),
        ("Power", "power_param { scale: -2 shift: 1 }"),
        ("Power", "power_param { power: 2 scale: 0.5 shift: 3 }"),
        ("Power", "power_param { power: 2 }"),
        ("Power", "power_param { power: 3 }"),
        ("Power", "power_param { power: 0.5 scale: 0.5 shift: 1 }"),
        ("Power", "power_param { power: -1 shift: 1 }"),
        ("Power", "power_param { power: -0.3 scale: 2 }"),
        ("Exp", ""),
        ("Exp", "exp_param { base: 2 scale: 0.5 shift: -1 }"),
        ("Exp", "exp_param { base: 0.3 }"),
        ("Log", ""),
        ("Log", "log_param { base: 10 scale: 3 shift: 1 }"),
        ("Log", "log_param { base: 0.5 shift: 1 }"),
    ],
)
def test_gradient(type_name: str, settings: str, shape: tuple[int, ...]) -> None:
    check_layer(type_name, settings, RNG.uniform(0.5, 2, size=shape))


@pytest.mark.parametrize(
    "settings, expected",
    [
        ("power: 0 scale: 2 shift: 3", [1, 1, 1]),
        ("power: 0", [1, 1, 1]),
        ("scale: 0 shift: 3 power: 2", [9, 9, 9]),
        ("scale: 0 shift: -8 power: 3", [-512, -512, -512]),
        ("scale: 0 power: -1", [np.inf, np.inf, np.inf]),
        ("power: 0.5", [np.nan, 0, 2]),
        ("power: -1", [-0.25, np.inf, 0.25]),
        ("power: 3", [-64, 0, 64]),
        ("power: 3 scale: 0.5 shift: 1", [-1, 1, 27]),
        ("power: -0.5", [np.nan, np.inf, 0.5]),
        ("power: -0.5 scale: -1", [0.5, np.inf, np.nan]),
        ("power: 1.5 shift: 4", [0, 8, 8**1.5]),
        ("scale: 0.5 shift: 1", [-1, 1, 3]),
    ],
)
def test_power(settings: str, expected: list[float]) -> None:
    y = top_of("Power", f"power_param {{ {settings} }}", [-4, 0, 4])
    np.testing.assert_allclose(y, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "settings", ["power: 0", "scale: 0", "power: 0 shift: 1", "scale: 0 power: 3"]
)
def test_power_without_slope_has_gradient_zero(settings: str) -> None:
    dx = bottom_gradients("Power", f"power_param {{ {settings} }}", [[0, np.nan, 2]], np.ones(3))
    assert dx[0].tolist() == [0, 0, 0]


def test_power_divides_zero_by_zero_as_caffe_does() -> None:
    cube = bottom_gradients("Power", "power_param { power: 3 }", [[0, 2]], np.ones(2))[0]
    assert np.isnan(cube[0])
    assert cube[1] == 12
    assert bottom_gradients("Power", "power_param { power: 2 }", [[0]], np.ones(1))[0] == 0


@pytest.mark.parametrize(
    "type_name, settings, x, derivative_at_y",
    [
        ("Power", "power_param { scale: 3 shift: 1 }", 5, 3),
        ("Power", "power_param { power: 2 }", 3, 2 * 9),
        ("Power", "power_param { power: 2 scale: 2 shift: 1 }", 1, 2 * 2 * (2 * 9 + 1)),
        ("Power", "power_param { power: 3 }", 2, 3),
        ("Power", "power_param { power: 3 scale: 2 shift: 1 }", 0, 3 * 2 * 1 / (2 * 1 + 1)),
        ("Power", "power_param { power: 0 }", 7, 0),
        ("Log", "log_param { scale: 2 shift: 1 }", 1, 2 / (2 * np.log(3) + 1)),
        ("Log", "log_param { base: 2 }", 8, 1 / (3 * np.log(2))),
    ],
)
@pytest.mark.parametrize("dy", [2, -5])
def test_in_place_the_derivative_at_y_is_squared_and_the_top_s_gradient_lost(
    type_name: str, settings: str, x: float, derivative_at_y: float, dy: float
) -> None:
    dx = bottom_gradients(type_name, settings, [[x]], [dy], in_place=True)[0]
    np.testing.assert_allclose(dx, [derivative_at_y**2], rtol=1e-6)


def test_exp_in_place_keeps_its_gradient() -> None:
    settings = "exp_param { base: 2 scale: 2 }"
    apart = bottom_gradients("Exp", settings, [[0.5, -1]], [1, 2])[0]
    within = bottom_gradients("Exp", settings, [[0.5, -1]], [1, 2], in_place=True)[0]
    np.testing.assert_allclose(within, apart, rtol=1e-6)


def test_log_of_zero_and_below_does_not_warn() -> None:
    with np.errstate(all="raise"):
        y = top_of("Log", "", [0, -1, 1])
    assert y[0] == -np.inf
    assert np.isnan(y[1])
    assert y[2] == 0


def test_absval_has_gradient_zero_at_zero() -> None:
    assert bottom_gradients("AbsVal", "", [[-2, 0, 3]], [5, 5, 5])[0].tolist() == [-5, 0, 5]


def test_threshold_is_strict() -> None:
    assert top_of("Threshold", "threshold_param { threshold: 1 }", [0.5, 1, 1.5]).tolist() == [
        0,
        0,
        1,
    ]


def test_threshold_has_no_gradient() -> None:
    with pytest.raises(cp.LayerError, match=r"\(Threshold\): has no gradient"):
        bottom_gradients("Threshold", "", [[1.0]], [1.0])


def test_absval_refuses_to_work_in_place() -> None:
    with pytest.raises(cp.LayerError, match=r'in place.*Received: top "x"'):
        layer_net("AbsVal", "", [1.0], in_place=True)


@pytest.mark.parametrize("type_name, field", [("Exp", "exp_param"), ("Log", "log_param")])
@pytest.mark.parametrize("base", ["0", "-2", "inf", "nan"])
def test_a_base_that_has_no_logarithm_is_refused(type_name: str, field: str, base: str) -> None:
    with pytest.raises(cp.LayerError, match=rf"{field}.base is .*Expected: a number above 0"):
        layer_net(type_name, f"{field} {{ base: {base} }}", [1.0])


def test_log_refuses_base_one() -> None:
    with pytest.raises(cp.LayerError, match=r"log_param.base is 1"):
        layer_net("Log", "log_param { base: 1 }", [1.0])
