"""Update rules against their formulas, written out in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.solver import UpdateRule, register_solver, solver_types
from caffe_proto.solver.updates import _rules, update_rule

Array = Any
M, N, Q, DELTA, RATE = 0.9, 0.99, 0.8, 1e-3, 0.05


def sgd(w: Array, g: Array, h: list[Array], t: int) -> Array:
    h[0] = M * h[0] + RATE * g
    return w - h[0]


def nesterov(w: Array, g: Array, h: list[Array], t: int) -> Array:
    old = h[0]
    h[0] = M * old + RATE * g
    return w - ((1 + M) * h[0] - M * old)


def adagrad(w: Array, g: Array, h: list[Array], t: int) -> Array:
    h[0] = h[0] + g**2
    return w - RATE * g / (np.sqrt(h[0]) + DELTA)


def rmsprop(w: Array, g: Array, h: list[Array], t: int) -> Array:
    h[0] = Q * h[0] + (1 - Q) * g**2
    return w - RATE * g / (np.sqrt(h[0]) + DELTA)


def adadelta(w: Array, g: Array, h: list[Array], t: int) -> Array:
    h[0] = M * h[0] + (1 - M) * g**2
    u = g * np.sqrt((h[1] + DELTA) / (h[0] + DELTA))
    h[1] = M * h[1] + (1 - M) * u**2
    return w - RATE * u


def adam(w: Array, g: Array, h: list[Array], t: int) -> Array:
    h[0] = M * h[0] + (1 - M) * g
    h[1] = N * h[1] + (1 - N) * g**2
    correction = np.sqrt(1 - N**t) / (1 - M**t)
    return w - RATE * correction * h[0] / (np.sqrt(h[1]) + DELTA)


RULES: dict[str, Callable[[Array, Array, list[Array], int], Array]] = {
    "SGD": sgd,
    "Nesterov": nesterov,
    "AdaGrad": adagrad,
    "RMSProp": rmsprop,
    "AdaDelta": adadelta,
    "Adam": adam,
}


def rule(name: str, **more: float) -> UpdateRule:
    momentum = 0 if name in ("AdaGrad", "RMSProp") else M
    values = {"momentum": momentum, "momentum2": N, "rms_decay": Q, "delta": DELTA, **more}
    text = " ".join(f"{key}: {value}" for key, value in values.items())
    return update_rule(cp.parse(f'type: "{name}" {text}', message="SolverParameter"))


@pytest.mark.parametrize("name", sorted(RULES))
def test_five_updates_follow_the_formula(name: str) -> None:
    random = np.random.RandomState(3)
    mine = rule(name)
    w = random.randn(37)
    expected, history64 = w.copy(), [np.zeros(37), np.zeros(37)]
    found = w.astype(np.float32)
    history = [np.zeros(37, np.float32) for _ in range(mine.histories)]
    scratch = np.empty(37, np.float32), np.empty(37, np.float32)
    for t in range(1, 6):
        g = random.randn(37)
        expected = RULES[name](expected, g, history64, t)
        gradient = g.astype(np.float32)
        mine.begin(t - 1)
        mine.update(gradient, history, np.float32(RATE), scratch)
        found -= gradient
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)
    for own, other in zip(history, history64, strict=False):
        np.testing.assert_allclose(own, other, rtol=2e-5, atol=2e-6)


def test_every_type_of_caffe_is_there() -> None:
    assert set(RULES) <= set(solver_types())


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("AdaGrad", {"momentum": 0.5}, "momentum is 0.5"),
        ("RMSProp", {"momentum": 0.5}, "momentum is 0.5"),
        ("RMSProp", {"rms_decay": 1}, "rms_decay is 1"),
        ("RMSProp", {"rms_decay": -0.1}, "rms_decay is -0.1"),
        ("Adam", {"momentum2": 1.5}, "momentum2 is 1.5"),
        ("Adam", {"momentum2": -1}, "momentum2 is -1"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    name: str, more: dict[str, float], words: str
) -> None:
    with pytest.raises(cp.SolverError, match=words):
        rule(name, **more)


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(cp.SolverError, match='"adam"; did you mean "Adam"'):
        rule("adam")


def test_a_rule_can_be_added() -> None:
    @register_solver("Sign")
    class Sign(UpdateRule):
        histories = 0

        def update(self, g: Array, history: Any, rate: Any, work: Any) -> None:
            np.sign(g, out=g)
            g *= rate

    try:
        solver = cp.build_solver(
            'type: "Sign" base_lr: 0.5 lr_policy: "fixed" random_seed: 1 net_param { '
            'layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 3 } } } '
            'layer { name: "l" type: "Reduction" bottom: "w" top: "l" loss_weight: 1 } }'
        )
        solver.step(2)
        np.testing.assert_array_equal(solver.net.params["w"][0].data, [-1, -1, -1])
    finally:
        del _rules["Sign"]
