"""``caffe-proto python`` and ``install``: import caffe gives the drop-in, where it is asked for."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import caffe_proto.pycaffe as caffe
from caffe_proto.pycaffe.standin import real_pycaffe


def python(
    *args: str, stdin: str = "", cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """``caffe-proto python`` in a process of its own."""
    code = "import sys; from caffe_proto.cli import main; main(['python', *sys.argv[1:]])"
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=cwd,
        env={**os.environ, **env},
        timeout=120,
        check=False,
    )


EVERYTHING = """
import caffe
import caffe.io, caffe.draw, caffe.net_spec, caffe.coord_map, caffe.classifier, caffe.detector
import caffe.pycaffe, caffe._caffe
import caffe.proto.caffe_pb2 as direct
from caffe import layers as L, params as P, to_proto
from caffe.proto import caffe_pb2
from caffe.proto.caffe_pb2 import NetParameter, TRAIN
from caffe.pycaffe import Net, SGDSolver
from caffe._caffe import Layer
from google.protobuf import text_format

assert direct is caffe_pb2 is caffe.proto.caffe_pb2 is caffe.io.caffe_pb2
assert Net is caffe.Net and Layer is caffe.Layer and SGDSolver is caffe.SGDSolver
assert caffe.classifier.Classifier is caffe.Classifier
assert caffe.io.Transformer.__module__ == "caffe_proto.pycaffe.io"
net = text_format.Merge('name: "n" layer { name: "a" type: "ReLU" }', NetParameter())
assert net.layer[0].name == "a" and P.Pooling.MAX == 0 and caffe.TEST == 1 and TRAIN == 0
assert caffe_pb2._POOLINGPARAMETER_POOLMETHOD.values_by_number[1].name == "AVE"
print(caffe.__version__)
"""


def test_everything_that_scripts_import_is_there() -> None:
    result = python("-c", EVERYTHING)
    assert (result.returncode, result.stdout) == (0, "1.0.0\n"), result.stderr


def test_a_script_gets_its_arguments_and_its_folder(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import caffe\nword = caffe.__name__\n")
    (tmp_path / "script.py").write_text(
        "import sys, helper\nprint(sys.argv[1:], __name__, helper.word, __file__)\n"
    )
    result = python(str(tmp_path / "script.py"), "-h", "--gpu", "0", "-m", "x")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split("\n")[0] == (
        f"['-h', '--gpu', '0', '-m', 'x'] __main__ caffe_proto.pycaffe {tmp_path / 'script.py'}"
    )


def test_a_module_runs_as_main(tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text(
        "import caffe, sys\nif __name__ == '__main__': print(caffe.TEST, sys.argv[1:])\n"
    )
    result = python("-m", "tool", "--flag", cwd=tmp_path)
    assert result.stdout == "1 ['--flag']\n", result.stderr


def test_tests_run_under_unittest(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import unittest, caffe, six\n"
        "class T(unittest.TestCase):\n"
        "    def test(self): self.assertIn('Python', caffe.layer_type_list())\n"
    )
    result = python("-m", "unittest", "test_it", cwd=tmp_path)
    assert result.returncode == 0
    assert "Ran 1 test" in result.stderr


def test_a_script_on_standard_input() -> None:
    assert python("-", "a", stdin="import caffe, sys; print(sys.argv)").stdout == "['-', 'a']\n"


def test_an_interactive_session_knows_caffe() -> None:
    result = python(stdin="print(caffe.TRAIN + 41)\n")
    assert "41" in result.stdout
    assert result.returncode == 0


def test_processes_that_a_script_starts_find_caffe_too() -> None:
    code = (
        "import subprocess, sys\n"
        "child = 'import caffe.io, caffe; print(caffe.io.__name__, caffe.__name__)'\n"
        "subprocess.run([sys.executable, '-c', child], check=True)\n"
    )
    result = python("-u", "-c", code)
    assert result.stdout == "caffe_proto.pycaffe.io caffe_proto.pycaffe\n", result.stderr


def test_the_exit_status_is_the_scripts() -> None:
    assert python("-c", "raise SystemExit(7)").returncode == 7
    assert python("-c", "import sys; sys.exit()").returncode == 0
    result = python("-c", "import sys; sys.exit('the words')")
    assert (result.returncode, result.stderr) == (1, "the words\n")


def test_a_scripts_error_has_the_scripts_traceback_alone(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def f():\n    return {}['key']\nf()\n")
    result = python(str(tmp_path / "bad.py"))
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "bad.py" in lines[1]
    assert lines[-1] == "KeyError: 'key'"
    assert "runpy" not in result.stderr


def test_a_fault_in_a_net_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text("layer { name: 'x' type: 'Convolutoin' }")
    result = python("-c", "import caffe; caffe.Net('net.prototxt', caffe.TEST)", cwd=tmp_path)
    assert "Convolutoin" in result.stderr
    assert "did you mean" in result.stderr


@pytest.mark.parametrize(
    "line", ["print 'hello'", "xrange(3)", "{}.iteritems()", "import cPickle", "raise E, 'x'"]
)
def test_python_2_is_recognised(line: str) -> None:
    result = python("-c", line)
    assert result.returncode == 1
    assert "looks like Python 2" in result.stderr


def test_other_faults_are_not_taken_for_python_2() -> None:
    assert "Python 2" not in python("-c", "misspelt").stderr


@pytest.mark.parametrize(
    "args, words",
    [
        (["nowhere.py"], "no script nowhere.py"),
        (["-m"], "-m needs a value"),
        (["-X", "dev"], "-X is no option"),
    ],
)
def test_what_cannot_run_is_said(args: list[str], words: str) -> None:
    result = python(*args)
    assert result.returncode == 1
    assert words in result.stderr


def test_help_is_the_commands_only_in_front() -> None:
    assert "import caffe" in python("--help").stdout


# -- install ---------------------------------------------------------------------------------


def test_install_and_uninstall_within_a_process() -> None:
    assert "caffe" not in sys.modules
    caffe.install()
    caffe.install()
    assert importlib.import_module("caffe") is caffe
    assert importlib.import_module("caffe.io") is caffe.io
    assert importlib.import_module("caffe.proto.caffe_pb2") is caffe.proto.caffe_pb2
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("caffe.nothing")
    caffe.uninstall()
    assert not [name for name in sys.modules if name.partition(".")[0] == "caffe"]


def fake_pycaffe(folder: Path) -> None:
    (folder / "caffe").mkdir(parents=True)
    (folder / "caffe/__init__.py").write_text("real = True\n")
    (folder / "caffe" / f"_caffe{EXTENSION_SUFFIXES[-1]}").touch()


def test_a_real_pycaffe_is_not_shadowed_by_an_import(tmp_path: Path) -> None:
    fake_pycaffe(tmp_path)
    code = "import caffe_proto, caffe_proto.pycaffe, caffe; print(caffe.real)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert result.stdout == "True\n", result.stderr


def test_asking_puts_a_real_one_aside_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pycaffe(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    import caffe as real

    assert real.real
    assert real_pycaffe() == tmp_path / "caffe"
    ours = sys.modules["caffe_proto.pycaffe"]
    with pytest.warns(UserWarning, match="not the pycaffe in"):
        ours.install()
    assert sys.modules["caffe"] is ours
    ours.uninstall()
    assert sys.modules["caffe"] is real
    del sys.modules["caffe"]


def test_what_a_checkout_adds_to_the_package_is_found(tmp_path: Path) -> None:
    (tmp_path / "caffe").mkdir()
    (tmp_path / "caffe/__init__.py").write_text("raise ImportError('not compiled')\n")
    (tmp_path / "caffe/own_libs.py").write_text("from caffe import layers as L\nword = L\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import caffe, caffe.net\nfrom caffe.own_libs import word\n"
        "print(word is caffe.layers, caffe.net.Net is caffe.Net)"
    )
    result = python("-c", code)
    assert result.stdout == "True True\n", result.stderr


def test_importing_the_drop_in_brings_nothing_optional() -> None:
    code = "import sys, caffe_proto.pycaffe; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    for heavy in ("cv2", "h5py", "pydot", "matplotlib", "rich", "click", "six", "caffe"):
        assert heavy not in loaded


def test_an_installed_six_comes_first(tmp_path: Path) -> None:
    (tmp_path / "six.py").write_text("mine = True\n")
    result = python("-c", "import six; print(six.mine)", PYTHONPATH=str(tmp_path))
    assert result.stdout == "True\n", result.stderr
