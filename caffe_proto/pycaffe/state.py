"""What pycaffe keeps for the whole process: mode, random stream, number of solvers."""

from __future__ import annotations

import sys

from caffe_proto.stream import RandomStream

__all__ = [
    "has_nccl",
    "set_device",
    "set_mode_cpu",
    "set_mode_gpu",
    "set_multiprocess",
    "set_random_seed",
    "set_solver_count",
    "set_solver_rank",
    "solver_count",
    "solver_rank",
]


class _State:
    """The process's settings."""

    def __init__(self) -> None:
        #: The stream that all nets draw from once a seed was set, as Caffe's nets do.
        self.stream: RandomStream | None = None
        self.solver_count = 1
        self.solver_rank = 0
        self.multiprocess = False
        self.gpu_asked_for = False


state = _State()


def set_mode_cpu() -> None:
    """Compute on the CPU, which is what happens anyway."""


def set_mode_gpu() -> None:
    """Go on on the CPU; the first call says so on stderr."""
    if not state.gpu_asked_for:
        state.gpu_asked_for = True
        print(
            "caffe_proto: the script asks for a GPU; this build computes on the CPU and goes on",
            file=sys.stderr,
        )


def set_device(device: int) -> None:
    """Take the number of a GPU and leave it: there is only the CPU."""


def set_random_seed(seed: int) -> None:
    """Start the random stream that nets draw from: fillers, Dropout, DummyData, data layers."""
    if state.stream is None:
        state.stream = RandomStream(int(seed))
    else:
        state.stream.reseed(int(seed))


def stream_for_net() -> RandomStream:
    """The stream for a net about to be built: everybody's after :func:`set_random_seed`."""
    if state.stream is None:
        return RandomStream()
    # What nets before have put off is drawn now: else the queue would keep their memory.
    state.stream.flush()
    return state.stream


def solver_count() -> int:
    """How many solvers share a data set, each reading its part of the records."""
    return state.solver_count


def set_solver_count(count: int) -> None:
    """Say how many solvers share a data set."""
    state.solver_count = int(count)


def solver_rank() -> int:
    """The number of this process's solver among those that share a data set."""
    return state.solver_rank


def set_solver_rank(rank: int) -> None:
    """Say which of the solvers that share a data set this process runs."""
    state.solver_rank = int(rank)


def set_multiprocess(on: bool) -> None:
    """Say whether the solvers are processes; each computes on its own here."""
    state.multiprocess = bool(on)


def has_nccl() -> bool:
    """Whether GPUs can exchange gradients with NCCL: never here."""
    return False
