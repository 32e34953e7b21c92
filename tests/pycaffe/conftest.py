"""Nets to run, and a process that is left as it was found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import caffe_proto.pycaffe as caffe
from caffe_proto.pycaffe import glog
from caffe_proto.pycaffe.state import state

NET = """
name: "small"
force_backward: true
layer {
  name: "input" type: "Input" top: "data" top: "label"
  input_param { shape { dim: 4 dim: 2 dim: 5 dim: 6 } shape { dim: 4 } }
}
layer {
  name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param {
    num_output: 3 kernel_size: 3 pad: 1
    weight_filler { type: "gaussian" std: 0.5 } bias_filler { type: "constant" value: 0.1 }
  }
}
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer {
  name: "ip" type: "InnerProduct" bottom: "conv" top: "score"
  inner_product_param { num_output: 7 weight_filler { type: "xavier" } }
}
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" }
"""

ANSWERS = """
name: "answers"
input: "data"
input_shape { dim: 2 dim: 3 dim: 8 dim: 8 }
layer {
  name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { pool: AVE global_pooling: true }
}
layer {
  name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } }
}
layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }
"""


@pytest.fixture(autouse=True)
def left_as_found() -> Iterator[None]:
    """Undo what the drop-in keeps for a process."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    caffe.uninstall()
    glog.stop()
    state.__init__()
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("own_"):
            del sys.modules[name]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    """Write a text into a file of the test's folder; returns its path."""

    def _write(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return _write


@pytest.fixture
def net_file(write: Callable[[str, str], str]) -> str:
    """A small net with a loss."""
    return write("net.prototxt", NET)


@pytest.fixture
def net(net_file: str) -> caffe.Net:
    """The small net, built."""
    return caffe.Net(net_file, caffe.TRAIN)


@pytest.fixture
def answers_file(write: Callable[[str, str], str]) -> str:
    """A net that gives probabilities."""
    return write("answers.prototxt", ANSWERS)
