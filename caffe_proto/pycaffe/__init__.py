"""The names and habits of pycaffe 1.0: scripts that say ``import caffe`` run without Caffe.

Three ways in: ``import caffe_proto.pycaffe as caffe``; ``caffe-proto python script.py``, which
runs a script with ``caffe`` standing for this package; and :func:`install`, which does the same
within a process.
"""

from __future__ import annotations

from caffe_proto.pycaffe import io, proto
from caffe_proto.pycaffe._caffe import (
    Layer,
    get_solver,
    has_nccl,
    init_log,
    layer_type_list,
    log,
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
from caffe_proto.pycaffe.classifier import Classifier
from caffe_proto.pycaffe.detector import Detector
from caffe_proto.pycaffe.net_spec import NetSpec, layers, params, to_proto
from caffe_proto.pycaffe.pycaffe import (
    NCCL,
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    NesterovSolver,
    Net,
    RMSPropSolver,
    SGDSolver,
    Timer,
)
from caffe_proto.pycaffe.registry import __version__
from caffe_proto.pycaffe.standin import install, uninstall
from caffe_proto.schema import TEST, TRAIN

__all__ = [
    "NCCL",
    "TEST",
    "TRAIN",
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "Classifier",
    "Detector",
    "Layer",
    "NesterovSolver",
    "Net",
    "NetSpec",
    "RMSPropSolver",
    "SGDSolver",
    "Timer",
    "__version__",
    "get_solver",
    "has_nccl",
    "init_log",
    "install",
    "io",
    "layer_type_list",
    "layers",
    "log",
    "params",
    "proto",
    "set_device",
    "set_mode_cpu",
    "set_mode_gpu",
    "set_multiprocess",
    "set_random_seed",
    "set_solver_count",
    "set_solver_rank",
    "solver_count",
    "solver_rank",
    "to_proto",
    "uninstall",
]
