"""Importing the package is cheap and brings in nothing optional."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_import_brings_no_optional_package() -> None:
    loaded = run("import sys, caffe_proto; print(*sys.modules)").split()
    for heavy in ("lark", "rich", "click", "h5py", "lmdb", "cv2", "onnx", "torch", "matplotlib"):
        assert heavy not in loaded


def test_building_a_net_needs_neither_command_nor_optional_packages() -> None:
    loaded = run("import sys, caffe_proto; caffe_proto.build_net; print(*sys.modules)").split()
    for heavy in ("rich", "click", "h5py", "lmdb", "cv2", "onnx", "torch", "matplotlib"):
        assert heavy not in loaded


def test_every_public_name_is_there() -> None:
    code = "import caffe_proto as cp; print([n for n in cp.__all__ if not hasattr(cp, n)])"
    assert run(code).strip() == "[]"


def test_unknown_names_are_attribute_errors() -> None:
    code = "import caffe_proto\ntry: caffe_proto.nothing\nexcept AttributeError as e: print(e)"
    assert "nothing" in run(code)
