"""The solver: callbacks, requests, tests, losses, where its nets come from."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp

DATA = """
layer { name: "data" type: "DummyData" top: "x" top: "t" dummy_data_param {
  shape { dim: 4 dim: 6 } shape { dim: 4 dim: 3 }
  data_filler { type: "uniform" min: -1 max: 1 } data_filler { type: "constant" value: 1 } } }
"""
HEAD = """
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "t" top: "loss" }
"""
NET = 'name: "small"' + DATA + HEAD
BASE = 'base_lr: 0.1 lr_policy: "fixed" random_seed: 4 max_iter: 5 '


def solver(settings: str = "", net: str = NET, **options: object) -> cp.Solver:
    return cp.build_solver(f"{BASE} {settings} net_param {{ {net} }}", **options)  # type: ignore[arg-type]


# -- iterations ----------------------------------------------------------------------------


def test_iter_lr_and_losses_tell_where_training_is() -> None:
    trained = solver()
    assert (trained.iter, trained.lr, trained.losses.shape) == (0, pytest.approx(0.1), (0,))
    trained.step(3)
    trained.step(2)
    assert trained.iter == 5
    assert trained.losses.dtype == np.float32
    assert trained.losses.shape == (5,)
    assert trained.loss_iterations.tolist() == [0, 1, 2, 3, 4]
    assert trained.losses[-1] < trained.losses[0]


def test_the_same_seed_gives_the_same_bits() -> None:
    one, other = solver(), solver()
    one.step(5)
    other.step(5)
    np.testing.assert_array_equal(one.losses, other.losses)


def test_without_a_seed_runs_differ_and_tell_theirs() -> None:
    text = BASE.replace("random_seed: 4", "") + f"net_param {{ {NET} }}"
    one, other = cp.build_solver(text), cp.build_solver(text)
    assert one.seed != other.seed
    again = cp.build_solver(text, seed=one.seed)
    for trained in (one, other, again):
        trained.step(2)
    np.testing.assert_array_equal(one.losses, again.losses)
    assert (one.losses != other.losses).any()


def test_callbacks_come_in_order_with_the_solver() -> None:
    trained = solver("iter_size: 2")
    calls: list[tuple[str, int]] = []
    trained.add_callback(
        lambda s: calls.append(("before", s.iter)),
        lambda s: calls.append(("after", s.iter)),
        gradients=lambda s: calls.append(("gradients", s.iter)),
    )
    trained.step(2)
    assert calls == [
        *(("before", 0), ("gradients", 0), ("after", 1)),
        *(("before", 1), ("gradients", 1), ("after", 2)),
    ]


def test_a_callback_may_change_the_gradients() -> None:
    trained = solver()
    before = trained.net.params["ip"][0].data.copy()

    def erase(s: cp.Solver) -> None:
        s.net.clear_param_diffs()

    trained.add_callback(gradients=erase)
    trained.step(3)
    np.testing.assert_array_equal(trained.net.params["ip"][0].data, before)


def test_a_request_to_stop_ends_after_the_iteration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trained = solver('snapshot_prefix: "s"')
    trained.add_callback(lambda s: s.request("stop") if s.iter == 2 else None)
    trained.solve()
    assert (trained.iter, trained.stopped) == (3, True)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "s_iter_3.caffemodel",
        "s_iter_3.solverstate",
    ]
    trained.before_iteration.clear()
    trained.solve()
    assert (trained.iter, trained.stopped) == (5, False)


def test_a_request_to_stop_interrupts_a_test(caplog: pytest.LogCaptureFixture) -> None:
    trained = solver("test_iter: 100 test_interval: 1 snapshot_after_train: false")
    trained.test_nets[0].before_forward.append(lambda i: trained.request("stop"))
    with caplog.at_level(logging.INFO):
        trained.solve()
    assert trained.iter == 0
    assert "Test interrupted." in caplog.text


def test_a_requested_snapshot_is_made_while_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trained = solver('snapshot_prefix: "s" snapshot_after_train: false')
    trained.add_callback(lambda s: s.request("snapshot") if s.iter == 1 else None)
    written: list[str] = []
    trained.on_snapshot.append(written.append)
    trained.solve()
    assert (trained.iter, written) == (5, ["s_iter_2.solverstate"])


def test_an_unknown_request_is_refused() -> None:
    with pytest.raises(ValueError, match="snapshot"):
        solver().request("pause")  # type: ignore[arg-type]


# -- tests ---------------------------------------------------------------------------------


def test_test_returns_the_means_of_every_test_net() -> None:
    trained = solver("test_iter: 3 test_iter: 1 test_interval: 10 test_compute_loss: true")
    first, second = trained.test()
    assert (first.net, second.net, first.iteration) == (0, 1, 0)
    assert first["loss"] == pytest.approx(first.loss)
    assert first.to_dict() == {"loss": first["loss"]}
    assert trained.test(net=1)[0].net == 1
    with pytest.raises(KeyError):
        first["accuracy"]


def test_test_nets_use_the_parameters_of_the_train_net() -> None:
    trained = solver("test_iter: 1 test_interval: 10")
    trained.step(1)
    mine, its = trained.net.params["ip"][0], trained.test_nets[0].params["ip"][0]
    assert np.shares_memory(mine.data, its.data)


def test_an_output_that_changes_its_shape_has_no_mean() -> None:
    net = (
        DATA
        + HEAD
        + (
            'layer { name: "pick" type: "Filter" bottom: "x" bottom: "s" top: "y" '
            "include { phase: TEST } }"
        )
    )
    select = (
        'layer { name: "s" type: "DummyData" top: "s" include { phase: TEST } dummy_data_param { '
        'shape { dim: 4 } data_filler { type: "uniform" min: -1 max: 1 } } }'
        'layer { name: "st" type: "Threshold" bottom: "s" top: "s2" include { phase: TEST } }'
    )
    net = select + net.replace('bottom: "s"', 'bottom: "s2"')
    with pytest.raises(cp.SolverError, match=r'output "y".*changes its shape'):
        solver("test_iter: 30 test_interval: 10", net).test()


def test_detections_are_scored_by_their_mean_average_precision() -> None:
    # One box of class 1, found first, and one false detection of it.
    net = (
        'layer { name: "d" type: "Input" top: "det" input_param { shape { dim: [1, 1, 2, 7] } } }'
        'layer { name: "g" type: "Input" top: "gt" input_param { shape { dim: [1, 1, 1, 8] } } }'
        'layer { name: "e" type: "DetectionEvaluate" bottom: "det" bottom: "gt" top: "eval" '
        "detection_evaluate_param { num_classes: 2 } }"
    )
    trained = cp.build_solver(
        f'{BASE} eval_type: "detection" test_iter: 2 test_interval: 5 '
        f"train_net_param {{ {NET} }} test_net_param {{ {net} }}"
    )
    box, other = [0.1, 0.1, 0.5, 0.5], [0.6, 0.6, 0.9, 0.9]
    test_net = trained.test_nets[0]
    test_net.blobs["det"].data[...] = [[[[0, 1, 0.9, *box], [0, 1, 0.4, *other]]]]
    test_net.blobs["gt"].data[...] = [[[[0, 1, 0, *box, 0]]]]
    assert trained.test()[0].to_dict() == {"eval": pytest.approx(1.0)}
    test_net.blobs["det"].data[0, 0, :, 2] = [0.4, 0.9]
    assert trained.test()[0].to_dict() == {"eval": pytest.approx((1 / 3 + 2 / 4) / 2)}


def test_outputs_that_are_no_detections_are_refused() -> None:
    trained = solver('eval_type: "detection" test_iter: 1 test_interval: 5')
    with pytest.raises(cp.SolverError, match=r'"loss" .* from a DetectionEvaluate layer'):
        trained.test()


def test_an_unknown_eval_type_is_refused() -> None:
    with pytest.raises(cp.SolverError, match=r'"segmentation"\. Expected: "classification"'):
        solver('eval_type: "segmentation"')


# -- losses that are not finite ------------------------------------------------------------


LOG_NET = (
    DATA
    + 'layer { name: "shift" type: "Power" bottom: "x" top: "y" power_param { shift: %s } }'
    + 'layer { name: "log" type: "Log" bottom: "y" top: "y" }'
    + HEAD.replace('bottom: "x"', 'bottom: "y"')
)


def test_a_nan_stops_before_the_update_and_names_the_first_layer() -> None:
    trained = solver(net=LOG_NET % 0)
    before = trained.net.params["ip"][0].data.copy()
    # The Log layer works in place; the Power layer before it was fine.
    with pytest.raises(cp.NonFiniteError, match=r'iteration 0: the loss is nan.* "log" \(Log\)'):
        trained.step(1)
    np.testing.assert_array_equal(trained.net.params["ip"][0].data, before)
    assert trained.iter == 0


def test_parameters_that_diverged_are_told() -> None:
    trained = solver(net=LOG_NET % 5)
    trained.net.params["ip"][0].data[0, 0] = np.inf
    with pytest.raises(cp.NonFiniteError, match=r'"ip" .* its parameter 0 holds 1 infinite of 18'):
        trained.step(1)


def test_data_that_is_not_finite_is_told() -> None:
    trained = solver(net=NET.replace('"constant" value: 1', '"constant" value: nan'))
    with pytest.raises(cp.NonFiniteError, match=r'"data" .* The data itself is not finite'):
        trained.step(1)


def test_keep_going_trains_on_as_caffe_does() -> None:
    trained = solver(net=LOG_NET % 0, keep_going=True)
    trained.step(2)
    assert trained.iter == 2
    assert np.isnan(trained.losses).all()


# -- where the nets come from --------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "away").mkdir()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "net.prototxt").write_text(NET)
    (tmp_path / "model" / "solver.prototxt").write_text(BASE + 'net: "net.prototxt"')
    monkeypatch.chdir(tmp_path / "away")
    return tmp_path


def test_a_net_is_looked_up_beside_the_solver(files: Path) -> None:
    assert cp.build_solver("../model/solver.prototxt").net.name == "small"


def test_the_working_directory_comes_first_as_in_caffe(files: Path) -> None:
    (files / "away" / "net.prototxt").write_text(NET.replace("small", "other"))
    assert cp.build_solver("../model/solver.prototxt").net.name == "other"


def test_a_missing_net_is_named_with_all_places(files: Path) -> None:
    (files / "model" / "net.prototxt").unlink()
    with pytest.raises(cp.SolverError, match=r"Tried: .*away/net\.prototxt, .*model/net\.prototxt"):
        cp.build_solver("../model/solver.prototxt")


def test_a_missing_solver_is_an_error_of_ours(files: Path) -> None:
    with pytest.raises(cp.SolverError, match=r"nowhere\.prototxt"):
        cp.build_solver("nowhere.prototxt")


def test_a_message_is_copied(files: Path) -> None:
    message = cp.parse(BASE + f"net_param {{ {NET} }}", message="SolverParameter")
    trained = cp.build_solver(message)
    trained.settings.base_lr = 7
    assert message.base_lr == pytest.approx(0.1)


def test_separate_files_for_training_and_testing(files: Path) -> None:
    (files / "away" / "t.prototxt").write_text(NET.replace("small", "test"))
    (files / "away" / "net.prototxt").write_text(NET)
    trained = cp.build_solver(
        BASE + 'train_net: "net.prototxt" test_net: "t.prototxt" test_iter: 1 test_interval: 2'
    )
    assert (trained.net.phase, trained.test_nets[0].phase) == ("TRAIN", "TEST")
    assert trained.test_nets[0].name == "test"


def test_test_nets_come_in_caffes_order() -> None:
    tests = "".join(f"test_net_param {{ {NET.replace('small', name)} }}" for name in "ab")
    trained = cp.build_solver(
        f"{BASE} net_param {{ {NET} }} {tests} test_iter: [1, 1, 1, 1] test_interval: 2"
    )
    assert [net.name for net in trained.test_nets] == ["a", "b", "small", "small"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("", "the solver has no net"),
        (f"net_param {{ {NET} }} train_net_param {{ {NET} }}", "net_param and train_net_param"),
        (f"train_net_param {{ {NET} }} test_iter: 1 test_interval: 1", "Expected: 0"),
        (f"net_param {{ {NET} }} test_net_param {{ {NET} }}", "Expected: at least 1"),
        (f"net_param {{ {NET} }} iter_size: 0", "iter_size is 0"),
        (f'net_param {{ {NET} }} weights: ""', 'weights is "": a name is empty'),
        (f'net_param {{ {NET} }} weights: "a,"', 'weights is "a,": a name is empty'),
        (f"net_param {{ {NET} }} snapshot: 2", "snapshot_prefix is not"),
        (f'net_param {{ {NET} }} snapshot: 2 snapshot_prefix: "no/s"', "there is no folder"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.SolverError, match=words):
        cp.build_solver(BASE + settings)


def test_a_negative_interval_counts_as_a_positive_one() -> None:
    reports: list[int] = []
    trained = solver("display: -2 test_interval: -1")
    trained.on_report.append(lambda report: reports.append(report.iteration))
    trained.step(5)
    assert reports == [0, 2, 4]


def test_fields_that_concern_machines_change_nothing() -> None:
    plain, other = solver(), solver("solver_mode: GPU device_id: 3 layer_wise_reduce: false")
    for trained in (plain, other):
        trained.step(3)
    np.testing.assert_array_equal(plain.losses, other.losses)


def test_states_merge_in_caffes_order() -> None:
    text = DATA + HEAD
    for name, rule in (
        ("one", 'stage: "file"'),
        ("two", 'stage: "solver"'),
        ("three", "min_level: 2"),
    ):
        text += f'layer {{ name: "{name}" type: "Silence" bottom: "ip" include {{ {rule} }} }}'
    text += 'state { stage: "file" level: 1 }'
    trained = solver('train_state { stage: "solver" level: 2 }', text)
    names = {layer.name for layer in trained.net.layers}
    assert {"one", "two", "three"} <= names
    plain = solver(net=text)
    assert {layer.name for layer in plain.net.layers} & {"one", "two", "three"} == {"one"}


@pytest.mark.parametrize("stages", [["abc"], "abc"])
def test_one_stage_may_be_given_by_its_name(stages: list[str] | str) -> None:
    net = NET + 'layer { name: "extra" type: "Silence" bottom: "ip" include { stage: "abc" } }'
    assert "extra" in [layer.name for layer in solver(net=net, stages=stages).net.layers]


def test_level_and_stages_of_the_call_belong_to_the_train_net() -> None:
    net = NET + 'layer { name: "extra" type: "Silence" bottom: "ip" include { stage: "a" } }'
    trained = solver("test_iter: 1 test_interval: 1", net, stages=["a"])
    assert "extra" in [layer.name for layer in trained.net.layers]
    assert "extra" not in [layer.name for layer in trained.test_nets[0].layers]


def test_weights_fill_train_and_test_nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = solver()
    source.net.params["ip"][0].data[...] = 3
    source.net.save("start.caffemodel")
    for weights in ("start.caffemodel", ["start.caffemodel"], " start.caffemodel "):
        trained = solver("test_iter: 1 test_interval: 5", weights=weights)
        assert (trained.net.params["ip"][0].data == 3).all()
        assert (trained.test_nets[0].params["ip"][0].data == 3).all()


def test_layers_that_the_weights_lack_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    solver().net.save("start.caffemodel")
    renamed = NET.replace('name: "ip"', 'name: "fresh"')
    with pytest.warns(UserWarning, match='nothing for "fresh"'):
        solver(net=renamed, weights="start.caffemodel")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solver("test_iter: 1 test_interval: 9", weights="start.caffemodel")


def test_training_does_not_write_into_the_file_of_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = solver()
    source.net.save("start.caffemodel")
    trained = solver(weights="start.caffemodel")
    before = trained.net.params["ip"][0].data.copy()
    content = Path("start.caffemodel").read_bytes()
    # Written in place, as another program might.
    Path("start.caffemodel").write_bytes(bytes(len(content)))
    np.testing.assert_array_equal(trained.net.params["ip"][0].data, before)


def test_a_fault_in_a_net_of_the_solver_names_the_field() -> None:
    with pytest.raises(cp.CaffeProtoError, match=r"net_param: .*input"):
        cp.build_solver(f'{BASE} net_param {{ input: "data" input_dim: 3 }}')


def test_a_level_reaches_the_train_net() -> None:
    net = NET + 'layer { name: "extra" type: "Silence" bottom: "ip" include { min_level: 3 } }'
    names = [layer.name for layer in solver(net=net, level=3).net.layers]
    assert "extra" in names


def test_settings_of_forks_are_told_as_not_applied() -> None:
    with pytest.warns(UserWarning, match="larc"):
        solver("larc: true")


def test_no_loss_is_logged_as_zero_without_a_sign(caplog: pytest.LogCaptureFixture) -> None:
    net = """
    layer { name: "data" type: "DummyData" top: "x" top: "t" dummy_data_param {
      shape { dim: 4 dim: 1 } shape { dim: 4 }
      data_filler { type: "constant" value: 1 } data_filler { type: "constant" value: 0 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param { num_output: 1 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "t" top: "loss" }
    """
    with caplog.at_level(logging.INFO, "caffe_proto.solver"):
        solver("display: 1", net).step(1)
    assert "    Train net output #0: loss = 0 (* 1 = 0 loss)" in caplog.messages


def test_where_training_diverges_only_the_error_tells() -> None:
    net = NET.replace("EuclideanLoss", "SoftmaxWithLoss").replace("dim: 4 dim: 3", "dim: 4")
    below = HEAD[: HEAD.index('layer { name: "loss"')]
    net = net.replace(below, below + below.replace('"ip"', '"top"').replace('"x"', '"ip"'))
    net = net.replace('bottom: "ip" bottom: "t"', 'bottom: "top" bottom: "t"')
    diverging = solver(net=net)
    diverging.settings.base_lr = 1e30
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(cp.NonFiniteError, match=r'first layer .* not finite is "top"'):
            diverging.step(5)
