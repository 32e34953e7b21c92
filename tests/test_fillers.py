"""Fillers: the values that BVLC Caffe 1.0 gives, what each formula promises, bad settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from math import prod, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format
from hypothesis import given, settings
from hypothesis import strategies as st

from caffe_proto import fillers
from caffe_proto.errors import FillerError
from caffe_proto.rng import CaffeRandom
from caffe_proto.schema import caffe_pb2

GOLDEN = Path(__file__).resolve().parent / "golden" / "fillers"
CASES = json.loads((GOLDEN / "cases.json").read_text())

# Nets whose order of draws is written out below (recurrent unrolling, forward passes).
NEEDS_A_NET = {"lstm_then_ip", "rnn_static_then_ip", "dummy_then_ip"}


def settings_of(**fields: Any) -> caffe_pb2.FillerParameter:
    return caffe_pb2.FillerParameter(**fields)


@pytest.fixture
def registry() -> Iterator[None]:
    """Forgets what a test registers."""
    before = dict(fillers._fillers)
    yield
    fillers._fillers.clear()
    fillers._fillers.update(before)


# ---------------------------------------------------------------- golden values


def fillers_of(layer: caffe_pb2.LayerParameter) -> list[caffe_pb2.FillerParameter]:
    """The fillers of a layer's parameters, in the order in which Caffe fills them."""
    if layer.type in ("Convolution", "Deconvolution", "InnerProduct"):
        param = (
            layer.inner_product_param if layer.type == "InnerProduct" else layer.convolution_param
        )
        return [param.weight_filler, param.bias_filler][: 1 + param.bias_term]
    if layer.type == "Scale" and layer.scale_param.HasField("filler"):
        return [layer.scale_param.filler, layer.scale_param.bias_filler]
    return []


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["case"] not in NEEDS_A_NET],
    ids=lambda case: f"{case['type']}-{case['case']}",
)
def test_values_are_those_of_caffe(case: dict[str, Any]) -> None:
    path = GOLDEN / case["type"] / case["case"]
    expected = np.load(path.with_suffix(".npz"))
    net = text_format.Parse(path.with_suffix(".prototxt").read_text(), caffe_pb2.NetParameter())
    rng = CaffeRandom(int(expected["seed"]))
    phase = caffe_pb2.Phase.Value(str(expected["phase"]))
    compared = 0
    taken: set[str] = set()
    for layer in net.layer:
        if layer.include and layer.include[0].phase != phase:
            continue
        for index, filler in enumerate(fillers_of(layer)):
            key = f"{layer.name}/{index}"
            whole = f"param/{key}" in expected
            shape = expected[f"param/{key}"].shape if whole else tuple(expected[f"shape/{key}"])
            values = fillers.fill(filler, shape, rng)
            assert values.dtype == np.float32
            assert values.flags.c_contiguous
            owner = layer.param[index].name if index < len(layer.param) else ""
            if owner in taken:
                continue  # drawn, then dropped: the parameter is another layer's
            taken.update({owner} - {""})
            compared += 1
            if whole:
                np.testing.assert_array_equal(values, expected[f"param/{key}"])
            else:
                np.testing.assert_array_equal(values.ravel()[:4096], expected[f"head/{key}"])
                np.testing.assert_array_equal(values.ravel()[::64], expected[f"every64/{key}"])
                digest = hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()
                assert digest == str(expected[f"sha256/{key}"])
    assert compared


UNIFORM = settings_of(type="uniform", min=-1, max=1)
GAUSSIAN = settings_of(type="gaussian", std=0.1)

# (key in the golden file or None for draws that are dropped, filler, shape), in order.
BY_HAND: dict[str, list[tuple[str | None, caffe_pb2.FillerParameter, tuple[int, ...]]]] = {
    "lstm_then_ip": [
        ("param/l/0", UNIFORM, (8, 3)),
        ("param/l/1", UNIFORM, (8,)),
        ("param/l/2", UNIFORM, (8, 2)),
        *[(None, UNIFORM, (8, 2))] * 3,  # the other three time steps
        ("param/i/0", UNIFORM, (3, 2)),
        ("param/i/1", UNIFORM, (3,)),
    ],
    "rnn_static_then_ip": [
        ("param/r/0", GAUSSIAN, (2, 2)),
        ("param/r/1", UNIFORM, (2,)),
        ("param/r/2", GAUSSIAN, (2, 3)),
        ("param/r/3", GAUSSIAN, (2, 2)),
        ("param/r/4", GAUSSIAN, (2, 2)),
        ("param/r/5", UNIFORM, (2,)),
        *[(None, GAUSSIAN, (2, 2)), (None, GAUSSIAN, (2, 2)), (None, UNIFORM, (2,))] * 2,
        ("param/i/0", GAUSSIAN, (3, 2)),
        ("param/i/1", UNIFORM, (3,)),
    ],
    "dummy_then_ip": [
        ("param/i/0", GAUSSIAN, (3, 5)),
        ("param/i/1", GAUSSIAN, (3,)),
        ("top/x", settings_of(type="uniform"), (2, 5)),  # each forward
        ("top_again/x", settings_of(type="uniform"), (2, 5)),
    ],
}


@pytest.mark.parametrize("case", BY_HAND)
def test_draws_that_are_dropped_or_come_later_keep_their_place(case: str) -> None:
    expected = np.load(GOLDEN / "stream_order" / f"{case}.npz")
    rng = CaffeRandom(int(expected["seed"]))
    for key, filler, shape in BY_HAND[case]:
        values = fillers.fill(filler, shape, rng)
        if key is not None:
            np.testing.assert_array_equal(values, expected[key])


# ---------------------------------------------------------------- formulas


def test_fans_follow_the_first_two_axes() -> None:
    assert fillers.fans((8, 3, 5, 7)) == (105, 280)
    assert fillers.fans((10, 4)) == (4, 10)
    assert fillers.fans((6,)) == (1, 6)


@pytest.mark.parametrize("norm, n", [("FAN_IN", 1200), ("FAN_OUT", 300), ("AVERAGE", 750)])
@pytest.mark.parametrize("name, gain", [("xavier", 1), ("msra", 2)])
def test_variance_is_the_gain_over_n(name: str, gain: int, norm: str, n: int) -> None:
    filler = settings_of(type=name, variance_norm=norm)
    values = fillers.fill(filler, (300, 1200), CaffeRandom(3))
    assert fillers.predicted_std(filler, (300, 1200)) == pytest.approx(sqrt(gain / n))
    assert values.std(dtype=np.float64) == pytest.approx(sqrt(gain / n), rel=0.01)
    assert abs(values.mean(dtype=np.float64)) < 5 * sqrt(gain / n / values.size)


def test_xavier_stays_within_its_bounds() -> None:
    values = fillers.fill(settings_of(type="xavier"), (300, 1200), CaffeRandom(3))
    assert abs(values).max() <= np.sqrt(np.float32(3) / np.float32(1200))


@pytest.mark.parametrize(
    "filler, shape",
    [
        (settings_of(value=0.25), (4, 3)),
        (settings_of(type="uniform", min=-1, max=3), (100, 200)),
        (settings_of(type="gaussian", mean=2, std=0.5), (100, 200)),
        (settings_of(type="gaussian", mean=2, std=0.5, sparse=30), (100, 200)),
        (settings_of(type="bilinear"), (3, 2, 5, 5)),
        (settings_of(type="positive_unitball"), (40, 1)),
    ],
    ids=["constant", "uniform", "gaussian", "sparse", "bilinear", "unitball"],
)
def test_values_have_the_predicted_mean_and_std(
    filler: caffe_pb2.FillerParameter, shape: tuple[int, ...]
) -> None:
    values = fillers.fill(filler, shape, CaffeRandom(11))
    mean, std = fillers.predicted_mean(filler, shape), fillers.predicted_std(filler, shape)
    assert values.std(dtype=np.float64) == pytest.approx(std, rel=0.02)
    assert values.mean(dtype=np.float64) == pytest.approx(mean, rel=0.02)


def test_rows_of_the_unit_ball_have_no_predicted_std() -> None:
    filler = settings_of(type="positive_unitball")
    assert fillers.predicted_std(filler, (3, 4)) is None
    assert fillers.predicted_mean(filler, (3, 4)) == 0.25


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_rows_of_the_unit_ball_sum_to_one(shape: tuple[int, ...], seed: int) -> None:
    values = fillers.fill(settings_of(type="positive_unitball"), shape, CaffeRandom(seed))
    assert (values >= 0).all()
    np.testing.assert_allclose(values.reshape(shape[0], -1).sum(axis=1), 1, rtol=1e-5)


def test_unit_ball_in_several_blocks_of_rows_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    filler = settings_of(type="positive_unitball")
    whole = fillers.fill(filler, (50, 7), CaffeRandom(2))
    monkeypatch.setattr(fillers, "_VALUES_AT_ONCE", 20)
    np.testing.assert_array_equal(fillers.fill(filler, (50, 7), CaffeRandom(2)), whole)


def test_sparse_draws_all_values_before_the_mask() -> None:
    filler = settings_of(type="gaussian", std=2, sparse=4)
    rng = CaffeRandom(5)
    values = fillers.fill(filler, (16, 9), rng)
    other = CaffeRandom(5)
    dense = other.gaussian((16, 9), 0, 2)
    np.testing.assert_array_equal(values, dense * other.bernoulli((16, 9), 0.25))
    assert rng.next() == other.next()


def test_sparse_zero_leaves_signed_zeros_and_draws_no_mask() -> None:
    rng, other = CaffeRandom(5), CaffeRandom(5)
    values = fillers.fill(settings_of(type="gaussian", sparse=0), (16, 9), rng)
    dense = other.gaussian((16, 9), 0, 1)
    assert not values.any()
    np.testing.assert_array_equal(np.signbit(values), np.signbit(dense))
    assert rng.next() == other.next()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 13, 64])
def test_bilinear_planes_interpolate(size: int) -> None:
    values = fillers.fill(settings_of(type="bilinear"), (2, 3, size, size), CaffeRandom(1))
    half = (size + 1) // 2
    taps = [1 - abs(x / half - (size - 1) / (2 * half)) for x in range(size)]
    np.testing.assert_allclose(values[1, 2], np.outer(taps, taps), rtol=1e-6)
    assert (values == values[0, 0]).all()
    np.testing.assert_allclose(values, values[:, :, ::-1, ::-1], rtol=1e-6)


@pytest.mark.parametrize("name", ["constant", "bilinear"])
def test_constant_and_bilinear_draw_nothing(name: str) -> None:
    rng = CaffeRandom(8)
    fillers.fill(settings_of(type=name, value=3), (2, 2, 4, 4), rng)
    assert rng.next() == CaffeRandom(8).next()


def test_default_filler_is_zero() -> None:
    values = fillers.fill(settings_of(), (2, 3), CaffeRandom(1))
    assert values.shape == (2, 3)
    assert not values.any()


@pytest.mark.parametrize("name", ["constant", "uniform", "gaussian"])
def test_a_parameter_without_axes_is_filled(name: str) -> None:
    assert fillers.fill(settings_of(type=name), (), CaffeRandom(1)).shape == ()


# ---------------------------------------------------------------- bad settings


@pytest.mark.parametrize(
    "fields, shape, words",
    [
        ({"type": "gaussian", "std": 0}, (3, 4), ["gaussian", "std: 0", "std > 0"]),
        ({"type": "gaussian", "std": -1}, (3, 4), ["std: -1", "std > 0"]),
        ({"type": "gaussian", "std": float("nan")}, (3, 4), ["std: nan", "std > 0"]),
        ({"type": "gaussian", "sparse": 4}, (3, 4), ["sparse: 4", "(3, 4)", "0 to 3"]),
        ({"type": "gaussian", "sparse": -2}, (3, 4), ["sparse: -2", "-1 for no sparsity"]),
        ({"type": "gaussian", "sparse": 1}, (), ["sparse: 1", "without axes"]),
        ({"type": "uniform", "min": 2, "max": 1}, (3,), ["min: 2", "max: 1", "min <= max"]),
        ({"type": "uniform", "max": float("inf")}, (3,), ["max: inf", "finite"]),
        ({"type": "uniform", "min": float("nan")}, (3,), ["min: nan"]),
        ({"type": "uniform", "min": 3.4028234663852886e38, "max": 3.4028234663852886e38}, (3,), []),
        ({"type": "constant", "sparse": 1}, (3,), ["constant", "sparse: 1", '"gaussian"']),
        ({"type": "uniform", "sparse": 0}, (3,), ["uniform", "sparse: 0"]),
        ({"type": "xavier", "sparse": 1}, (3, 4), ["xavier", "sparse"]),
        ({"type": "msra", "sparse": 1}, (3, 4), ["msra", "sparse"]),
        ({"type": "positive_unitball", "sparse": 1}, (3, 4), ["positive_unitball", "sparse"]),
        ({"type": "bilinear", "sparse": 1}, (1, 1, 2, 2), ["bilinear", "sparse"]),
        ({"type": "bilinear"}, (1, 1, 2, 3), ["bilinear", "(1, 1, 2, 3)", "square"]),
        ({"type": "bilinear"}, (4, 4), ["bilinear", "(4, 4)", "4 axes"]),
        ({"type": "positive_unitball"}, (), ["positive_unitball", "without axes"]),
        ({"type": "xavier"}, (), ["xavier", "without axes"]),
        ({"type": "msra"}, (), ["msra", "without axes"]),
        ({"type": "constant"}, (3, 0), ["(3, 0)", "at least 1"]),
        ({"type": "xaiver"}, (3, 4), ['"xaiver"', 'did you mean "xavier"', "register_filler"]),
        ({"type": ""}, (3,), ['no filler type ""', "known:"]),
    ],
)
def test_settings_at_which_caffe_aborts_are_errors(
    fields: dict[str, Any], shape: tuple[int, ...], words: list[str]
) -> None:
    rng = CaffeRandom(1)
    with pytest.raises(FillerError) as raised:
        fillers.fill(settings_of(**fields), shape, rng)
    for word in words:
        assert word in str(raised.value)
    assert rng.next() == CaffeRandom(1).next(), "an error comes before the first draw"


@pytest.mark.parametrize("ask", [fillers.predicted_mean, fillers.predicted_std])
def test_predictions_refuse_what_fill_refuses(ask: Any) -> None:
    with pytest.raises(FillerError, match="std > 0"):
        ask(settings_of(type="gaussian", std=0), (3,))


# ---------------------------------------------------------------- own fillers


@pytest.mark.usefixtures("registry")
class TestOwnFillers:
    def test_gets_shape_settings_and_stream(self) -> None:
        @fillers.register_filler("halves")
        def halves(shape: Any, filler: Any, rng: CaffeRandom) -> Any:
            return rng.uniform(shape, 0, filler.value).astype(np.float64)

        rng, other = CaffeRandom(1), CaffeRandom(1)
        values = fillers.fill(settings_of(type="halves", value=0.5), (2, 3), rng)
        np.testing.assert_array_equal(values, other.uniform((2, 3), 0, 0.5))
        assert values.dtype == np.float32
        assert rng.next() == other.next()

    def test_keeps_no_hold_on_the_values(self) -> None:
        mine = np.ones((2, 3), np.float32)
        fillers.register_filler("mine")(lambda shape, filler, rng: mine)
        values = fillers.fill(settings_of(type="mine"), (2, 3), CaffeRandom(1))
        mine[...] = 7
        assert (values == 1).all()

    def test_fortran_order_becomes_c_order(self) -> None:
        fillers.register_filler("columns")(
            lambda shape, filler, rng: np.asfortranarray(np.arange(6.0).reshape(shape))
        )
        values = fillers.fill(settings_of(type="columns"), (2, 3), CaffeRandom(1))
        assert values.flags.c_contiguous
        assert values.ravel().tolist() == [0, 1, 2, 3, 4, 5]

    @pytest.mark.parametrize("shape", [(3, 2), (6,), (2, 3, 1), ()])
    def test_wrong_shape_is_an_error(self, shape: tuple[int, ...]) -> None:
        fillers.register_filler("wrong")(lambda *_: np.zeros(shape))
        with pytest.raises(FillerError) as raised:
            fillers.fill(settings_of(type="wrong"), (2, 3), CaffeRandom(1))
        assert f"returned an array of shape {shape}" in str(raised.value)
        assert "(2, 3)" in str(raised.value)

    def test_no_numbers_is_an_error(self) -> None:
        fillers.register_filler("words")(lambda *_: ["some", "words"])
        with pytest.raises(FillerError, match=r"returned list.*array of numbers"):
            fillers.fill(settings_of(type="words"), (2,), CaffeRandom(1))

    def test_may_use_sparse(self) -> None:
        fillers.register_filler("thin")(lambda shape, filler, rng: np.full(shape, filler.sparse))
        values = fillers.fill(settings_of(type="thin", sparse=5), (2,), CaffeRandom(1))
        assert values.tolist() == [5, 5]

    def test_replaces_a_built_in_one(self) -> None:
        assert fillers.is_builtin("xavier")
        fillers.register_filler("xavier")(lambda shape, filler, rng: np.ones(shape))
        assert not fillers.is_builtin("xavier")
        assert fillers.fill(settings_of(type="xavier"), (2,), CaffeRandom(1)).tolist() == [1, 1]
        assert fillers.predicted_std(settings_of(type="xavier"), (2,)) is None
        assert fillers.predicted_mean(settings_of(type="xavier"), (2,)) is None

    def test_is_listed(self) -> None:
        fillers.register_filler("orthogonal")(lambda shape, filler, rng: np.zeros(shape))
        assert "orthogonal" in fillers.filler_types()
        assert not fillers.is_builtin("orthogonal")
        assert not fillers.is_builtin("unheard_of")

    def test_orthogonal_example_of_the_documentation(self) -> None:
        @fillers.register_filler("orthogonal")
        def orthogonal(shape: Any, filler: Any, rng: CaffeRandom) -> Any:
            matrix = rng.gaussian((shape[0], prod(shape[1:])), 0, 1)
            u, _, v = np.linalg.svd(matrix, full_matrices=False)
            return (u if u.shape == matrix.shape else v).reshape(shape)

        for shape in [(4, 3, 2, 2), (12, 5)]:
            values = fillers.fill(settings_of(type="orthogonal"), shape, CaffeRandom(1))
            rows = values.reshape(shape[0], -1)
            product = rows @ rows.T if shape[0] < rows.shape[1] else rows.T @ rows
            np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-5)

    def test_needs_a_name(self) -> None:
        with pytest.raises(TypeError, match=r'@register_filler\("myfiller"\)'):
            fillers.register_filler(lambda *_: 0)  # type: ignore[arg-type]

    def test_needs_a_function(self) -> None:
        with pytest.raises(TypeError, match="Received: 3"):
            fillers.register_filler("three")(3)  # type: ignore[type-var]
