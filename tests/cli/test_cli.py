"""The command: what a person types, reads, and gets for a fault."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from caffe_proto.cli import cli

ROOT = Path(__file__).resolve().parent.parent.parent
LENET = str(ROOT / "examples/lenet/lenet.prototxt")
WEIGHTS = str(ROOT / "examples/lenet/lenet.caffemodel")


def invoke(*args: str) -> str:
    result = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def command(*args: str, encoding: str = "utf-8", **env: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own, as a shell runs it."""
    code = "import sys; from caffe_proto.cli import main; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        encoding=encoding,
        env={**os.environ, **env},
        timeout=60,
        check=False,
    )


def test_show_lists_every_layer_and_the_totals() -> None:
    text = invoke("show", LENET)
    assert re.search(r"conv2\s+Convolution\s+pool1 → conv2\s+100×50×8×8\s+50×20×5×5", text)
    assert "431,080 parameters (1.64 MiB), 229.30 M MACs" in text
    assert "ip1 (in place)" in text


def test_show_json_has_what_the_table_has() -> None:
    facts = json.loads(invoke("show", LENET, "--json"))
    assert facts["parameter_count"] == 431080
    conv = facts["layers"][1]
    assert conv["name"] == "conv1"
    assert conv["parameters"][1]["lr_mult"] == 2
    assert conv["parameters"][0]["filler"] == "xavier"


def test_blobs_puts_the_predicted_deviation_beside_the_measured() -> None:
    facts = json.loads(invoke("blobs", LENET, "--seed", "1701", "--json"))
    conv = facts["parameters"][0]
    assert facts["seed"] == 1701
    assert conv["predicted_std"] == pytest.approx(0.2)
    assert conv["values"]["std"] == pytest.approx(0.2, rel=0.1)
    assert sum(conv["values"]["histogram"]) == 500


def test_blobs_with_weights_shows_the_trained_values() -> None:
    text = invoke("blobs", LENET, "--weights", WEIGHTS)
    assert "conv1/0" in text
    assert "lenet.caffemodel" in text


def test_check_lists_every_fault_of_every_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.prototxt", tmp_path / "bad.prototxt"
    good.write_text(Path(LENET).read_text())
    bad.write_text('nme: "x"\nlayer { name: "c" typo: "ReLU" }\n')
    result = command("check", str(good), str(bad), str(tmp_path / "none.prototxt"))
    assert result.returncode == 1
    assert f"{good}: ok" in result.stdout
    assert "bad.prototxt:1:1:" in result.stderr
    assert 'did you mean "name"' in result.stderr
    assert "bad.prototxt:2:19:" in result.stderr
    assert "none.prototxt" in result.stderr
    assert "1 of 3 files are fine" in result.stdout


def test_check_names_the_layer_that_does_not_fit(tmp_path: Path) -> None:
    bad = tmp_path / "bad.prototxt"
    bad.write_text(Path(LENET).read_text().replace("kernel_size: 5", "kernel_size: 50"))
    result = command("check", str(bad))
    assert result.returncode == 1
    assert 'layer "conv1" (Convolution)' in result.stderr
    assert str(bad) in result.stderr


def test_a_fault_in_a_file_gives_no_traceback(tmp_path: Path) -> None:
    empty = tmp_path / "empty.prototxt"
    empty.write_text("")
    result = command("show", str(empty))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "empty.prototxt" in result.stderr
    assert "empty" in result.stderr.replace("empty.prototxt", "")


def test_a_missing_file_is_named() -> None:
    result = command("show", "no/such.prototxt")
    assert result.returncode == 1
    assert "no/such.prototxt" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_misspelt_command_is_suggested() -> None:
    result = command("shwo")
    assert result.returncode == 2
    assert 'did you mean "show"' in result.stderr


def test_output_on_a_pipe_has_no_colours() -> None:
    result = command("show", LENET)
    assert "\x1b" not in result.stdout


def test_a_reader_that_goes_away_is_no_fault() -> None:
    code = f"{sys.executable} -c 'from caffe_proto.cli import main; main()' blobs {LENET} | head -1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", code], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in result.stderr


def test_layers_lists_the_types_and_explains_one() -> None:
    assert re.search(r"^ReLU\s+Rectifier", invoke("layers"), re.M)
    text = invoke("layers", "Convolution")
    assert "num_output" in text
    assert "FAN_IN" not in text
    assert re.search(r"bias_term\s+bool\s+true", text)


def test_an_unknown_type_is_an_error_with_near_names() -> None:
    result = command("layers", "Convolutoin")
    assert result.returncode == 1
    assert '"Convolution"' in result.stderr


def test_version() -> None:
    assert "caffe-proto" in invoke("--version")


@pytest.mark.parametrize("name", ["show", "blobs", "check", "layers"])
def test_help_has_examples(name: str) -> None:
    assert "Examples:" in invoke(name, "--help")


@pytest.mark.parametrize(
    "encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"], ids=lambda name: name
)
@pytest.mark.parametrize(
    "arguments",
    [("show", LENET), ("blobs", LENET), ("weights", WEIGHTS), ("layers", "LRN"), ("layers",)],
    ids=lambda arguments: arguments[0],
)
def test_a_terminal_without_unicode_is_no_fault(arguments: tuple[str, ...], encoding: str) -> None:
    result = command(*arguments, PYTHONIOENCODING=encoding, encoding=encoding)
    assert (result.returncode, result.stderr) == (0, "")


def test_arrows_and_bars_have_plain_forms_in_ascii() -> None:
    text = command("show", LENET, PYTHONIOENCODING="ascii").stdout
    assert re.search(r"conv1 +\| Convolution +\| data > conv1 +\| 100x20x24x24", text)
    text = command("blobs", LENET, "--seed", "1701", PYTHONIOENCODING="ascii").stdout
    assert "+##+@*=*@*++=+##@#*@*+@*" in text


def test_names_beyond_ascii_are_written_as_escapes(tmp_path: Path) -> None:
    net = tmp_path / "net.prototxt"
    net.write_text('layer { name: "dé" type: "Input" top: "dé" }', encoding="utf-8")
    assert "d\\xe9" in command("show", str(net), PYTHONIOENCODING="ascii").stdout
    facts = json.loads(command("show", str(net), "--json", PYTHONIOENCODING="ascii").stdout)
    assert facts["layers"][0]["name"] == "dé"


@pytest.mark.parametrize("arguments", [("show", LENET), ("blobs", LENET), ("weights", WEIGHTS)])
def test_a_narrow_terminal_breaks_no_word(arguments: tuple[str, ...], tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    code = "import sys; from caffe_proto.cli import main; main(sys.argv[1:])"
    read, write = pty.openpty()
    env = {**os.environ, "COLUMNS": "80", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=write, env=env) as run:
        os.close(write)
        pieces = []
        while piece := _read(read):
            pieces.append(piece)
    os.close(read)
    assert run.returncode == 0
    text = b"".join(pieces).decode()
    for word in ("conv1", "50×20×5×5" if arguments[0] != "weights" else "50x20x5x5"):
        assert word in text
    if arguments[0] != "weights":
        assert "constant value=0" in text
    lines = [line for line in text.splitlines() if LENET not in line and WEIGHTS not in line]
    assert max(map(len, lines)) <= 80


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # Linux' way to say that the other side is closed
        return b""


def test_a_full_disk_is_named() -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "w") as full:
        code = "import sys; from caffe_proto.cli import main; main(sys.argv[1:])"
        result = subprocess.run(
            [sys.executable, "-c", code, "show", LENET],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names here")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = command("weights", WEIGHTS, "--extract-prototxt", "-o", str(pipe))
    assert result.returncode == 1
    assert "device or a pipe" in result.stderr
    assert pipe.is_fifo()


def test_the_module_runs_as_the_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "caffe_proto", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith("caffe-proto, version")


def test_a_path_may_hold_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    net = folder / "le net.prototxt"
    net.write_bytes(Path(LENET).read_bytes())
    assert f"{net}: ok" in invoke("check", str(net))


def test_a_file_does_not_command_the_terminal(tmp_path: Path) -> None:
    net, bad = tmp_path / "net.prototxt", tmp_path / "bad.prototxt"
    net.write_text(r'layer { name: "a\033[31mb" type: "Input" top: "[/c]\007" }')
    bad.write_text('layer { name: "\x1b[2J" tipe: "ReLU" }')
    result = command("show", str(net))
    assert re.search(r"^a\[31mb +Input", result.stdout, re.M)
    for arguments in (
        ("show", str(net)),
        ("run", str(net)),
        ("show", str(bad)),
        ("check", str(bad)),
    ):
        result = command(*arguments)
        assert not set("\x1b\x07") & set(result.stdout + result.stderr)


def test_an_input_that_gets_no_file_is_told() -> None:
    assert "no --input for data: all zeros" in command("run", LENET, "--weights", WEIGHTS).stderr


def test_an_input_takes_one_file(tmp_path: Path) -> None:
    result = command("run", LENET, "--input", "data=a.npy", "--input", "data=b.npy")
    assert result.returncode == 1
    assert 'data=b.npy: the input "data" has a file already' in result.stderr


@pytest.mark.parametrize("name", ["show", "check"])
def test_a_closed_output_is_no_fault(name: str) -> None:
    code = f"{sys.executable} -m caffe_proto {name} {LENET} >&-"
    result = subprocess.run(["bash", "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
