"""``caffe.SGDSolver`` and its like, ``get_solver``, ``Timer`` and ``NCCL``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from caffe_proto.errors import CaffeProtoError
from caffe_proto.pycaffe import glog
from caffe_proto.pycaffe.layer import scripts_errors
from caffe_proto.pycaffe.net import Net
from caffe_proto.pycaffe.state import set_random_seed, state
from caffe_proto.solver import Solver as NativeSolver
from caffe_proto.solver.log import say
from caffe_proto.solver.source import read_solver

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = [
    "NCCL",
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "NesterovSolver",
    "RMSPropSolver",
    "SGDSolver",
    "Solver",
    "Timer",
    "get_solver",
]


class Solver:
    """A solver; made from a solver's prototxt by one of its subclasses or :func:`get_solver`.

    The class decides how it updates, whatever ``type`` the file says. It trains on where the
    loss is not finite, as Caffe does. Its log goes to stderr.
    """

    #: The update rule; None: what the file says.
    _type: ClassVar[str | None] = None

    def __init__(self, solver_file: str | os.PathLike[str]) -> None:
        glog.start()
        settings, folder, notes = read_solver(solver_file)
        for note in notes:
            say("upgrade_proto.cpp:1113", note)
        if self._type is not None:
            settings.type = self._type
        stream = None
        if state.stream is not None:
            # One stream for the whole process, as in Caffe: a seed of the solver starts it anew.
            if settings.random_seed >= 0:
                set_random_seed(settings.random_seed)
            stream = state.stream
        with scripts_errors():
            self._native = NativeSolver(
                settings,
                folder,
                keep_going=True,
                allow_python_layers=True,
                stream=stream,
                solver_count=state.solver_count,
                solver_rank=state.solver_rank,
            )

    @cached_property
    def net(self) -> Net:
        """The net that is trained."""
        return Net.of(self._native.net)

    @cached_property
    def test_nets(self) -> list[Net]:
        """The nets that are tested; they share the parameters of :attr:`net` when a test runs."""
        return [Net.of(net) for net in self._native.test_nets]

    @property
    def iter(self) -> int:
        """How many updates the parameters have had."""
        return self._native.iter

    @property
    def param(self) -> caffe_pb2.SolverParameter:
        """The settings."""
        return self._native.settings

    @property
    def max_iter(self) -> int:
        """The iteration at which :meth:`solve` ends."""
        return self._native.settings.max_iter

    @property
    def type(self) -> str:
        """The name of the update rule: ``"SGD"`` and so on."""
        return self._native.type

    @property
    def lr(self) -> float:
        """The learning rate of the next update."""
        return self._native.lr

    @property
    def base_lr(self) -> float:
        """The learning rate that the policy starts from; may be set."""
        return self._native.settings.base_lr

    @base_lr.setter
    def base_lr(self, value: float) -> None:
        self._native.settings.base_lr = value

    def step(self, iterations: int) -> None:
        """Make ``iterations`` updates, with the tests, reports and snapshots that fall due."""
        with scripts_errors():
            self._native.step(int(iterations))

    def solve(self, resume_file: str | os.PathLike[str] | None = None) -> None:
        """Train until ``max_iter``; ``resume_file`` is a ``.solverstate`` to go on from."""
        with scripts_errors():
            self._native.solve(resume_file or None)

    def snapshot(self) -> None:
        """Write weights and state under the solver's ``snapshot_prefix``."""
        self._native.snapshot()

    def restore(self, state_file: str | os.PathLike[str]) -> None:
        """Go on from a ``.solverstate``."""
        self._native.restore(state_file)

    def apply_update(self) -> None:
        """Update the parameters by the gradients that they hold: one iteration's last part.

        Clipping, decay and the learning rate of the present iteration apply; it counts.
        """
        self._native.apply_update()

    def share_weights(self, net: Net) -> None:
        """Let ``net`` use the memory of the trained parameters."""
        net.share_with(self.net)

    def add_callback(
        self, on_start: Callable[[], Any], on_gradients_ready: Callable[[], Any] | None = None
    ) -> None:
        """Call ``on_start`` before every iteration, ``on_gradients_ready`` before every update."""
        if not callable(on_start):
            raise TypeError(f"add_callback takes functions. Received: {on_start!r}")
        ready = on_gradients_ready
        self._native.add_callback(
            before=lambda _: on_start(), gradients=None if ready is None else lambda _: ready()
        )

    def __repr__(self) -> str:
        return f"<caffe.{type(self).__name__}: {self.type}, iteration {self.iter}>"


class SGDSolver(Solver):
    """Stochastic gradient descent with momentum."""

    _type = "SGD"


class NesterovSolver(Solver):
    """Nesterov's accelerated gradient."""

    _type = "Nesterov"


class AdaGradSolver(Solver):
    """AdaGrad."""

    _type = "AdaGrad"


class RMSPropSolver(Solver):
    """RMSProp."""

    _type = "RMSProp"


class AdaDeltaSolver(Solver):
    """AdaDelta."""

    _type = "AdaDelta"


class AdamSolver(Solver):
    """Adam."""

    _type = "Adam"


_BY_TYPE = {
    str(cls._type): cls
    for cls in (
        SGDSolver,
        NesterovSolver,
        AdaGradSolver,
        RMSPropSolver,
        AdaDeltaSolver,
        AdamSolver,
    )
}


def get_solver(solver_file: str | os.PathLike[str]) -> Solver:
    """The solver that a prototxt describes, of the class that its ``type`` names."""
    settings, _, _ = read_solver(solver_file)
    return _BY_TYPE.get(settings.type, Solver)(solver_file)


class Timer:
    """A stopwatch: ``start()``, ``stop()``, then ``ms``."""

    def __init__(self) -> None:
        self._begin: float | None = None
        self._elapsed = 0.0

    def start(self) -> None:
        """Begin to measure."""
        self._begin = time.perf_counter()

    def stop(self) -> None:
        """End the measurement."""
        if self._begin is not None:
            self._elapsed = time.perf_counter() - self._begin
            self._begin = None

    @property
    def ms(self) -> float:
        """Milliseconds between start and stop; while it runs it is stopped first, as in Caffe."""
        self.stop()
        return self._elapsed * 1e3


class NcclMissingError(CaffeProtoError, RuntimeError):
    """NCCL, which exchanges gradients between GPUs, is asked for."""


def _no_nccl() -> NoReturn:
    raise NcclMissingError(
        "NCCL exchanges gradients between GPUs; this build computes on the CPU and has none "
        "(caffe.has_nccl() is False). Train with one solver: caffe.get_solver(file).solve()"
    )


class NCCL:
    """Stands for pycaffe's exchange of gradients between GPUs, which is not there.

    Raises :class:`RuntimeError` when it is made.
    """

    def __init__(self, solver: Solver, uid: str | bytes) -> None:
        _no_nccl()

    @staticmethod
    def new_uid() -> bytes:
        """Raise :class:`RuntimeError`: there is no NCCL."""
        _no_nccl()
