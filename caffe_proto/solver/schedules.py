"""Learning-rate policies: the rate of an iteration, by the name that ``lr_policy`` gives.

A policy is one function, found by its name; a new one is registered the same way::

    @register_policy("cosine")
    def cosine(s, iteration, step):
        return s.base_lr * 0.5 * (1 + math.cos(math.pi * iteration / s.max_iter)), step

The formulas are those of Caffe's ``SGDSolver::GetLearningRate`` (``sgd_solver.cpp``), rounded where
Caffe rounds: settings are float32, and so is the rate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from caffe_proto.errors import SolverError, did_you_mean

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

    Settings = caffe_pb2.SolverParameter

__all__ = ["Policy", "Schedule", "policies", "register_policy"]

#: ``(settings, iteration, step) -> (rate, step)``; ``step`` counts the drops so far.
Policy = Callable[["Settings", int, int], tuple[float, int]]
Check = Callable[["Settings"], None]

_policies: dict[str, tuple[Policy, tuple[Check, ...]]] = {}

_f32 = np.float32


def register_policy(name: str, *checks: Check) -> Callable[[Policy], Policy]:
    """Function decorator: the function is ``lr_policy: "name"``.

    ``checks`` look at the settings before training starts and raise :class:`SolverError`.
    """

    def register(policy: Policy) -> Policy:
        _policies[name] = policy, checks
        return policy

    return register


def policies() -> list[str]:
    """The names that ``lr_policy`` may give."""
    return sorted(_policies)


class Schedule:
    """The learning rate of a solver; ``step`` is what a snapshot keeps as ``current_step``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.step = 0

    def check(self) -> None:
        """Raise :class:`SolverError` for an unknown policy or settings that do not fit it."""
        name = self.settings.lr_policy
        if name not in _policies:
            known = ", ".join(policies())
            found = f'lr_policy is "{name}"' if name else "lr_policy is not set"
            hint = did_you_mean(name, _policies) or "."
            raise SolverError(f"{found}{hint} Expected one of: {known}")
        for check in _policies[name][1]:
            check(self.settings)

    def peek(self, iteration: int) -> tuple[float, int]:
        """The rate at ``iteration`` (a float32 value) and the step that goes with it."""
        self.check()
        policy = _policies[self.settings.lr_policy][0]
        # NumPy, not Python, so that an overflow gives infinity as in C.
        with np.errstate(all="ignore"):
            rate, step = policy(self.settings, iteration, self.step)
        return float(_f32(rate)), step

    def advance(self, iteration: int) -> float:
        """The rate at ``iteration``; the step advances with it."""
        rate, self.step = self.peek(iteration)
        return rate


# -- what the policies ask of the settings -------------------------------------------------


def _gamma(s: Settings) -> None:
    if s.gamma < 0:
        raise SolverError(
            f'gamma is {s.gamma:g}. Expected: 0 or more for lr_policy "{s.lr_policy}"'
        )


def _stepsize(s: Settings) -> None:
    if s.stepsize <= 0:
        found = s.stepsize if s.HasField("stepsize") else "not set"
        raise SolverError(
            f'stepsize is {found}. Expected: more than 0 for lr_policy "{s.lr_policy}"'
        )


def _max_iter(s: Settings) -> None:
    # Caffe divides by zero here and trains on with a rate of NaN.
    if s.max_iter <= 0:
        found = s.max_iter if s.HasField("max_iter") else "not set"
        raise SolverError(f'max_iter is {found}. Expected: more than 0 for lr_policy "poly"')


# -- the policies --------------------------------------------------------------------------


@register_policy("fixed")
def fixed(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr``, always."""
    return s.base_lr, step


@register_policy("step", _stepsize, _gamma)
def step_down(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr * gamma ** floor(iteration / stepsize)``."""
    step = iteration // s.stepsize
    return float(np.float64(s.base_lr) * np.float64(s.gamma) ** step), step


@register_policy("exp", _gamma)
def exponential(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr * gamma ** iteration``."""
    return float(np.float64(s.base_lr) * np.float64(s.gamma) ** iteration), step


@register_policy("inv", _gamma)
def inverse(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr * (1 + gamma * iteration) ** -power``."""
    base = _f32(1) + _f32(s.gamma) * _f32(iteration)
    return float(_f32(s.base_lr) * np.power(base, -_f32(s.power))), step


@register_policy("multistep", _gamma)
def multistep(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr * gamma ** step``, where ``step`` counts the values of ``stepvalue`` passed."""
    # One step at most an iteration: of two equal values the second counts an iteration later.
    if step < len(s.stepvalue) and iteration >= s.stepvalue[step]:
        step += 1
    return float(np.float64(s.base_lr) * np.float64(s.gamma) ** step), step


@register_policy("poly", _max_iter)
def polynomial(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr * (1 - iteration / max_iter) ** power``: zero at the end."""
    left = _f32(1) - _f32(iteration) / _f32(s.max_iter)
    return float(_f32(s.base_lr) * np.power(left, _f32(s.power))), step


@register_policy("sigmoid", _gamma, _stepsize)
def sigmoid(s: Settings, iteration: int, step: int) -> tuple[float, int]:
    """``base_lr / (1 + exp(-gamma * (iteration - stepsize)))``."""
    # With the gamma >= 0 that Caffe asks for, the rate rises.
    exponent = -_f32(s.gamma) * (_f32(iteration) - _f32(s.stepsize))
    return float(_f32(s.base_lr) * (_f32(1) / (_f32(1) + np.exp(exponent)))), step
