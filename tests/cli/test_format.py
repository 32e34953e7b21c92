"""``caffe-proto format``."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from caffe_proto.cli import cli

ROUGH = b'# caf\xe9\nlayer{name:"a" type:"ReLU"\n bottom:"x"  # why\n top:"a"}\n'
NEAT = b'# caf\xe9\nlayer {\n  name: "a"\n  type: "ReLU"\n  bottom: "x"  # why\n  top: "a"\n}\n'


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, ["format", *map(str, args)])


def test_write_keeps_comments_and_odd_bytes(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(ROUGH)
    assert invoke("--write", path).exit_code == 0
    assert path.read_bytes() == NEAT
    assert [p.name for p in tmp_path.iterdir()] == ["net.prototxt"]


def test_check_changes_nothing_and_tells(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(ROUGH)
    assert invoke("--check", path).exit_code == 1
    assert path.read_bytes() == ROUGH
    path.write_bytes(NEAT)
    assert invoke("--check", path).exit_code == 0


def test_a_broken_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(b"layer { name: \n")
    assert invoke("--write", path).exit_code == 1
    assert path.read_bytes() == b"layer { name: \n"


def test_upgrade_prints_todays_format(tmp_path: Path) -> None:
    path = tmp_path / "old.prototxt"
    path.write_text('layers { name: "a" type: RELU bottom: "x" top: "a" }\n')
    output = invoke("--upgrade", path).output
    assert 'type: "ReLU"' in output
    assert "layers" not in output


def test_diff_shows_what_would_change(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('layer{name:"a"}\n')
    output = invoke("--diff", path).output
    assert '-layer{name:"a"}' in output
    assert '+layer { name: "a" }' in output


def test_printing_gives_the_very_bytes(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(ROUGH)
    assert invoke(path).stdout_bytes == NEAT
