"""``caffe._caffe``: the names of pycaffe's compiled module, which some scripts import from."""

from __future__ import annotations

from caffe_proto.blob import Blob
from caffe_proto.pycaffe.glog import init_log, log
from caffe_proto.pycaffe.layer import BlobVec, Layer
from caffe_proto.pycaffe.net import Net
from caffe_proto.pycaffe.registry import __version__, layer_type_list
from caffe_proto.pycaffe.solver import (
    NCCL,
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    NesterovSolver,
    RMSPropSolver,
    SGDSolver,
    Solver,
    Timer,
    get_solver,
)
from caffe_proto.pycaffe.state import (
    has_nccl,
    set_device,
    set_mode_cpu,
    set_mode_gpu,
    set_multiprocess,
    set_random_seed,
    set_solver_count,
    set_solver_rank,
    solver_count,
    solver_rank,
)
from caffe_proto.schema import LayerParameter, SolverParameter

__all__ = [
    "NCCL",
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "Blob",
    "BlobVec",
    "Layer",
    "LayerParameter",
    "NesterovSolver",
    "Net",
    "RMSPropSolver",
    "SGDSolver",
    "Solver",
    "SolverParameter",
    "Timer",
    "__version__",
    "get_solver",
    "has_nccl",
    "init_log",
    "layer_type_list",
    "log",
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
