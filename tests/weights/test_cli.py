"""The commands ``caffe-proto weights`` and ``caffe-proto diff``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from caffe_proto.cli import cli
from caffe_proto.cli.diff import command as diff
from caffe_proto.cli.weights import command as weights
from caffe_proto.errors import WeightsError
from caffe_proto.prototxt import parse
from caffe_proto.weights import load_weights, read_caffemodel, save_weights

from .helpers import net_bytes, small_net


def run(command: Any, *arguments: Any) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments])


@pytest.fixture
def folder(golden: Path) -> Path:
    return golden / "weights"


def test_both_commands_are_found() -> None:
    text = run(cli, "--help").output
    assert " weights " in text
    assert " diff " in text


# -- weights -----------------------------------------------------------------------------------


def test_the_table_tells_layers_types_shapes_and_numbers(folder: Path) -> None:
    result = run(weights, folder / "model.caffemodel")
    assert result.exit_code == 0
    assert '"model", caffemodel, 11 layers, 7 of them with 508 parameters' in result.output
    row = next(line for line in result.output.splitlines() if "conv.1" in line)
    cells = row.split()
    assert cells[:4] == ["conv.1", "Convolution", "0", "4x3x3x3"]
    assert cells[4:] == ["0.0467", "0.5595", "-0.9973", "0.9742", "432", "B"]


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_arrays_without_a_definition_are_shown_too(tmp_path: Path, suffix: str) -> None:
    save_weights(load_weights(small_net()), tmp_path / f"x.{suffix}")
    assert "2x1x2x3" in run(weights, tmp_path / f"x.{suffix}").output


def test_json_holds_every_blob(folder: Path) -> None:
    found = json.loads(run(weights, folder / "model_v1.caffemodel", "--json").output)
    assert (found["name"], found["format"], found["parameter_count"]) == (
        "model",
        "caffemodel",
        485,
    )
    blob = found["layers"][1]["blobs"][0]
    assert blob["shape"] == [1, 1, 5, 64]
    assert blob["legacy_shape"] is True
    assert blob["nbytes"] == 1280
    assert blob["mean"] == pytest.approx(0.007371, rel=1e-3)


def test_values_that_are_not_finite_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(net_bytes(("l", "Scale", [[1, float("nan")]]), ("e", "X", [[[]]])))
    assert "(+1 not finite)" in run(weights, path).output
    found = json.loads(run(weights, path, "--json").output)
    assert found["layers"][0]["blobs"][0]["nonfinite"] == 1
    assert found["layers"][1]["blobs"][0]["mean"] == "nan"


def test_names_are_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(net_bytes(("[red]x[/red]", "[b]", [[1]]), name="[/]"))
    output = run(weights, path).output
    assert "[red]x[/red]" in output
    assert '"[/]"' in output


def test_the_prototxt_is_extracted(folder: Path, tmp_path: Path) -> None:
    for name in ("model", "model_v1", "v0_blobs"):
        path = folder / f"{name}.caffemodel"
        result = run(weights, path, "--extract-prototxt")
        assert result.exit_code == 0
        expected = read_caffemodel(path).definition()
        assert parse(result.output, upgrade=False) == expected
        assert run(weights, path, "--extract-prototxt", "-o", tmp_path / "o").output == ""
        assert parse((tmp_path / "o").read_text(), upgrade=False) == expected


def test_only_a_caffemodel_has_a_prototxt(tmp_path: Path) -> None:
    save_weights(load_weights(small_net()), tmp_path / "x.npz")
    result = run(weights, tmp_path / "x.npz", "--extract-prototxt")
    assert isinstance(result.exception, WeightsError)
    assert "the net's definition is only in .caffemodel files" in str(result.exception)


@pytest.mark.parametrize("options", [["-o", "x"], ["--json", "--extract-prototxt"]])
def test_options_that_do_not_go_together_are_a_usage_error(
    folder: Path, options: list[str]
) -> None:
    assert run(weights, folder / "model.caffemodel", *options).exit_code == 2


# -- diff --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "a, b",
    [
        ("model.caffemodel", "model.caffemodel"),
        ("model.caffemodel", "model.caffemodel.h5"),
        ("model.prototxt", "model.prototxt"),
        ("model.prototxt", "model.caffemodel"),
        ("model.caffemodel", "model.prototxt"),
        ("model.prototxt", "model.caffemodel.h5"),
        ("model.caffemodel.h5", "model.prototxt"),
    ],
)
def test_what_belongs_together_does_not_differ(folder: Path, a: str, b: str) -> None:
    pytest.importorskip("h5py")
    result = run(diff, folder / a, folder / b)
    assert result.output.endswith("nothing differs\n")
    assert result.exit_code == 0


def test_settings_that_differ_are_listed_by_layer(folder: Path, tmp_path: Path) -> None:
    text = (folder / "model.prototxt").read_text()
    other = tmp_path / "other.prototxt"
    other.write_text(text.replace("num_output: 5", "num_output: 6").replace('"par"', '"p"'))
    result = run(diff, folder / "model.prototxt", other)
    assert result.exit_code == 1
    assert (
        '~ layer "ip" (InnerProduct)\n    inner_product_param.num_output: 5 -> 6' in result.output
    )
    assert '- layer "par" (Parameter)' in result.output
    assert '+ layer "p" (Parameter)' in result.output


def test_weights_that_differ_are_measured(tmp_path: Path) -> None:
    a, b = tmp_path / "a.caffemodel", tmp_path / "b.caffemodel"
    a.write_bytes(net_bytes(("l", "Scale", [[1, 2]])))
    b.write_bytes(net_bytes(("l", "Scale", [[1, 4]])))
    result = run(diff, a, b)
    assert result.exit_code == 1
    assert "blob 0: 2, 1 of 2 values differ, at most by 2 (relative 0.5)" in result.output
    assert run(diff, a, b, "--atol", "2").exit_code == 0
    assert run(diff, a, b, "--rtol", "0.5").exit_code == 0
    found = json.loads(run(diff, a, b, "--json").output)
    assert found["different"] is True
    assert found["layers"][0]["blobs"] == [
        {
            "index": 0,
            "shape_a": [2],
            "shape_b": [2],
            "differing": 1,
            "max_abs": 2.0,
            "max_rel": 0.5,
        }
    ]


@pytest.mark.parametrize("flip", [False, True])
def test_a_file_that_does_not_fit_a_net_is_told_by_its_shapes(
    folder: Path, tmp_path: Path, flip: bool
) -> None:
    prototxt = tmp_path / "net.prototxt"
    text = (folder / "model.prototxt").read_text().replace("num_output: 5", "num_output: 6")
    prototxt.write_text(text)
    save_weights(load_weights(folder / "model.caffemodel"), tmp_path / "x.npz")
    sides = (tmp_path / "x.npz", prototxt) if flip else (prototxt, tmp_path / "x.npz")
    result = run(diff, *sides)
    assert result.exit_code == 1
    shapes = "5x64 -> 6x64" if flip else "6x64 -> 5x64"
    assert f"blob 0: shape {shapes}" in result.output


def test_layers_on_one_side_alone_are_marked(folder: Path, tmp_path: Path) -> None:
    weights_file = tmp_path / "x.npz"
    save_weights(load_weights(small_net()), weights_file)
    prototxt = tmp_path / "n.prototxt"
    prototxt.write_text(
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: [1, 2] } } }'
        'layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "y" '
        "inner_product_param { num_output: 3 } }"
        'layer { name: "ip2" type: "InnerProduct" bottom: "y" top: "z" '
        "inner_product_param { num_output: 3 } }"
    )
    result = run(diff, prototxt, weights_file)
    assert '- layer "ip2" (InnerProduct)' in result.output
    assert '+ layer "conv1"' in result.output
    assert "blob 0: 2x1x2x3, only in the second" in result.output
    assert '"ip1"' not in result.output


def test_solvers_are_compared_with_solvers(folder: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a.prototxt", tmp_path / "b.prototxt"
    a.write_text('net: "n.prototxt" base_lr: 0.1 lr_policy: "fixed"')
    b.write_text('net: "n.prototxt" base_lr: 0.2 lr_policy: "fixed" momentum: 0.9')
    result = run(diff, a, b)
    assert "base_lr: 0.1 -> 0.2" in result.output
    assert "momentum: (not set) -> 0.9" in result.output
    assert run(diff, a, folder / "model.prototxt").exit_code == 2


def test_a_file_that_cannot_be_read_is_status_2(folder: Path, tmp_path: Path) -> None:
    result = run(diff, folder / "model.caffemodel", tmp_path / "no.caffemodel")
    assert result.exit_code == 2
    assert "no.caffemodel: cannot be opened" in result.output


@pytest.mark.reference
def test_every_runs_caffemodel_belongs_to_its_prototxt(reference: Path) -> None:
    count = 0
    for path in sorted((reference / "golden/runs").glob("*/weights.caffemodel")):
        prototxt = path.with_name("net.prototxt")
        if not prototxt.exists():
            continue
        result = run(diff, prototxt, path)
        if "there is no layer type" in result.output:
            continue
        assert result.exit_code == 0, result.output
        count += 1
    assert count >= 10
