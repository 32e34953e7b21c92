"""Summaries and statistics."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.insight.statistics import describe_parameters, statistics_of
from caffe_proto.insight.summary import bytes_text, count_text, summarize

NET = """
name: "shared"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "data" top: "a" param { name: "w" }
  inner_product_param { num_output: 3 bias_term: false weight_filler { type: "msra" } } }
layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" param { name: "w" }
  inner_product_param { num_output: 3 bias_term: false weight_filler { type: "msra" } } }
layer { name: "relu" type: "ReLU" bottom: "b" top: "b" }
"""


def test_a_shared_parameter_counts_once() -> None:
    summary = summarize(cp.build_net(NET))
    assert summary.parameter_count == 9
    assert [layer.parameters[0].shared for layer in summary.layers[1:3]] == [False, True]


def test_macs_are_counted_for_every_use() -> None:
    assert summarize(cp.build_net(NET)).macs == 2 * (2 * 3 * 3)


def test_an_in_place_blob_counts_once() -> None:
    assert summarize(cp.build_net(NET)).blob_bytes == 4 * (6 + 6 + 6)


def test_a_summary_fills_no_parameter() -> None:
    net = cp.build_net(NET)
    summarize(net)
    assert net.params["a"][0].data_storage.pending is not None


def test_the_text_names_sharing_and_fillers() -> None:
    text = cp.build_net(NET).summary()
    assert 'msra named "w"' in text
    assert 'shared "w"' in text
    assert "b (in place)" in text


def test_statistics_of_values_with_gaps() -> None:
    facts = statistics_of(np.array([0, 1, 2, np.nan, np.inf], np.float32), bins=2)
    assert (facts.mean, facts.min, facts.max, facts.zeros, facts.not_finite) == (1, 0, 2, 1, 2)
    assert facts.std == pytest.approx((2 / 3) ** 0.5)
    assert facts.histogram == [1, 2]
    assert facts.bars() == "▄█"


def test_statistics_of_nothing() -> None:
    facts = statistics_of(np.zeros(0, np.float32))
    assert np.isnan(facts.mean)
    assert facts.bars() == ""


def test_parameters_are_described_once_with_the_formulas_deviation() -> None:
    rows = describe_parameters(cp.build_net(NET, seed=1))
    assert [(r.layer, r.index) for r in rows] == [("a", 0)]
    assert rows[0].predicted_std == pytest.approx((2 / 3) ** 0.5)


@pytest.mark.parametrize(
    ("number", "text"),
    [(999, "999"), (431080, "431,080"), (25_600_000, "25.60 M"), (3 * 10**9, "3.00 G")],
)
def test_counts_are_written_short(number: int, text: str) -> None:
    assert count_text(number) == text


@pytest.mark.parametrize(
    ("size", "text"), [(12, "12 B"), (1536, "1.50 KiB"), (1 << 40, "1.00 TiB")]
)
def test_sizes_are_written_in_binary_units(size: int, text: str) -> None:
    assert bytes_text(size) == text
