"""Dropout."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

X = np.arange(1.0, 2001).reshape(2, 5, 200)


def test_test_phase_changes_and_draws_nothing() -> None:
    net = layer_net("Dropout", "", X, seed=1)
    assert np.array_equal(net.forward()["y"], X)
    assert bottom_gradients("Dropout", "", [X], X)[0].tolist() == X.tolist()


@pytest.mark.parametrize("in_place", [False, True])
def test_training_keeps_one_draw_an_element(in_place: bool) -> None:
    settings = "dropout_param { dropout_ratio: 0.2 }"
    options = {"phase": "TRAIN", "seed": 9, "in_place": in_place}
    y = top_of("Dropout", settings, X, **options)
    drawn = np.random.RandomState(9).randint(0, 2**32, X.size, np.uint64).reshape(X.shape)
    kept = drawn <= 0.8 * 2**32
    np.testing.assert_allclose(y, X * kept / 0.8, rtol=1e-6)
    dx = bottom_gradients("Dropout", settings, [X], np.ones(X.shape), **options)[0]
    np.testing.assert_allclose(dx, kept / 0.8, rtol=1e-6)


def test_every_forward_draws_anew() -> None:
    net = layer_net("Dropout", "", X, phase="TRAIN")
    assert not np.array_equal(net.forward()["y"], net.forward()["y"])


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_gradient(phase: str) -> None:
    check_layer("Dropout", "", X[:, :, :3], phase=phase)


def test_ratio_zero_keeps_all() -> None:
    settings = "dropout_param { dropout_ratio: 0 }"
    assert np.array_equal(top_of("Dropout", settings, X, phase="TRAIN"), X)


@pytest.mark.parametrize("in_place", [False, True])
def test_scale_train_false_scales_in_test(in_place: bool) -> None:
    settings = "dropout_param { dropout_ratio: 0.25 scale_train: false }"
    assert np.array_equal(top_of("Dropout", settings, X, in_place=in_place), 0.75 * X)
    dx = bottom_gradients("Dropout", settings, [X], X, in_place=in_place)[0]
    assert np.array_equal(dx, 0.75 * X)
    y = top_of("Dropout", settings, X, phase="TRAIN", in_place=in_place)
    assert set(np.unique(y / X)) == {0, 1}


def test_sqrt_scale() -> None:
    settings = "dropout_param { dropout_ratio: 0.75 sqrt_scale: true }"
    y = top_of("Dropout", settings, X, phase="TRAIN")
    assert set(np.unique(y / X)) == {0, 2}


def test_sample_weights_test_drops_in_test() -> None:
    settings = "dropout_param { sample_weights_test: true }"
    y = top_of("Dropout", settings, X)
    assert set(np.unique(y / X)) == {0, 2}


@pytest.mark.parametrize("ratio", ["1", "-0.1", "1.5", "nan"])
def test_a_ratio_out_of_range_is_refused(ratio: str) -> None:
    with pytest.raises(cp.LayerError, match=r"dropout_ratio is out of range.*from 0 to below 1"):
        layer_net("Dropout", f"dropout_param {{ dropout_ratio: {ratio} }}", X, phase="TRAIN")


@pytest.mark.parametrize("ratio", ["1", "1.5"])
def test_the_test_phase_takes_any_ratio(ratio: str) -> None:
    assert np.array_equal(top_of("Dropout", f"dropout_param {{ dropout_ratio: {ratio} }}", X), X)
