"""``caffe-proto surgery``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import caffe_proto as cp
from caffe_proto.cli import cli

ROOT = Path(__file__).resolve().parent.parent.parent
LENET = str(ROOT / "examples/lenet/lenet.prototxt")
WEIGHTS = str(ROOT / "examples/lenet/lenet.caffemodel")


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, ["surgery", *map(str, args)])


def test_written_files_give_the_same_answers(tmp_path: Path) -> None:
    out = tmp_path / "renamed"
    result = invoke("rename", LENET, "--weights", WEIGHTS, "--blob", "data=image", "-o", out)
    assert result.exit_code == 0, result.output
    old = cp.build_net(LENET, weights=WEIGHTS)
    new = cp.build_net(f"{out}.prototxt", weights=f"{out}.caffemodel")
    digits = np.random.default_rng(0).uniform(0, 1, (100, 1, 28, 28))
    np.testing.assert_array_equal(
        new.forward(image=digits)["prob"], old.forward(data=digits)["prob"]
    )


def test_prune_to_a_feature_blob(tmp_path: Path) -> None:
    out = tmp_path / "features.prototxt"
    result = invoke("prune", LENET, "--output", "pool2", "-o", out)
    assert result.exit_code == 0, result.output
    assert cp.build_net(out).outputs == ["pool2"]


def test_convolutional_takes_larger_pictures(tmp_path: Path) -> None:
    result = invoke("convolutional", LENET, "--weights", WEIGHTS, "-o", tmp_path / "fc")
    assert result.exit_code == 0, result.output
    net = cp.build_net(tmp_path / "fc.prototxt", weights=tmp_path / "fc.caffemodel")
    net.reshape(data=(1, 1, 40, 40))
    assert net.blobs["prob"].shape == (1, 10, 4, 4)


def test_deploy_of_a_training_net(tmp_path: Path) -> None:
    train = tmp_path / "train_val.prototxt"
    train.write_text(
        'layer { name: "d" type: "Data" top: "data" top: "label" '
        "transform_param { crop_size: 28 } data_param { batch_size: 4 } }"
        'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" '
        "inner_product_param { num_output: 2 } }"
        'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" }'
    )
    result = invoke("deploy", train, "--shape", "data=2x1x28x28", "-o", tmp_path / "deploy")
    assert result.exit_code == 0, result.output
    net = cp.build_net(tmp_path / "deploy.prototxt")
    assert (net.blobs["data"].shape, net.outputs) == ((2, 1, 28, 28), ["prob"])


def test_folding_without_weights_is_refused(tmp_path: Path) -> None:
    result = invoke("fold-batchnorm", LENET, "-o", tmp_path / "x")
    assert result.exit_code == 2
    assert "--weights" in result.output


def test_a_pair_that_is_no_pair_is_refused(tmp_path: Path) -> None:
    result = invoke("rename", LENET, "--blob", "data", "-o", tmp_path / "x")
    assert result.exit_code == 2
    assert "OLD=NEW" in result.output


@pytest.mark.parametrize(
    "operation", ["fold-batchnorm", "deploy", "prune", "rename", "convolutional"]
)
def test_the_help_of_an_operation_has_an_example(operation: str) -> None:
    text = invoke(operation, "--help").output
    assert f"Example:\n    caffe-proto surgery {operation} " in text
