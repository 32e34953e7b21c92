"""Fillers: how the values of a parameter begin.

A filler is a function ``(shape, filler, rng) -> array`` registered by the name that a prototxt's
``type`` uses. ``shape`` is the parameter's shape, ``filler`` its ``FillerParameter`` message and
``rng`` the net's :class:`~caffe_proto.rng.CaffeRandom`. An own one::

    @caffe_proto.register_filler("orthogonal")
    def orthogonal(shape, filler, rng):
        matrix = rng.gaussian((shape[0], prod(shape[1:])), 0, 1)
        u, _, v = numpy.linalg.svd(matrix, full_matrices=False)
        return (u if u.shape == matrix.shape else v).reshape(shape)

In a weight of shape ``(outputs, inputs, ...)`` Caffe counts fan-in as ``count / shape[0]`` and
fan-out as ``count / shape[1]``. That is right for Convolution and InnerProduct. It is the other way
round for a Deconvolution's ``(inputs, outputs, ...)``, and takes no notice of strides.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, prod, sqrt
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import FillerError, did_you_mean
from caffe_proto.rng import CaffeRandom

__all__ = [
    "check",
    "fans",
    "fill",
    "filler_types",
    "is_builtin",
    "predicted_mean",
    "predicted_std",
    "register_filler",
]

F32 = npt.NDArray[np.float32]
Shape = tuple[int, ...]

# FillerParameter.VarianceNorm; FAN_IN is 0.
FAN_OUT, AVERAGE = 1, 2

_FLT_MAX = np.finfo(np.float32).max
_VALUES_AT_ONCE = 1 << 20


class FillerSettings(Protocol):
    """What a filler reads of a ``FillerParameter`` message (any object with these will do)."""

    @property
    def type(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def min(self) -> float: ...
    @property
    def max(self) -> float: ...
    @property
    def mean(self) -> float: ...
    @property
    def std(self) -> float: ...
    @property
    def sparse(self) -> int: ...
    @property
    def variance_norm(self) -> int: ...


Filler = Callable[[Shape, FillerSettings, CaffeRandom], npt.ArrayLike]
AnyFiller = TypeVar("AnyFiller", bound=Callable[..., npt.ArrayLike])

_fillers: dict[str, Filler] = {}
_builtin: dict[str, Filler] = {}


def register_filler(name: str) -> Callable[[AnyFiller], AnyFiller]:
    """Function decorator: the function is the filler ``type: "name"``.

    It is called as ``function(shape, filler, rng)`` with the parameter's shape, its
    ``FillerParameter`` and the net's :class:`~caffe_proto.rng.CaffeRandom`, and returns the values,
    an array of that shape. A later registration of the same name replaces the earlier one, a
    built-in filler's too.

    Raises ``TypeError`` where ``name`` is not a text or the function cannot be called.
    """
    if not (isinstance(name, str) and name):
        raise TypeError('register_filler needs the filler\'s name: @register_filler("myfiller")')

    def register(function: AnyFiller) -> AnyFiller:
        if not callable(function):
            raise TypeError(
                f"a filler is a function (shape, filler, rng) -> array. Received: {function!r}"
            )
        _fillers[name] = function
        return function

    return register


def filler_types() -> dict[str, Filler]:
    """All registered fillers by name, sorted."""
    return dict(sorted(_fillers.items()))


def is_builtin(type_name: str) -> bool:
    """Whether ``type_name`` is one of Caffe's own fillers, and nobody has replaced it."""
    return type_name in _builtin and _fillers[type_name] is _builtin[type_name]


def fans(shape: Shape) -> tuple[int, int]:
    """Fan-in and fan-out as Caffe counts them: ``count / shape[0]``, ``count / shape[1]``.

    A one-dimensional parameter has fan-in 1 and fan-out ``count``.
    """
    count = prod(shape)
    fan_in = count // shape[0]
    return fan_in, count // shape[1] if len(shape) > 1 else count


def check(filler: FillerSettings, shape: Shape) -> None:
    """Raise :class:`FillerError` where ``filler`` cannot fill a parameter of ``shape``.

    Draws nothing. These are the settings at which Caffe aborts, found before the first draw.
    """
    name = filler.type
    if name not in _fillers:
        raise FillerError(
            f'there is no filler type "{name}"{did_you_mean(name, _fillers, 3)} '
            f"(known: {', '.join(sorted(_fillers))}; "
            "an own one: @caffe_proto.register_filler)"
        )
    if prod(shape) < 1:
        raise FillerError(
            f'filler "{name}": the shape {shape} has no values. Expected: every axis at least 1'
        )
    if not is_builtin(name):
        return
    if name != "gaussian" and filler.sparse != -1:
        raise FillerError(
            f'filler "{name}" does not support sparse, found sparse: {filler.sparse}. '
            'Expected: no sparse here, or type: "gaussian"'
        )
    if name in _checks:
        _checks[name](filler, shape)


def fill(filler: FillerSettings, shape: Shape, rng: CaffeRandom) -> F32:
    """The values that ``filler`` gives a parameter: float32 of ``shape``, C-contiguous.

    Takes exactly the draws of ``rng`` that BVLC Caffe 1.0 takes. Raises :class:`FillerError` where
    :func:`check` does, and where a registered filler returns something else than such an array.
    """
    shape = tuple(shape)
    check(filler, shape)
    made = _fillers[filler.type](shape, filler, rng)
    if is_builtin(filler.type):
        return made  # type: ignore[return-value]
    try:
        # A copy: the parameter's memory is its own, whatever the function does with its array.
        values = np.array(made, np.float32, order="C")
    except (TypeError, ValueError):
        raise FillerError(
            f'filler "{filler.type}" returned {type(made).__name__}. '
            f"Expected: an array of numbers of shape {shape}"
        ) from None
    if values.shape != shape:
        raise FillerError(
            f'filler "{filler.type}" returned an array of shape {values.shape}. '
            f"Expected: the parameter's shape, {shape}"
        )
    return values


# ---------------------------------------------------------------- Caffe's own fillers


def _constant(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """Everywhere ``value`` (0). Draws nothing."""
    return np.full(shape, filler.value, np.float32)


def _uniform(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """Uniform in [``min``, ``max``] (0 to 1): Var = (max - min)^2 / 12."""
    return rng.uniform(shape, filler.min, filler.max)


def _gaussian(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """Normal with ``mean`` (0) and ``std`` (1).

    With ``sparse: k`` each value stays with probability ``k / shape[0]`` and is 0 otherwise. First
    all normal values are drawn, then the mask.
    """
    values = rng.gaussian(shape, filler.mean, filler.std)
    if filler.sparse >= 0:
        values *= rng.bernoulli(shape, _density(filler, shape))
    return values


def _positive_unitball(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """Uniform in [0, 1], then each ``x[i]`` divided by its sum, so that it sums to 1."""
    values = rng.uniform(shape, 0, 1)
    rows = values.reshape(shape[0], -1)
    step = max(1, _VALUES_AT_ONCE // rows.shape[1])
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        # Caffe adds up one by one in float32; numpy's sum would add in pairs.
        part /= np.add.accumulate(part, axis=1)[:, -1:]
    return values


def _xavier(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """Uniform in [-a, a] with a = sqrt(3 / n), so Var(W) = 1 / n.

    ``variance_norm`` says what n is: fan-in (FAN_IN), fan-out (FAN_OUT) or their mean (AVERAGE).
    AVERAGE is the normalized initialization of Glorot and Bengio, "Understanding the difficulty of
    training deep feedforward neural networks", 2010: Var(W) = 2 / (n_in + n_out), equation 12,
    and W ~ U(+-sqrt(6) / sqrt(n_in + n_out)), equation 16. The default keeps only the forward
    half of their argument, n_in Var(W) = 1, equation 10.
    """
    scale = np.sqrt(np.float32(3) / _fan(filler, shape))
    return rng.uniform(shape, -scale, scale)


def _msra(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """Normal with mean 0 and std = sqrt(2 / n), so Var(W) = 2 / n, for layers before a ReLU.

    n is as for xavier. He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015:
    n_in Var(W) / 2 = 1 (FAN_IN, equation 10), n_out Var(W) / 2 = 1 (FAN_OUT, equation 14).
    """
    return rng.gaussian(shape, 0, np.sqrt(np.float32(2) / _fan(filler, shape)))


def _bilinear(shape: Shape, filler: FillerSettings, rng: CaffeRandom) -> F32:
    """The kernel that interpolates linearly, for a Deconvolution that enlarges. Draws nothing.

    Every (height, width) plane of a K x K kernel holds ``t[y] t[x]``, ``t[x] = 1 - |x / f - c|``
    with f = ceil(K / 2), c = (K - 1) / (2 f).
    """
    size = shape[-1]
    half = (size + 1) // 2
    centre = np.float32((size - 1) / (2.0 * half))
    taps = np.float32(1) - np.abs(np.arange(size, dtype=np.float32) / np.float32(half) - centre)
    values = np.empty(shape, np.float32)
    values[...] = np.multiply.outer(taps, taps)
    return values


_builtin.update(
    constant=_constant,
    uniform=_uniform,
    gaussian=_gaussian,
    positive_unitball=_positive_unitball,
    xavier=_xavier,
    msra=_msra,
    bilinear=_bilinear,
)
_fillers.update(_builtin)


def _fan(filler: FillerSettings, shape: Shape) -> np.float32:
    """The n of xavier and msra, with Caffe's roundings: whole numbers, then float32."""
    fan_in, fan_out = fans(shape)
    n: np.float32 = np.float32(fan_out if filler.variance_norm == FAN_OUT else fan_in)
    if filler.variance_norm == AVERAGE:
        n = np.float32(fan_in + fan_out) / np.float32(2)
    return n


def _density(filler: FillerSettings, shape: Shape) -> float:
    """The part of a sparse gaussian that is not zero."""
    return float(np.float32(filler.sparse) / np.float32(shape[0]))


# ---------------------------------------------------------------- what Caffe aborts at


def _check_uniform(filler: FillerSettings, shape: Shape) -> None:
    low, high = filler.min, filler.max
    if not (isfinite(low) and isfinite(high) and low <= high and low < _FLT_MAX):
        raise FillerError(
            f'filler "uniform": found min: {filler.min:g} and max: {filler.max:g}. '
            "Expected: finite numbers with min <= max"
        )


def _check_gaussian(filler: FillerSettings, shape: Shape) -> None:
    if not np.float32(filler.std) > 0:
        raise FillerError(
            f'filler "gaussian": found std: {filler.std:g}. Expected: std > 0 '
            '(for equal values: type: "constant" and value)'
        )
    if filler.sparse == -1:
        return
    if not shape:
        raise FillerError(
            f'filler "gaussian": found sparse: {filler.sparse} for a parameter without axes. '
            "Expected: a parameter whose first axis counts the outputs"
        )
    if not 0 <= filler.sparse <= shape[0]:
        raise FillerError(
            f'filler "gaussian": found sparse: {filler.sparse} for the shape {shape}. '
            f"Expected: 0 to {shape[0]} (the first axis), or -1 for no sparsity"
        )


def _check_axes(filler: FillerSettings, shape: Shape) -> None:
    if not shape:
        raise FillerError(
            f'filler "{filler.type}": found a parameter without axes, shape (). '
            'Expected: at least one axis (for a single value: type: "constant" or "uniform")'
        )


def _check_bilinear(filler: FillerSettings, shape: Shape) -> None:
    if len(shape) != 4 or shape[2] != shape[3]:
        raise FillerError(
            f'filler "bilinear": found the shape {shape}. '
            "Expected: 4 axes with height equal to width (a square kernel)"
        )


_checks: dict[str, Callable[[FillerSettings, Shape], None]] = {
    "uniform": _check_uniform,
    "gaussian": _check_gaussian,
    "positive_unitball": _check_axes,
    "xavier": _check_axes,
    "msra": _check_axes,
    "bilinear": _check_bilinear,
}


# ---------------------------------------------------------------- what a formula foretells


def predicted_mean(filler: FillerSettings, shape: Shape) -> float | None:
    """The mean that the filler's formula gives a parameter of ``shape``; None where it has none.

    Raises :class:`FillerError` where :func:`check` does.
    """
    check(filler, shape)
    if not is_builtin(filler.type):
        return None
    if filler.type == "constant":
        return float(np.float32(filler.value))
    if filler.type == "uniform":
        return (filler.min + filler.max) / 2
    if filler.type == "gaussian":
        return filler.mean * (_density(filler, shape) if filler.sparse >= 0 else 1)
    if filler.type == "positive_unitball":
        return shape[0] / prod(shape)
    if filler.type == "bilinear":
        return float(_bilinear(shape[2:], filler, CaffeRandom(0)).mean(dtype=np.float64))
    return 0.0


def predicted_std(filler: FillerSettings, shape: Shape) -> float | None:
    """The standard deviation that the filler's formula gives a parameter of ``shape``.

    That of the distribution drawn from, not of the values drawn. None where there is no formula:
    a registered filler, ``positive_unitball`` with more than one value in a row. Raises
    :class:`FillerError` where :func:`check` does.
    """
    check(filler, shape)
    if not is_builtin(filler.type):
        return None
    if filler.type == "constant":
        return 0.0
    if filler.type == "uniform":
        return (filler.max - filler.min) / sqrt(12)
    if filler.type == "gaussian":
        if filler.sparse < 0:
            return filler.std
        kept = _density(filler, shape)
        return sqrt(kept * (filler.std**2 + filler.mean**2) - (kept * filler.mean) ** 2)
    if filler.type == "xavier":
        return 1 / sqrt(_fan(filler, shape))
    if filler.type == "msra":
        return sqrt(2 / _fan(filler, shape))
    if filler.type == "bilinear":
        return float(_bilinear(shape[2:], filler, CaffeRandom(0)).std(dtype=np.float64))
    return 0.0 if prod(shape) == shape[0] else None
