"""``caffe.pycaffe``: where pycaffe itself keeps its net and solvers."""

from __future__ import annotations

from collections import OrderedDict

from caffe_proto.pycaffe import io
from caffe_proto.pycaffe.net import Net
from caffe_proto.pycaffe.solver import (
    NCCL,
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    NesterovSolver,
    RMSPropSolver,
    SGDSolver,
    Timer,
)

__all__ = [
    "NCCL",
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "NesterovSolver",
    "Net",
    "OrderedDict",
    "RMSPropSolver",
    "SGDSolver",
    "Timer",
    "io",
]
