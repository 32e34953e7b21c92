"""Solvers: update rules, learning-rate policies, tests and snapshots, as Caffe has them."""

from __future__ import annotations

from caffe_proto.solver.build import build_solver
from caffe_proto.solver.events import Output, Report, TestResult
from caffe_proto.solver.schedules import policies, register_policy
from caffe_proto.solver.solver import Solver
from caffe_proto.solver.updates import UpdateRule, register_solver, solver_types

__all__ = [
    "Output",
    "Report",
    "Solver",
    "TestResult",
    "UpdateRule",
    "build_solver",
    "policies",
    "register_policy",
    "register_solver",
    "solver_types",
]
