"""Input, DummyData, Parameter."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients


def _source(type_name: str, settings: str, tops: int = 1, **options: object) -> cp.Net:
    names = " ".join(f'top: "{name}"' for name in "abc"[:tops])
    text = f'layer {{ name: "op" type: "{type_name}" {names} {settings} }}'
    return cp.build_net(text, **options)  # type: ignore[arg-type]


def _shapes(net: cp.Net) -> list[tuple[int, ...]]:
    return [blob.shape for blob in net.blobs.values()]


@pytest.mark.parametrize(
    "settings, expected",
    [
        ("shape { dim: 2 dim: 3 }", [(2, 3), (2, 3)]),
        ("shape { dim: 2 } shape { dim: 1 dim: 0 }", [(2,), (1, 0)]),
        ("shape { }", [(), ()]),
        ("", [(), ()]),
    ],
)
def test_shapes_of_inputs(settings: str, expected: list[tuple[int, ...]]) -> None:
    assert _shapes(_source("Input", f"input_param {{ {settings} }}", 2)) == expected


def test_an_input_keeps_the_shape_that_it_was_given_later() -> None:
    net = _source("Input", "input_param { shape { dim: 2 } }")
    net.reshape(a=(5, 1))
    net.forward()
    net.layer("op").reshape()
    assert net.blobs["a"].shape == (5, 1)


@pytest.mark.parametrize(
    "type_name, settings, words",
    [
        (
            "Input",
            "input_param { shape { dim: 1 } shape { dim: 1 } }",
            r"input_param.shape is given 2 time.*0, 1 or 3",
        ),
        ("Input", "input_param { shape { dim: -1 } }", r"input_param.shape is \(-1,\)"),
        (
            "Input",
            "input_param { shape { " + "dim: 1 " * 33 + "} }",
            r"33 axes. Expected: at most 32",
        ),
        ("DummyData", "", r"dummy_data_param.shape is given 0 time.*Expected: 1 or 3"),
        (
            "DummyData",
            "dummy_data_param { shape { dim: 1 } shape { dim: 1 } }",
            r"shape is given 2 time",
        ),
        (
            "DummyData",
            "dummy_data_param { shape { dim: 1 } data_filler { } data_filler { } }",
            r"data_filler is given 2 time.*Expected: 0, 1 or 3",
        ),
        (
            "DummyData",
            "dummy_data_param { shape { dim: 1 } num: 1 }",
            r"both shape and num, channels",
        ),
        (
            "DummyData",
            "dummy_data_param { num: 1 height: 1 width: 1 }",
            r"channels is given 0 time",
        ),
        (
            "DummyData",
            'dummy_data_param { shape { dim: 1 } data_filler { type: "gausian" } }',
            r'no filler type "gausian"; did you mean "gaussian"',
        ),
    ],
)
def test_bad_settings_are_refused(type_name: str, settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        _source(type_name, settings, 3)


def test_too_many_values_are_refused_before_memory_is_asked_for() -> None:
    with pytest.raises(cp.LayerError, match="at most 2147483647"):
        _source("Input", "input_param { shape { dim: 65536 dim: 65536 } }")


@pytest.mark.parametrize(
    "settings, expected",
    [
        ("num: 2 channels: 3 height: 1 width: 4", [(2, 3, 1, 4)] * 2),
        ("num: 2 num: 1 channels: 3 height: 1 height: 5 width: 4", [(2, 3, 1, 4), (1, 3, 5, 4)]),
        ("shape { dim: 2 }", [(2,), (2,)]),
        ("shape { dim: 2 } shape { dim: 1 dim: 3 }", [(2,), (1, 3)]),
    ],
)
def test_shapes_of_dummy_data(settings: str, expected: list[tuple[int, ...]]) -> None:
    assert _shapes(_source("DummyData", f"dummy_data_param {{ {settings} }}", 2)) == expected


def test_constant_data_is_filled_once() -> None:
    settings = "dummy_data_param { shape { dim: 2 } data_filler { value: 3 } }"
    net = _source("DummyData", settings)
    assert net.forward()["a"].tolist() == [3, 3]
    net.blobs["a"].data[...] = 7
    assert net.forward()["a"].tolist() == [7, 7]


def test_random_data_is_drawn_at_every_forward_and_not_before() -> None:
    settings = (
        'dummy_data_param { shape { dim: 3 } data_filler { type: "uniform" } '
        'data_filler { value: 2 } data_filler { type: "uniform" min: 4 max: 5 } }'
    )
    net = _source("DummyData", settings, 3, seed=5)
    assert not net.blobs["a"].data.any()
    drawn = np.random.RandomState(5).randint(0, 2**32, 12, np.uint64) / 2.0**32
    for i in (0, 6):
        out = net.forward()
        np.testing.assert_allclose(out["a"], drawn[i : i + 3], rtol=1e-6)
        assert out["b"].tolist() == [2, 2, 2]
        np.testing.assert_allclose(out["c"], 4 + drawn[i + 3 : i + 6], rtol=1e-6)


def test_a_parameter_is_its_top() -> None:
    net = _source("Parameter", "parameter_param { shape { dim: 2 dim: 3 } }")
    assert not net.forward()["a"].any()
    net.params["op"][0].data[...] = 4
    assert net.forward()["a"].tolist() == [[4] * 3] * 2
    net.blobs["a"].diff[...] = 5
    assert net.params["op"][0].diff.tolist() == [[5] * 3] * 2


def test_a_parameter_with_a_filler() -> None:
    settings = "parameter_param { shape { dim: 2 } blob_filler { value: 3 } }"
    assert _source("Parameter", settings).forward()["a"].tolist() == [3, 3]


def test_a_parameter_takes_the_memory_that_it_shares() -> None:
    text = (
        'layer { name: "p" type: "Parameter" top: "a" parameter_param { shape { dim: 2 } } }'
        'layer { name: "s" type: "Silence" bottom: "a" }'
        'layer { name: "r" type: "ReLU" bottom: "a" top: "y" }'
    )
    one, other = cp.build_net(text), cp.build_net(text)
    one.params["p"][0].data[...] = 6
    other.share_params(one)
    assert other.forward()["y"].tolist() == [6, 6]


def test_gradients_reach_a_parameter() -> None:
    text = (
        'layer { name: "p" type: "Parameter" top: "a" parameter_param { shape { dim: 2 dim: 3 } } }'
        'layer { name: "m" type: "Eltwise" bottom: "a" bottom: "x" top: "y" '
        "eltwise_param { operation: PROD } }"
    )
    check_gradients(text, {"x": np.random.default_rng(0).normal(size=(2, 3))})


def test_a_large_constant_takes_no_memory_before_it_is_read() -> None:
    settings = "dummy_data_param { shape { dim: 2000000000 } data_filler { value: 1 } }"
    net = _source("DummyData", settings)
    assert net.blobs["a"].data_storage.buffer is None


@pytest.mark.parametrize(
    "type_name, settings",
    [
        ("Reshape", "reshape_param { shape { dim: 6 } }"),
        ("Flatten", "flatten_param { axis: 0 }"),
        ("Concat", ""),
        ("Slice", ""),
        ("Split", ""),
    ],
)
def test_a_shared_parameter_reaches_what_only_renames_it(type_name: str, settings: str) -> None:
    parameter = 'param { name: "w" } parameter_param { shape { dim: 2 dim: 3 } }'
    net = cp.build_net(
        f"""
        layer {{ name: "a" type: "Parameter" top: "a" {parameter} }}
        layer {{ name: "b" type: "Parameter" top: "b" {parameter} }}
        layer {{ name: "c" type: "{type_name}" bottom: "b" top: "c" {settings} }}
        layer {{ name: "d" type: "Reshape" bottom: "c" top: "d"
          reshape_param {{ shape {{ dim: -1 }} }} }}
        """
    )
    net.params["a"][0].data[...] = np.arange(6).reshape(2, 3)
    assert net.forward()["d"].tolist() == [0, 1, 2, 3, 4, 5]
    other = cp.build_net(net.definition)
    other.share_params(net)
    assert other.forward()["d"].tolist() == [0, 1, 2, 3, 4, 5]
