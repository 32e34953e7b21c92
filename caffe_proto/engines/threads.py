"""The threads that a plan's steps are shared by: those of :mod:`caffe_proto.threads`."""

from __future__ import annotations

from caffe_proto.threads import Task, available_threads, run_tasks, single_blas_thread

__all__ = ["Task", "available_threads", "run_tasks", "single_blas_thread"]
