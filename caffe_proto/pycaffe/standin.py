"""``import caffe`` for this package: :func:`install` within a process, a folder for others."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import warnings
from pathlib import Path
from types import ModuleType

from caffe_proto.pycaffe.six_names import SixFinder

__all__ = ["SHIM", "install", "real_pycaffe", "uninstall"]

#: A folder with a package ``caffe`` that installs this one: for the path of other processes.
SHIM = Path(__file__).resolve().parent / "shim"

_SUBMODULES = (
    "_caffe",
    "classifier",
    "coord_map",
    "detector",
    "draw",
    "io",
    "net_spec",
    "proto",
    "proto.caffe_pb2",
    "pycaffe",
)

#: What the names meant before, to be put back.
_replaced: dict[str, ModuleType] = {}

_six = SixFinder()


def _is_ours(module: ModuleType) -> bool:
    return module.__name__.split(".")[0] == "caffe_proto"


def real_pycaffe() -> Path | None:
    """The folder of an installed pycaffe with its compiled part, or None."""
    for entry in sys.path:
        folder = Path(entry or ".") / "caffe"
        for suffix in importlib.machinery.EXTENSION_SUFFIXES:
            if (folder / f"_caffe{suffix}").is_file():
                return folder
    return None


def install() -> None:
    """Let ``import caffe`` give this package in this process, with all its submodules.

    Warns where that puts a pycaffe aside that is installed; :func:`uninstall` ends it.
    """
    present = sys.modules.get("caffe")
    if present is not None and _is_ours(present):
        return
    real = real_pycaffe()
    if real is not None:
        warnings.warn(
            f'"import caffe" gives caffe_proto.pycaffe now, not the pycaffe in {real}', stacklevel=2
        )
    for name in [n for n in sys.modules if n == "caffe" or n.startswith("caffe.")]:
        _replaced[name] = sys.modules.pop(name)
    ours = __name__.rpartition(".")[0]
    # Every module is entered under both names: "import caffe.io" must not load a second copy.
    for name in _SUBMODULES:
        sys.modules[f"caffe.{name}"] = importlib.import_module(f"{ours}.{name}")
    sys.modules["caffe"] = importlib.import_module(ours)
    if _six not in sys.meta_path:
        sys.meta_path.append(_six)


def uninstall() -> None:
    """Let ``import caffe`` mean what it meant before :func:`install`."""
    present = sys.modules.get("caffe")
    if present is None or not _is_ours(present):
        return
    for name in [n for n in sys.modules if n == "caffe" or n.startswith("caffe.")]:
        del sys.modules[name]
    if _six in sys.meta_path:
        sys.meta_path.remove(_six)
    sys.modules.update(_replaced)
    _replaced.clear()
