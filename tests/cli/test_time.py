"""``caffe-proto time``: the table of layers, the table of steps, and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from caffe_proto.cli import cli
from tests.engines.nets import conv, layer, net


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    path = tmp_path / "small.prototxt"
    path.write_text(
        net(
            (2, 3, 12, 10),
            conv("c", "data", "c", 8, 3, "pad: 1"),
            layer("r", "ReLU", "c", "c"),
            layer("f", "InnerProduct", "c", "f", "inner_product_param { num_output: 4 }"),
        )
    )
    return path


def _time(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["time", *map(str, arguments), "--iterations", "2"])


def test_layers_are_timed_by_default(definition: Path) -> None:
    result = _time(definition)
    assert result.exit_code == 0
    assert "forward ms" in result.output
    assert "InnerProduct" in result.output


def test_backward_is_timed_where_a_loss_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "train.prototxt"
    path.write_text(
        net(
            (4, 6),
            layer("f", "InnerProduct", "data", "f", "inner_product_param { num_output: 3 }"),
            layer("label", "Input", [], "label", "input_param { shape { dim: 4 } }"),
            layer("loss", "SoftmaxWithLoss", ["f", "label"], "loss"),
        )
    )
    layers = json.loads(_time(path, "--phase", "TRAIN", "--json").output)["layers"]
    timed = {entry["name"] for entry in layers if entry["backward_ms"] is not None}
    assert timed == {"f", "loss"}


def test_gradients_of_parameters_are_timed_without_a_loss_too(tmp_path: Path) -> None:
    path = tmp_path / "deploy.prototxt"
    path.write_text(
        net(
            (4, 3, 6, 6),
            layer(
                "c",
                "Convolution",
                "data",
                "c",
                "convolution_param { num_output: 2 kernel_size: 3 }",
            ),
            layer("s", "Scale", "c", "c", "scale_param { bias_term: true }"),
            layer("r", "ReLU", "c", "c"),
        )
    )
    layers = json.loads(_time(path, "--json").output)["layers"]
    timed = {entry["name"] for entry in layers if entry["backward_ms"] is not None}
    assert timed == {"c", "s"}


def test_steps_of_an_engine_say_what_was_merged_and_how_it_is_done(definition: Path) -> None:
    result = json.loads(_time(definition, "--engine", "numpy", "--json").output)
    first = result["steps"][0]
    assert first["layers"] == ["c", "r"]
    assert first["types"] == ["Convolution", "ReLU"]
    assert first["variant"].startswith(("im2col", "winograd"))
    assert first["ms"] > 0
    assert sum(step["share"] for step in result["steps"]) == pytest.approx(1)
    assert "c + r" in _time(definition, "--engine", "numpy").output


def test_the_batch_and_the_threads_are_as_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(net((1, 3, 8, 8), conv("c", "data", "c", 4, 3)))
    arguments = ("--engine", "numpy", "--batch", "5", "--threads", "3", "--json")
    result = json.loads(_time(path, *arguments).output)
    assert result["threads"] == 3
    assert result["steps"][0]["shapes"] == [[5, 4, 6, 6]]


def test_an_unknown_engine_is_named(definition: Path) -> None:
    result = _time(definition, "--engine", "nimpy")
    assert result.exit_code != 0
    assert 'no engine "nimpy"' in str(result.exception)


@pytest.fixture
def training(tmp_path: Path) -> Path:
    path = tmp_path / "train_val.prototxt"
    path.write_text(
        'name: "small"'
        + net(
            (4, 6),
            layer("f", "InnerProduct", "data", "f", "inner_product_param { num_output: 3 }"),
            layer("label", "Input", [], "label", "input_param { shape { dim: 4 } }"),
            layer("accuracy", "Accuracy", ["f", "label"], "accuracy", "include { phase: TEST }"),
            layer("loss", "SoftmaxWithLoss", ["f", "label"], "loss"),
        )
    )
    return path


@pytest.mark.parametrize("flag", ["-model", "--model"])
def test_caffes_flags_time_the_training_net(training: Path, flag: str) -> None:
    result = CliRunner().invoke(cli, ["time", flag, str(training), "-iterations=2", "--json"])
    assert result.exit_code == 0, result.output
    timed = json.loads(result.stdout)
    assert [entry["name"] for entry in timed["layers"]] == ["data", "f", "label", "loss"]
    assert timed["iterations"] == 2


def test_the_phase_of_a_model_may_be_given(training: Path) -> None:
    result = _time(f"-model={training}", "-phase", "TEST", "--json")
    assert "accuracy" in [entry["name"] for entry in json.loads(result.stdout)["layers"]]


def test_caffes_flags_give_caffes_lines_on_a_pipe(training: Path) -> None:
    lines = _time("-model", training).stdout.splitlines()
    said = [line.split("] ", 1)[1] for line in lines]
    assert "Testing for 2 iterations." in said
    assert sum("forward-backward time: " in text for text in said) == 2
    layers = said[said.index("Average time per layer: ") + 1 :]
    assert [text.partition(":")[0] for text in layers[2:4]] == [
        "         f\tforward",
        "         f\tbackward",
    ]
    assert [text.partition(":")[0] for text in layers[-5:]] == [
        "Average Forward pass",
        "Average Backward pass",
        "Average Forward-Backward",
        "Total Time",
        "*** Benchmark ends ***",
    ]


def test_flags_of_other_jobs_are_taken(training: Path) -> None:
    result = _time("-model", training, "-solver", "x", "-gpu", "0", "--sigint_effect=stop")
    assert result.exit_code == 0
    assert "--solver is ignored, as by `caffe time`" in result.stderr


def test_a_net_must_be_given_once(training: Path) -> None:
    assert "needs one model" in _time().stderr
    assert "needs one model" in _time(training, "--model", training).stderr
