"""The update of all parameters: pieces, freezing, clipping, decay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.solver import parameters
from caffe_proto.solver.updates import SGD

NET = """
layer {{ name: "data" type: "DummyData" top: "x" top: "t" dummy_data_param {{
  shape {{ dim: 4 dim: 6 }} shape {{ dim: 4 dim: 3 }}
  data_filler {{ type: "uniform" min: -1 max: 1 }} data_filler {{ type: "constant" value: 1 }} }} }}
layer {{ name: "a" type: "InnerProduct" bottom: "x" top: "a" {first}
  inner_product_param {{ num_output: 5 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "b" type: "InnerProduct" bottom: "a" top: "b" {second}
  inner_product_param {{ num_output: 3 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "loss" type: "EuclideanLoss" bottom: "b" bottom: "t" top: "loss" }}
"""
FROZEN = "param { lr_mult: 0 } param { lr_mult: 0 }"


def solver(settings: str = "", first: str = "", second: str = "") -> cp.Solver:
    net = NET.format(first=first, second=second)
    return cp.build_solver(
        f'base_lr: 0.1 lr_policy: "fixed" random_seed: 4 {settings} net_param {{ {net} }}'
    )


def values(trained: cp.Solver) -> list[np.ndarray]:
    return [p.data.copy() for p in trained.net.learnable_params]


@pytest.mark.parametrize("kind", ["SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"])
@pytest.mark.parametrize("decay", ["L1", "L2"])
def test_pieces_do_not_change_the_result(
    kind: str, decay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = f'type: "{kind}" weight_decay: 0.1 regularization_type: "{decay}"'
    whole = solver(settings)
    whole.step(3)
    monkeypatch.setattr(parameters, "PIECE", 7)
    cut = solver(settings)
    cut.step(3)
    for one, other in zip(values(whole), values(cut), strict=True):
        np.testing.assert_array_equal(one, other)


def test_frozen_parameters_keep_their_bits_and_cost_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen = solver("momentum: 0.9 weight_decay: 0.5", first=FROZEN)
    before = values(frozen)
    updated: list[int] = []
    update = SGD.update

    def count(self: SGD, g: Any, history: Any, rate: Any, work: Any) -> None:
        updated.append(g.size)
        update(self, g, history, rate, work)

    monkeypatch.setattr(SGD, "update", count)
    ran: list[int] = []
    frozen.net.after_backward.append(ran.append)
    layer = frozen.net.layer("a")
    monkeypatch.setattr(layer, "run_backward", lambda: pytest.fail("a frozen layer ran backward"))
    frozen.step(2)
    np.testing.assert_array_equal(before[0], frozen.net.params["a"][0].data)
    np.testing.assert_array_equal(before[1], frozen.net.params["a"][1].data)
    assert (before[2] != frozen.net.params["b"][0].data).any()
    assert updated == [15, 3] * 2
    # Nobody has asked for memory for their gradients.
    assert frozen.net.params["a"][0].diff_storage.buffer is None


def test_adams_history_of_a_frozen_parameter_gathers_the_decay_as_in_caffe() -> None:
    frozen = solver('type: "Adam" momentum: 0.9 weight_decay: 0.5', first=FROZEN)
    weights = frozen.net.params["a"][0].data.copy()
    frozen.step(1)
    np.testing.assert_array_equal(frozen.net.params["a"][0].data, weights)
    np.testing.assert_allclose(frozen.history[0], 0.1 * 0.5 * weights, rtol=1e-5)


def test_a_parameter_frozen_after_a_while_still_moves_by_its_momentum_as_in_caffe() -> None:
    trained = solver("momentum: 0.5")
    trained.step(1)
    weight = trained.net.params["a"][0]
    weight.lr_mult = 0
    weight.needs_grad = False
    before, speed = weight.data.copy(), trained.history[0].copy()
    trained.step(1)
    np.testing.assert_allclose(weight.data, before - 0.5 * speed, rtol=1e-5, atol=1e-7)


def test_multipliers_changed_between_steps_count() -> None:
    trained = solver()
    trained.net.params["b"][0].lr_mult = 0
    before = trained.net.params["b"][0].data.copy()
    trained.step(1)
    np.testing.assert_array_equal(trained.net.params["b"][0].data, before)


def test_after_a_step_diff_holds_what_was_subtracted() -> None:
    trained = solver("momentum: 0.9")
    before = values(trained)
    trained.step(1)
    for old, p in zip(before, trained.net.learnable_params, strict=True):
        np.testing.assert_allclose(old - p.data, p.diff, rtol=1e-4, atol=1e-6)


def test_clipping_scales_the_norm_of_all_gradients_together() -> None:
    trained = solver("clip_gradients: 0.25")
    trained.step(1)
    norm = np.sqrt(sum((p.diff**2).sum() for p in trained.net.learnable_params))
    assert norm == pytest.approx(0.1 * 0.25, rel=1e-5)


def test_gradients_below_the_limit_are_left_alone() -> None:
    free, limited = solver(), solver("clip_gradients: 1000")
    free.step(1)
    limited.step(1)
    for one, other in zip(values(free), values(limited), strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_loaded_between_steps_are_trained_on(tmp_path: Any) -> None:
    trained = solver()
    trained.net.save(tmp_path / "start.caffemodel")
    trained.step(2)
    first = values(trained)
    trained.net.load(tmp_path / "start.caffemodel")
    start = values(trained)
    trained.step(1)
    assert all((a != b).any() for a, b in zip(start, values(trained), strict=True))
    assert any((a != b).any() for a, b in zip(first, values(trained), strict=True))
