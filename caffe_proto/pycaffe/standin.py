"""``import caffe`` for this package: :func:`install` within a process, a folder for others."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from caffe_proto.pycaffe.six_names import SixFinder

__all__ = ["SHIM", "install", "real_pycaffe", "uninstall"]

#: A folder with a package ``caffe`` that installs this one: for the path of other processes.
SHIM = Path(__file__).resolve().parent / "shim"

#: Parts of the drop-in that are no part of ``caffe``.
_NOT_CAFFES = ("running", "shim")

#: What the names meant before, to be put back.
_replaced: dict[str, ModuleType] = {}


class _CheckoutFinder(MetaPathFinder):
    """Finds modules that a checkout on the path adds to the package, as SSD's caffe.model_libs."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of ``caffe.<name>`` in a folder ``caffe`` of ``sys.path``."""
        if fullname.count(".") != 1 or not fullname.startswith("caffe."):
            return None
        folders = [str(Path(entry or ".", "caffe")) for entry in sys.path if Path(entry) != SHIM]
        return PathFinder.find_spec(fullname, folders)


_finders: list[MetaPathFinder] = [_CheckoutFinder(), SixFinder()]


def _is_ours(module: ModuleType) -> bool:
    return module.__name__.split(".")[0] == "caffe_proto"


def real_pycaffe() -> Path | None:
    """The folder of an installed pycaffe with its compiled part, or None."""
    for entry in sys.path:
        folder = Path(entry or ".") / "caffe"
        for suffix in EXTENSION_SUFFIXES:
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
        module = sys.modules.pop(name)
        if not _is_ours(module):
            _replaced[name] = module
    ours = __name__.rpartition(".")[0]
    # Every module is entered under both names: "import caffe.io" must not load a second copy.
    package = importlib.import_module(ours)
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    for name in [*(n for n in names if n not in _NOT_CAFFES), "proto.caffe_pb2"]:
        sys.modules[f"caffe.{name}"] = importlib.import_module(f"{ours}.{name}")
    sys.modules["caffe"] = package
    sys.meta_path.extend(finder for finder in _finders if finder not in sys.meta_path)


def uninstall() -> None:
    """Let ``import caffe`` mean what it meant before :func:`install`."""
    present = sys.modules.get("caffe")
    if present is None or not _is_ours(present):
        return
    for name in [n for n in sys.modules if n == "caffe" or n.startswith("caffe.")]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in _finders]
    sys.modules.update(_replaced)
    _replaced.clear()
