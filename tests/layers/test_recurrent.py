"""LSTM and RNN."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.rng import CaffeRandom
from tests.layers.gradients import check_gradients, declare_inputs

RNG = np.random.default_rng(12)
KINDS = ["LSTM", "RNN"]
FILLERS = (
    'weight_filler { type: "uniform" min: -0.5 max: 0.5 } '
    'bias_filler { type: "uniform" min: -0.1 max: 0.1 }'
)


def text(kind: str, *bottoms: str, settings: str = "num_output: 4", tops: int = 1) -> str:
    names = " ".join(f'bottom: "{name}"' for name in ("x", "cont", *bottoms))
    made = " ".join(f'top: "y{i}"' for i in range(tops))
    return f'layer {{ name: "op" type: "{kind}" {names} {made} recurrent_param {{ {settings} }} }}'


def build(net_text: str, inputs: dict[str, Any], **options: Any) -> cp.Net:
    return cp.build_net(declare_inputs(net_text, inputs), **options)


def sequences(steps: int, streams: int, *rest: int) -> dict[str, np.ndarray]:
    cont = np.ones((steps, streams))
    cont[0] = 0
    cont[steps // 2, 0] = 0
    return {"x": RNG.normal(size=(steps, streams, *rest)), "cont": cont}


# -- gradients --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 2, 3), (3, 1, 2, 1, 2)])
def test_gradient(kind: str, shape: tuple[int, ...]) -> None:
    check_gradients(text(kind), sequences(*shape))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("static", [(2, 3), (2, 1, 2)])
def test_gradient_with_a_static_input(kind: str, static: tuple[int, ...]) -> None:
    inputs = {**sequences(4, 2, 3), "static": RNG.normal(size=static)}
    check_gradients(text(kind, "static"), inputs)


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_with_states_that_enter_from_outside(kind: str) -> None:
    states = ["h0", "c0"] if kind == "LSTM" else ["h0"]
    inputs = sequences(3, 2, 2) | {name: RNG.normal(size=(1, 2, 4)) for name in states}
    net = text(kind, *states, settings="num_output: 4 expose_hidden: true", tops=1 + len(states))
    inputs["cont"][0] = 1
    check_gradients(net, inputs, skip=states, outputs=["y0"])


def test_no_gradient_flows_through_exposed_states() -> None:
    inputs = sequences(2, 1, 2) | {"h0": np.ones((1, 1, 3))}
    net_text = text("RNN", "h0", settings=f"num_output: 3 expose_hidden: true {FILLERS}", tops=2)
    net = build("force_backward: true\n" + net_text, inputs, seed=1)
    net.forward(**inputs)
    grads = net.backward(y0=np.zeros((2, 1, 3)), y1=np.ones((1, 1, 3)))
    assert not grads["x"].any()
    assert not grads["h0"].any()


def test_gradients_are_computed_for_frozen_parameters_too() -> None:
    net_text = text("LSTM", settings=f"num_output: 2 {FILLERS}")[:-1] + "param { lr_mult: 0 } }"
    inputs = sequences(3, 2, 2)
    net = build("force_backward: true\n" + net_text, inputs, seed=1)
    net.forward(**inputs)
    net.backward(y0=np.ones((3, 2, 2)))
    assert net.params["op"][0].diff.any()


def test_a_gradient_for_cont_is_refused() -> None:
    net_text = (
        'layer { name: "s" type: "Scale" bottom: "cont" top: "flags" }'
        + text("LSTM").replace('bottom: "cont"', 'bottom: "flags"')[:-1]
        + "loss_weight: 1 }"
    )
    inputs = sequences(2, 1, 1)
    net = build(net_text, inputs, phase="TRAIN")
    net.forward(**inputs)
    with pytest.raises(cp.LayerError, match=r'no gradient for bottom 1 \("flags"\)'):
        net.backward()


# -- values -----------------------------------------------------------------------------------


def lstm_by_hand(net: cp.Net, x: np.ndarray, cont: np.ndarray) -> np.ndarray:
    w_x, b, w_h = (p.data for p in net.params["op"])
    h = c = np.zeros((x.shape[1], w_h.shape[1]))
    out = []
    for x_t, cont_t in zip(x, cont[..., None], strict=True):
        gates = x_t @ w_x.T + b + (cont_t * h) @ w_h.T
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in np.split(gates, 4, axis=1)[:3])
        c = cont_t * f * c + i * np.tanh(np.split(gates, 4, axis=1)[3])
        h = o * np.tanh(c)
        out.append(h)
    return np.stack(out)


def test_lstm_follows_its_formula() -> None:
    inputs = sequences(6, 3, 5)
    net = build(text("LSTM", settings=f"num_output: 4 {FILLERS}"), inputs, seed=3, dtype="f8")
    y = net.forward(**inputs)["y0"]
    assert np.allclose(y, lstm_by_hand(net, inputs["x"], inputs["cont"]), rtol=1e-12)


def test_rnn_follows_its_formula() -> None:
    inputs = sequences(6, 3, 5)
    net = build(text("RNN", settings=f"num_output: 4 {FILLERS}"), inputs, seed=3, dtype="f8")
    w_x, b, w_h, w_o, b_o = (p.data for p in net.params["op"])
    h = np.zeros((3, 4))
    for x_t, cont_t, y_t in zip(
        inputs["x"], inputs["cont"][..., None], net.forward(**inputs)["y0"], strict=True
    ):
        h = np.tanh(x_t @ w_x.T + b + (cont_t * h) @ w_h.T)
        assert np.allclose(y_t, np.tanh(h @ w_o.T + b_o), rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_two_halves_of_a_sequence_give_what_the_whole_gives(kind: str) -> None:
    settings = f"num_output: 4 {FILLERS}"
    inputs = sequences(6, 2, 3)
    whole = build(text(kind, settings=settings), inputs, seed=5).forward(**inputs)["y0"]
    first = {name: value[:3] for name, value in inputs.items()}
    half = build(text(kind, settings=settings), first, seed=5)
    # More steps draw more numbers: only the parameters of the first step are the same.
    full = build(text(kind, settings=settings), inputs, seed=5)
    for mine, its in zip(half.params["op"], full.params["op"], strict=True):
        mine.data = its.data
    parts = [half.forward(**first)["y0"]]
    parts.append(half.forward(x=inputs["x"][3:], cont=inputs["cont"][3:])["y0"])
    assert np.allclose(np.concatenate(parts), whole, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_reset_forgets_the_state(kind: str) -> None:
    for steps in (1, 2):
        inputs = sequences(steps, 1, 2)
        inputs["cont"][...] = 1
        net = build(text(kind, settings=f"num_output: 3 {FILLERS}"), inputs, seed=5)
        first = net.forward(**inputs)["y0"]
        assert not np.allclose(net.forward(**inputs)["y0"], first)
        net.layer("op").reset()  # type: ignore[attr-defined]
        assert np.array_equal(net.forward(**inputs)["y0"], first)


def test_with_one_step_an_in_place_change_of_the_top_enters_the_state() -> None:
    inputs = {"x": np.ones((1, 1, 1)), "cont": np.ones((1, 1))}
    zero = 'layer { name: "p" type: "Power" bottom: "y0" top: "y0" power_param { scale: 0 } }'
    settings = f"num_output: 1 {FILLERS}"
    net = build(text("LSTM", settings=settings) + zero, inputs, seed=1)
    net.forward(**inputs)
    changed = net.forward(end="op")["y0"]
    plain = build(text("LSTM", settings=settings), inputs, seed=1)
    plain.forward(**inputs)
    w_h = plain.params["op"][2].data.copy()
    untouched = plain.forward()["y0"]
    # Without the recurrent weights a state of zero and any other give the same.
    again = build(text("LSTM", settings=settings), inputs, seed=1)
    again.forward(**inputs)
    again.params["op"][2].data = np.zeros_like(w_h)
    assert changed == again.forward()["y0"]
    assert changed != untouched


@pytest.mark.parametrize("kind", KINDS)
def test_exposed_states_go_in_and_out(kind: str) -> None:
    names = ["h", "c"] if kind == "LSTM" else ["h"]
    settings = f"num_output: 3 expose_hidden: true {FILLERS}"
    inputs = sequences(2, 1, 2) | {name: np.zeros((1, 1, 3)) for name in names}
    inputs["cont"][...] = 1
    net = build(text(kind, *names, settings=settings, tops=1 + len(names)), inputs, seed=2)
    first = net.forward(**inputs)
    assert np.array_equal(net.forward(**inputs)["y0"], first["y0"])
    states = {name: first[f"y{i + 1}"] for i, name in enumerate(names)}
    assert not np.allclose(net.forward(**inputs | states)["y0"], first["y0"])
    if kind == "LSTM":
        assert np.array_equal(first["y1"][0], first["y0"][-1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_larger_batch_begins_with_states_of_zero(kind: str) -> None:
    settings = f"num_output: 3 {FILLERS}"
    inputs = sequences(2, 1, 2)
    net = build(text(kind, settings=settings), inputs, seed=2)
    net.forward(**inputs)
    net.reshape(x=(2, 4, 2), cont=(2, 4))
    x = np.repeat(inputs["x"], 4, axis=1)
    y = net.forward(x=x, cont=np.ones((2, 4)))["y0"]
    fresh = build(text(kind, settings=settings), inputs, seed=2)
    expected = fresh.forward(x=inputs["x"], cont=np.ones((2, 1)))["y0"]
    assert np.allclose(y, np.repeat(expected, 4, axis=1), atol=1e-6)


# -- parameters -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, shapes",
    [
        ("LSTM", [(16, 6), (16,), (16, 5), (16, 4)]),
        ("RNN", [(4, 6), (4,), (4, 5), (4, 4), (4, 4), (4,)]),
    ],
)
def test_parameters_have_the_order_of_caffe(kind: str, shapes: list[tuple[int, ...]]) -> None:
    inputs = {**sequences(2, 3, 2, 3), "static": np.zeros((3, 5, 1))}
    net = build(text(kind, "static"), inputs)
    assert [p.shape for p in net.params["op"]] == shapes


def test_every_step_draws_and_the_first_one_counts() -> None:
    settings = 'num_output: 2 weight_filler { type: "uniform" min: -1 max: 1 }'
    inputs = sequences(3, 1, 4)
    after = (
        'layer { name: "ip" type: "InnerProduct" bottom: "y0" top: "z" inner_product_param '
        '{ num_output: 1 bias_term: false weight_filler { type: "uniform" min: -1 max: 1 } } }'
    )
    net = build(text("LSTM", settings=settings) + after, inputs, seed=9)
    stream = CaffeRandom(9)
    w_x = stream.uniform((8, 4), -1, 1)
    w_h = [stream.uniform((8, 2), -1, 1) for _ in range(3)]
    assert np.array_equal(net.params["ip"][0].data.ravel(), stream.uniform((2,), -1, 1))
    assert np.array_equal(net.params["op"][0].data, w_x)
    assert np.array_equal(net.params["op"][2].data, w_h[0])


def test_debug_info_logs_every_step(caplog: pytest.LogCaptureFixture) -> None:
    inputs = sequences(3, 1, 2)
    net = build(text("LSTM", settings=f"num_output: 2 debug_info: true {FILLERS}"), inputs)
    with caplog.at_level(logging.INFO, logger="caffe_proto"):
        net.forward(**inputs)
    steps = [record.getMessage() for record in caplog.records if "step" in record.getMessage()]
    assert len(steps) == 3
    assert "Layer op, step 3: output" in steps[-1]


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "shapes, settings, words",
    [
        ({"x": (3, 2, 4), "cont": (3, 2)}, "", "num_output is 0. Expected: at least 1"),
        ({"x": (3, 2), "cont": (3, 2)}, "num_output: 2", r"\(T, N, \.\.\.\).*3 axes or more"),
        ({"x": (3, 2, 1), "cont": (2, 3)}, "num_output: 2", r"\(cont\) has the shape \(2, 3\)"),
        ({"x": (3, 2, 1), "cont": (3, 2, 1)}, "num_output: 2", r"Expected: \(3, 2\), one flag"),
        (
            {"x": (3, 2, 1), "cont": (3, 2), "s": (3, 1)},
            "num_output: 2",
            r"static input, has the shape \(3, 1\). Expected: \(2, \.\.\.\)",
        ),
        ({"x": (3, 2, 1), "cont": (3, 2), "s": (2,)}, "num_output: 2", "2 axes or more"),
        (
            {"x": (3, 2, 1), "cont": (3, 2), "a": (2, 1), "b": (2, 1)},
            "num_output: 2",
            "has 4 bottoms. Expected: the input and cont",
        ),
        (
            {"x": (3, 2, 1), "cont": (3, 2)},
            "num_output: 2 expose_hidden: true",
            r"has 2 bottoms.*then h_0.*\(expose_hidden: true\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    kind: str, shapes: dict[str, tuple[int, ...]], settings: str, words: str
) -> None:
    inputs = {name: np.zeros(shape) for name, shape in shapes.items()}
    with pytest.raises(cp.LayerError, match=words):
        build(text(kind, *list(shapes)[2:], settings=settings), inputs)


def test_a_first_state_of_another_shape_is_refused() -> None:
    inputs = {"x": np.zeros((3, 2, 1)), "cont": np.zeros((3, 2)), "h": np.zeros((1, 2, 5))}
    with pytest.raises(cp.LayerError, match=r"\(1, 2, 5\). Expected: \(1, 2, 4\)"):
        build(text("RNN", "h", settings="num_output: 4 expose_hidden: true", tops=2), inputs)


def test_exposed_states_need_tops() -> None:
    inputs = {"x": np.zeros((3, 2, 1)), "cont": np.zeros((3, 2)), "h": np.zeros((1, 2, 4))}
    with pytest.raises(cp.LayerError, match=r"has 1 tops. Expected: 2, the output, then h_T"):
        build(text("RNN", "h", settings="num_output: 4 expose_hidden: true"), inputs)


@pytest.mark.parametrize(
    "shapes, words",
    [
        ({"x": (4, 2, 3), "cont": (4, 2)}, "has 4 time steps. Expected: 3"),
        ({"x": (3, 2, 4), "cont": (3, 2)}, "4 values a step. Expected: 3"),
    ],
)
def test_steps_and_inputs_stay_as_built(shapes: dict[str, tuple[int, ...]], words: str) -> None:
    net = build(text("LSTM"), sequences(3, 2, 3))
    with pytest.raises(cp.LayerError, match=words):
        net.reshape(**shapes)


def test_the_gradient_of_the_input_is_computed_unasked() -> None:
    inputs = sequences(3, 2, 2)
    net = build(text("LSTM", settings=f"num_output: 2 {FILLERS}")[:-1] + "loss_weight: 1 }", inputs)
    assert net.layer("op").propagate_down == [False, False]
    net.forward(**inputs)
    net.backward()
    assert net.blobs["x"].diff.any()


@pytest.mark.parametrize("kind", KINDS)
def test_no_sequences_give_no_output(kind: str) -> None:
    inputs = {"x": np.zeros((2, 0, 3)), "cont": np.zeros((2, 0)), "s": np.zeros((0, 2))}
    net = build("force_backward: true\n" + text(kind, "s"), inputs)
    assert net.forward(**inputs)["y0"].shape == (2, 0, 4)
    assert net.backward()["x"].shape == (2, 0, 3)
