"""Update rules: from a gradient to what is subtracted from the parameter, by the solver's type.

A rule is one class, found by the name that ``type`` gives; a new one is registered the same way.
It says how many history blobs a parameter has and how a piece of a parameter is updated. Pieces
are flat and small enough to stay in the cache, and every step works in place.

The arithmetic is Caffe's (``src/caffe/solvers/*_solver.cpp``), operation by operation in float32,
so that a trajectory agrees with Caffe's to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.errors import SolverError, did_you_mean

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["UpdateRule", "register_solver", "solver_types", "update_rule"]

R = TypeVar("R", bound="type[UpdateRule]")

#: Two flat arrays of a piece's length, to compute in.
Scratch = tuple[Array, Array]

_rules: dict[str, type[UpdateRule]] = {}


def register_solver(name: str) -> Callable[[R], R]:
    """Class decorator: the class is the update rule of ``type: "name"``."""

    def register(cls: R) -> R:
        cls.type = name
        _rules[name] = cls
        return cls

    return register


def solver_types() -> list[str]:
    """The names that a solver's ``type`` may give."""
    return sorted(_rules)


def update_rule(settings: caffe_pb2.SolverParameter) -> UpdateRule:
    """The update rule that ``settings`` ask for.

    Raises :class:`SolverError` for an unknown type and for settings that the rule refuses.
    """
    name = settings.type
    if name not in _rules:
        known = ", ".join(solver_types())
        raise SolverError(
            f'unknown solver type "{name}"{did_you_mean(name, _rules) or "."} '
            f"Expected one of: {known}"
        )
    return _rules[name](settings)


class UpdateRule:
    """Base of the rules: settings as float32 numbers, and what a rule defines.

    In the formulas ``g`` is the gradient (clipped, averaged over ``iter_size``, decay added),
    ``r`` the learning rate times ``lr_mult``, ``m`` is ``momentum``, and ``w -= d`` follows.
    """

    type: ClassVar[str] = ""
    #: History blobs a parameter.
    histories: ClassVar[int] = 1
    #: Whether a parameter with a rate of zero leaves its (empty) history empty.
    idle_at_zero_rate: ClassVar[bool] = False

    def __init__(self, settings: caffe_pb2.SolverParameter) -> None:
        self.momentum = np.float32(settings.momentum)
        self.delta = np.float32(settings.delta)
        self.check(settings)

    def check(self, settings: caffe_pb2.SolverParameter) -> None:
        """Raise :class:`SolverError` for settings that do not fit the rule."""

    def begin(self, iteration: int) -> None:
        """Prepare for the updates of ``iteration`` (counted from 0)."""

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        """Turn ``g`` into ``d`` in place and carry ``history`` on.

        ``g``, each of ``history`` and the two of ``work`` (scratch) are flat and of one length;
        ``rate`` is a float32 number.
        """
        raise NotImplementedError

    def _no_momentum(self, settings: caffe_pb2.SolverParameter) -> None:
        if settings.momentum:
            raise SolverError(
                f"momentum is {settings.momentum:g}. Expected: none, {self.type} cannot use it"
            )


@register_solver("SGD")
class SGD(UpdateRule):
    """Gradient descent with momentum: ``h = m h + r g``, ``d = h``.

    Bottou, Stochastic Gradient Descent Tricks, 2012.
    """

    idle_at_zero_rate = True

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        (h,) = history
        h *= self.momentum
        g *= rate
        h += g
        g[...] = h


@register_solver("Nesterov")
class Nesterov(UpdateRule):
    """Nesterov's accelerated gradient: ``h' = m h + r g``, ``d = (1 + m) h' - m h``.

    Nesterov 1983; in this form Sutskever et al., On the importance of initialization and momentum
    in deep learning, ICML 2013.
    """

    idle_at_zero_rate = True

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        (h,) = history
        m = self.momentum
        back = work[0]
        np.multiply(h, m, out=back)
        g *= rate
        np.add(back, g, out=h)
        np.multiply(h, np.float32(1) + m, out=g)
        g -= back


@register_solver("AdaGrad")
class AdaGrad(UpdateRule):
    """Adaptive gradient: ``h += g²``, ``d = r g / (√h + delta)``.

    Duchi, Hazan, Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization, JMLR 2011.
    """

    def check(self, settings: caffe_pb2.SolverParameter) -> None:
        """No momentum."""
        self._no_momentum(settings)

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        (h,) = history
        root = work[0]
        np.multiply(g, g, out=root)
        h += root
        np.sqrt(h, out=root)
        root += self.delta
        g /= root
        g *= rate


@register_solver("RMSProp")
class RMSProp(UpdateRule):
    """Divide by a running root mean square: ``h = q h + (1 - q) g²``, ``d = r g / (√h + delta)``.

    ``q`` is ``rms_decay``. Tieleman, Hinton, Lecture 6.5 of Neural Networks for Machine Learning,
    Coursera 2012.
    """

    def check(self, settings: caffe_pb2.SolverParameter) -> None:
        """No momentum; ``rms_decay`` in [0, 1)."""
        self._no_momentum(settings)
        if not 0 <= settings.rms_decay < 1:
            raise SolverError(
                f"rms_decay is {settings.rms_decay:g}. Expected: from 0 to less than 1"
            )
        self.decay = np.float32(settings.rms_decay)

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        (h,) = history
        root = work[0]
        np.multiply(g, g, out=root)
        root *= np.float32(1) - self.decay
        h *= self.decay
        h += root
        np.sqrt(h, out=root)
        root += self.delta
        g /= root
        g *= rate


@register_solver("AdaDelta")
class AdaDelta(UpdateRule):
    """Steps as large as the steps before: no rate of its own, ``r`` scales.

    ``h = m h + (1 - m) g²``, ``u = g √((s + delta) / (h + delta))``, ``s = m s + (1 - m) u²``,
    ``d = r u``. Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012, algorithm 1; ``m`` is
    its decay constant.
    """

    histories = 2

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        h, s = history
        m = self.momentum
        rest = np.float32(1) - m
        above, below = work
        np.multiply(g, g, out=above)
        above *= rest
        h *= m
        h += above
        np.add(s, self.delta, out=above)
        np.add(h, self.delta, out=below)
        above /= below
        np.sqrt(above, out=above)
        g *= above  # g is u from here on
        np.multiply(g, g, out=above)
        above *= rest
        s *= m
        s += above
        g *= rate


@register_solver("Adam")
class Adam(UpdateRule):
    """Adaptive moments: ``a = m a + (1 - m) g``, ``b = n b + (1 - n) g²``.

    ``d = r √(1 - nᵗ) / (1 - mᵗ) · a / (√b + delta)``, ``n`` is ``momentum2``, ``t`` counts from 1.
    Kingma, Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, in the order of computation
    of its section 2.
    """

    histories = 2

    def check(self, settings: caffe_pb2.SolverParameter) -> None:
        """``momentum2`` from 0 to 1: Caffe takes roots of negative numbers otherwise."""
        if not 0 <= settings.momentum2 <= 1:
            raise SolverError(f"momentum2 is {settings.momentum2:g}. Expected: from 0 to 1")
        self.momentum2 = np.float32(settings.momentum2)
        self.correction = np.float32(1)

    def begin(self, iteration: int) -> None:
        """Work out the correction of the moments' bias towards their start, zero."""
        t = iteration + 1
        first = 1 - float(self.momentum) ** t
        second = 1 - float(self.momentum2) ** t
        self.correction = np.float32(math.sqrt(second) / first if first else math.inf)

    def update(self, g: Array, history: Sequence[Array], rate: Any, work: Scratch) -> None:
        a, b = history
        root = work[0]
        np.multiply(g, g, out=root)
        root *= np.float32(1) - self.momentum2
        b *= self.momentum2
        b += root
        g *= np.float32(1) - self.momentum
        a *= self.momentum
        a += g
        np.sqrt(b, out=root)
        root += self.delta
        np.divide(a, root, out=g)
        g *= rate * self.correction
