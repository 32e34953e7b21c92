"""Solvers under pycaffe's names."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import caffe_proto.pycaffe as caffe

Write = Callable[[str, str], str]

TRAINED = """
name: "line"
layer {
  name: "data" type: "DummyData" top: "x" top: "y"
  dummy_data_param {
    shape { dim: 4 dim: 3 } shape { dim: 4 dim: 1 }
    data_filler { type: "gaussian" std: 1 } data_filler { type: "constant" value: 1 }
  }
}
layer {
  name: "fc" type: "InnerProduct" bottom: "x" top: "fc"
  inner_product_param { num_output: 1 weight_filler { type: "gaussian" std: 1 } }
}
layer { name: "loss" type: "EuclideanLoss" bottom: "fc" bottom: "y" top: "loss" }
"""

SETTINGS = """
net: "train.prototxt" base_lr: 0.01 lr_policy: "step" gamma: 0.1 stepsize: 5 max_iter: 12
test_iter: 2 test_interval: 4 test_initialization: false
snapshot_prefix: "{prefix}" snapshot_after_train: false random_seed: 3
"""


@pytest.fixture
def solver_file(write: Write, tmp_path: Path) -> str:
    write("train.prototxt", TRAINED)
    return write("solver.prototxt", SETTINGS.replace("{prefix}", str(tmp_path / "model")))


@pytest.fixture
def solver(solver_file: str, monkeypatch: pytest.MonkeyPatch) -> caffe.SGDSolver:
    monkeypatch.setenv("GLOG_minloglevel", "2")
    return caffe.SGDSolver(solver_file)


def test_nets_iterations_and_rates(solver: caffe.SGDSolver) -> None:
    assert isinstance(solver.net, caffe.Net)
    assert solver.net is solver.net
    assert len(solver.test_nets) == 1
    assert solver.iter == 0
    assert solver.lr == pytest.approx(0.01)
    solver.step(6)
    assert solver.iter == 6
    assert solver.lr == pytest.approx(0.001)
    solver.solve()
    assert solver.iter == 12
    assert solver.param.max_iter == solver.max_iter == 12
    assert solver.param.base_lr == pytest.approx(solver.base_lr)


def test_a_step_changes_the_parameters_in_place(solver: caffe.SGDSolver) -> None:
    weights = solver.net.params["fc"][0].data
    before = weights.copy()
    solver.step(1)
    np.testing.assert_allclose(
        before - weights, solver.net.params["fc"][0].diff, rtol=1e-4, atol=1e-7
    )
    assert np.any(before != weights)


@pytest.mark.parametrize("name", ["SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"])
def test_the_class_decides_and_get_solver_reads_the_type(
    name: str, solver_file: str, write: Write
) -> None:
    cls = getattr(caffe, f"{name}Solver")
    assert cls(solver_file).type == name
    text = Path(solver_file).read_text() + f'type: "{name}"\n'
    made = caffe.get_solver(write("typed.prototxt", text))
    assert type(made) is cls
    made.step(2)
    assert made.iter == 2


def test_apply_update_takes_the_gradients_that_are_there(solver: caffe.SGDSolver) -> None:
    weights = solver.net.params["fc"][0]
    weights.data[...] = 0
    weights.diff[...] = 1
    solver.apply_update()
    np.testing.assert_allclose(weights.data, -0.01, rtol=1e-6)
    assert solver.iter == 1


def test_callbacks_are_called_without_arguments(solver: caffe.SGDSolver) -> None:
    calls: list[tuple[str, bool]] = []
    diff = solver.net.params["fc"][0].diff

    solver.add_callback(
        lambda: calls.append(("start", bool(np.any(diff)))),
        lambda: calls.append(("gradients", bool(np.any(diff)))),
    )
    solver.step(2)
    assert calls == [("start", False), ("gradients", True)] * 2
    with pytest.raises(TypeError, match="functions"):
        solver.add_callback("no function")


def test_snapshot_and_restore(solver: caffe.SGDSolver, solver_file: str, tmp_path: Path) -> None:
    solver.step(3)
    solver.snapshot()
    assert (tmp_path / "model_iter_3.caffemodel").is_file()
    again = caffe.SGDSolver(solver_file)
    again.restore(str(tmp_path / "model_iter_3.solverstate"))
    assert again.iter == 3
    np.testing.assert_array_equal(again.net.params["fc"][0].data, solver.net.params["fc"][0].data)
    resumed = caffe.SGDSolver(solver_file)
    resumed.solve(str(tmp_path / "model_iter_3.solverstate"))
    assert resumed.iter == 12


def test_share_weights_gives_a_net_the_trained_parameters(
    solver: caffe.SGDSolver, solver_file: str
) -> None:
    net = caffe.Net(str(Path(solver_file).with_name("train.prototxt")), caffe.TEST)
    solver.share_weights(net)
    solver.step(1)
    np.testing.assert_array_equal(net.params["fc"][0].data, solver.net.params["fc"][0].data)


def test_nets_outlive_their_solver(solver_file: str) -> None:
    solver = caffe.SGDSolver(solver_file)
    nets = [solver.net, *solver.test_nets]
    del solver
    for net in nets:
        assert np.isfinite(net.forward()["loss"])


def test_training_goes_on_where_the_loss_is_not_finite(solver: caffe.SGDSolver) -> None:
    solver.net.params["fc"][0].data[...] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solver.step(2)
    assert solver.iter == 2


def test_a_seed_set_before_is_the_solvers(solver_file: str, write: Write) -> None:
    path = write("free.prototxt", Path(solver_file).read_text().replace("random_seed: 3", ""))

    def weights() -> np.ndarray:
        caffe.set_random_seed(11)
        return caffe.SGDSolver(path).net.params["fc"][0].data.copy()

    np.testing.assert_array_equal(weights(), weights())


def test_the_solvers_own_seed_comes_first(solver_file: str) -> None:
    caffe.set_random_seed(11)
    first = caffe.SGDSolver(solver_file).net.params["fc"][0].data.copy()
    caffe.set_random_seed(12)
    second = caffe.SGDSolver(solver_file).net.params["fc"][0].data
    np.testing.assert_array_equal(first, second)


def test_the_log_is_caffes_on_stderr(
    solver_file: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GLOG_minloglevel", raising=False)
    caffe.SGDSolver(solver_file).step(1)
    caffe.log("said by the script")
    err = capfd.readouterr().err
    assert "solver.cpp:60] Solver scaffolding done." in err
    assert "] said by the script" in err
    caffe.init_log(2)
    caffe.log("too quiet")
    assert "too quiet" not in capfd.readouterr().err


def test_the_environment_quiets_the_log(
    solver: caffe.SGDSolver, capfd: pytest.CaptureFixture[str]
) -> None:
    solver.step(1)
    assert capfd.readouterr().err == ""


# -- what belongs to the process -------------------------------------------------------------


def test_a_gpu_is_declined_once_and_the_script_goes_on(capfd: pytest.CaptureFixture[str]) -> None:
    caffe.set_mode_cpu()
    for _ in range(3):
        caffe.set_mode_gpu()
        caffe.set_device(1)
    assert capfd.readouterr().err.count("computes on the CPU") == 1


def test_solver_count_and_rank_are_kept() -> None:
    assert (caffe.solver_count(), caffe.solver_rank()) == (1, 0)
    caffe.set_solver_count(4)
    caffe.set_solver_rank(3)
    caffe.set_multiprocess(True)
    assert (caffe.solver_count(), caffe.solver_rank()) == (4, 3)


def test_nccl_says_what_to_do_instead(solver: caffe.SGDSolver) -> None:
    assert caffe.has_nccl() is False
    with pytest.raises(RuntimeError, match=r"has_nccl\(\) is False.*one solver"):
        caffe.NCCL(solver, "uid")
    with pytest.raises(RuntimeError, match="NCCL"):
        caffe.NCCL.new_uid()


def test_a_timer_measures_milliseconds() -> None:
    import time

    timer = caffe.Timer()
    timer.start()
    time.sleep(0.02)
    timer.stop()
    assert 15 < timer.ms < 2000
    assert timer.ms == timer.ms
