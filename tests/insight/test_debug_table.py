"""The table of what ``debug_info`` records."""

from __future__ import annotations

import re

import numpy as np

import caffe_proto as cp

NET = """
force_backward: true
debug_info: true
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: [2, 3] } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
"""


def test_data_and_diff_stand_side_by_side() -> None:
    net = cp.build_net(NET, seed=1)
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    net.forward(x=x)
    net.backward(y=np.ones((2, 4)))
    lines = net.debug.table().splitlines()
    weights = net.params["ip"][0]

    def numbers(pattern: str) -> list[float]:
        found = [line for line in lines if re.search(pattern, line)]
        assert len(found) == 1
        return [float(word) for word in found[0].split()[-2:]]

    assert re.search(r"^in +top +x +2.5$", net.debug.table(), re.M)
    expected = [np.abs(weights.data).mean(), np.abs(weights.diff).mean()]
    assert np.allclose(numbers(r"param +0 "), expected, rtol=1e-5)
    assert numbers(r"param +1 ") == [0, 2]
    assert re.search(r"^ip +bottom +x +\d", net.debug.table(), re.M)


def test_without_a_pass_it_has_no_rows() -> None:
    assert len(cp.build_net(NET).debug.table().splitlines()) == 2
