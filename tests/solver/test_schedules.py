"""Learning-rate policies: formulas, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2
from caffe_proto.solver import policies, register_policy
from caffe_proto.solver.schedules import Schedule, _policies

FORMULAS = {
    "fixed": lambda i: 0.1,
    "step": lambda i: 0.1 * 0.5 ** (i // 7),
    "exp": lambda i: 0.1 * 0.5**i,
    "inv": lambda i: 0.1 * (1 + 0.5 * i) ** -0.75,
    "poly": lambda i: 0.1 * (1 - i / 40) ** 0.75,
    "sigmoid": lambda i: 0.1 / (1 + math.exp(-0.5 * (i - 7))),
    "multistep": lambda i: 0.1 * 0.5 ** sum(i >= s for s in (3, 9, 30)),
}


def schedule(text: str) -> Schedule:
    return Schedule(cp.parse(text, message="SolverParameter"))


@pytest.mark.parametrize("policy", sorted(FORMULAS))
def test_the_rate_is_that_of_the_formula(policy: str) -> None:
    rates = schedule(
        f'base_lr: 0.1 lr_policy: "{policy}" gamma: 0.5 power: 0.75 stepsize: 7 max_iter: 40 '
        "stepvalue: [3, 9, 30]"
    )
    found = [rates.advance(i) for i in range(40)]
    np.testing.assert_allclose(found, [FORMULAS[policy](i) for i in range(40)], rtol=3e-6)


def test_every_policy_of_caffe_is_there() -> None:
    assert set(FORMULAS) <= set(policies())


def test_looking_at_the_rate_does_not_advance_a_step() -> None:
    rates = schedule('base_lr: 1 lr_policy: "multistep" gamma: 0.5 stepvalue: 0 stepvalue: 0')
    assert [rates.peek(0) for _ in range(3)] == [(0.5, 1)] * 3
    assert rates.step == 0
    # One step an iteration, although both values are passed.
    assert [rates.advance(0), rates.advance(1), rates.advance(2)] == [0.5, 0.25, 0.25]


def test_a_rate_that_overflows_is_infinite() -> None:
    assert schedule('base_lr: 1 lr_policy: "exp" gamma: 10').peek(1000)[0] == math.inf


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('lr_policy: "stp"', '"stp"; did you mean "step"'),
        ("base_lr: 1", "lr_policy is not set. Expected one of: exp, fixed"),
        ('lr_policy: "step" gamma: 0.1', "stepsize is not set"),
        ('lr_policy: "step" gamma: 0.1 stepsize: -2', "stepsize is -2"),
        ('lr_policy: "exp" gamma: -1', "gamma is -1"),
        ('lr_policy: "poly"', "max_iter is not set"),
    ],
)
def test_what_does_not_fit_is_named(text: str, words: str) -> None:
    with pytest.raises(cp.SolverError, match=words.replace("?", r"\?")):
        schedule(text).check()


def test_a_policy_can_be_added() -> None:
    @register_policy("half")
    def half(s: caffe_pb2.SolverParameter, iteration: int, step: int) -> tuple[float, int]:
        return s.base_lr / 2, step

    try:
        assert schedule('base_lr: 1 lr_policy: "half"').advance(3) == 0.5
    finally:
        del _policies["half"]
