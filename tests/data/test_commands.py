"""``caffe-proto data``: what a person types and reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from caffe_proto.cli import cli
from caffe_proto.data.database import open_database
from caffe_proto.errors import DataError
from caffe_proto.weights import read_binaryproto
from tests.data.conftest import IO


def _run(*args: object) -> str:
    result = CliRunner().invoke(cli, ["data", *(str(arg) for arg in args)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_convert_imageset(tmp_path: Path) -> None:
    assert "12 pictures" in _run("convert-imageset", IO, IO / "list.txt", tmp_path / "db")
    assert open_database(tmp_path / "db").count() == 12
    with pytest.raises(DataError, match="--force"):
        _run("convert-imageset", IO, IO / "list.txt", tmp_path / "db")
    _run("convert-imageset", IO, IO / "list_gray.txt", tmp_path / "db", "--force")
    assert open_database(tmp_path / "db").count() == 3


def test_convert_imageset_takes_caffe_s_flags(tmp_path: Path) -> None:
    flags = ["-gray", "-resize_height=5", "--resize_width", "7", "-backend", "leveldb"]
    _run("convert-imageset", *flags, IO, IO / "list.txt", tmp_path / "db")
    facts = json.loads(_run("show", tmp_path / "db", "--json"))
    assert facts["backend"] == "LevelDB"
    assert facts["shapes"] == [{"shape": [1, 5, 7], "count": 12}]


@pytest.mark.parametrize(
    "flags, channels",
    [(["--gray=true"], 1), (["-gray=1"], 1), (["--gray", "--gray=false"], 3), (["-nogray"], 3)],
)
def test_switches_may_have_a_value_as_caffe_s(
    tmp_path: Path, flags: list[str], channels: int
) -> None:
    size = ["--resize", "5"]
    _run("convert-imageset", *flags, *size, IO, IO / "list.txt", tmp_path / "db")
    facts = json.loads(_run("show", tmp_path / "db", "--json"))
    assert facts["shapes"] == [{"shape": [channels, 5, 5], "count": 12}]


@pytest.mark.parametrize(
    "flags, words",
    [
        (["--resize", "5y"], "write 256x256"),
        (["--resize", "0x5"], "write 256x256"),
        (["--resize-height", "5"], "go together"),
    ],
)
def test_sizes_that_are_none(tmp_path: Path, flags: list[str], words: str) -> None:
    args = ["data", "convert-imageset", str(IO), str(IO / "list.txt"), str(tmp_path / "db")]
    result = CliRunner().invoke(cli, [*args, *flags])
    assert result.exit_code == 2
    assert words in result.output


def test_unreadable_pictures_are_listed(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("images/p00.png 1\nimages/none.png 2\n")
    text = _run("convert-imageset", IO, tmp_path / "list", tmp_path / "db", "--skip-unreadable")
    assert "none.png" in text
    assert "1 pictures" in text


def test_mean_prints_and_writes(tmp_path: Path) -> None:
    text = _run("mean", IO / "db" / "leveldb_snappy", tmp_path / "mean.binaryproto")
    assert "mean_value channel [0]: 154.217" in text
    np.testing.assert_array_equal(
        read_binaryproto(tmp_path / "mean.binaryproto"),
        read_binaryproto(IO / "mean_large.binaryproto"),
    )
    facts = json.loads(_run("mean", IO / "db" / "lmdb_gray", "--json"))
    assert facts["shape"] == [1, 1, 16, 16]


def test_show_tells_counts_shapes_and_labels(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    text = _run("show", IO / "db" / "lmdb_encoded", "--images", sheet)
    assert "LMDB, 12 records" in text
    assert "00000000_images/p00.png … 00000011_images/p11.png" in text
    assert "3×20×24 (12)" in text
    assert "12 encoded" in text
    assert sheet.stat().st_size > 1000


def test_extract_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(IO)
    text = _run(
        "extract-features", "features.prototxt", "features.caffemodel", "conv,pool", "data",
        "--output", tmp_path / "a.npz",
    )  # fmt: skip
    assert "conv 12×2×4×4" in text
    assert set(np.load(tmp_path / "a.npz").files) == {"conv", "pool", "data"}


@pytest.mark.parametrize("tool", ["convert-imageset", "mean", "show", "extract-features"])
def test_the_help_of_a_tool_has_an_example(tool: str) -> None:
    assert f"Example:\n    caffe-proto data {tool} " in _run(tool, "--help")


def test_mean_takes_caffe_s_backend(tmp_path: Path) -> None:
    assert "shape" in _run("mean", "-backend", "lmdb", IO / "db" / "lmdb_gray", tmp_path / "m")
    with pytest.raises(DataError, match="expected a LevelDB"):
        _run("mean", "--backend=leveldb", IO / "db" / "lmdb_gray")
