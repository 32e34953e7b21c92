"""The Python layer: a class of the user's own, written as for pycaffe.

The class has the methods ``setup``, ``reshape``, ``forward`` and ``backward`` of pycaffe's
layers; it may derive from :class:`PythonLayerBase` (which ``caffe.Layer`` of the drop-in is), but
any class with these methods will do::

    class Negate(PythonLayerBase):
        def setup(self, bottom, top):
            self.factor = -float(self.param_str or 1)

        def reshape(self, bottom, top):
            top[0].reshape(*bottom[0].shape)

        def forward(self, bottom, top):
            top[0].data[...] = self.factor * bottom[0].data

        def backward(self, top, propagate_down, bottom):
            if propagate_down[0]:
                bottom[0].diff[...] = self.factor * top[0].diff
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from caffe_proto.blob import Parameter
from caffe_proto.errors import LayerError, did_you_mean
from caffe_proto.layers.base import Arity, Array, Layer, LayerContext, Shape
from caffe_proto.layers.registry import register_layer

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["KNOWN_PYTHON_LAYERS", "BlobVector", "Python", "PythonLayerBase"]

#: Well-known classes, by module and name, that layer types here stand in for: no code is run.
KNOWN_PYTHON_LAYERS: dict[tuple[str, str], type[Layer]] = {}


class BlobVector(list[Parameter]):
    """A layer's parameters; ``add_blob(3, 4)`` appends one of that shape, filled with zeros."""

    def __init__(self, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__()
        self._dtype = dtype

    def add_blob(self, *shape: int) -> None:
        """Append a parameter of ``shape``, all zeros, with a gradient of zeros."""
        self.append(Parameter(shape, self._dtype))


class PythonLayerBase:
    """Base for a user's layers, as pycaffe's ``caffe.Layer``.

    ``param_str`` is what the prototxt says, ``phase`` 0 for TRAIN and 1 for TEST, ``blobs`` the
    parameters (``self.blobs.add_blob(3, 4)`` in ``setup``). ``bottom`` and ``top`` are lists of
    :class:`~caffe_proto.blob.Blob`; ``reshape`` runs before every ``forward``.
    """

    param_str: str = ""
    phase: int = 1
    type: str = "Python"
    blobs: BlobVector

    def __init__(self, param: caffe_pb2.LayerParameter | None = None) -> None:
        self.blobs = BlobVector()

    def setup(self, bottom: Sequence[Any], top: Sequence[Any]) -> None:
        """Check the settings and create the parameters; called once."""

    def reshape(self, bottom: Sequence[Any], top: Sequence[Any]) -> None:
        """Shape the tops: ``top[0].reshape(*bottom[0].shape)``."""
        raise NotImplementedError(f"{type(self).__name__} has no method reshape(bottom, top)")

    def forward(self, bottom: Sequence[Any], top: Sequence[Any]) -> None:
        """Compute the tops: ``top[0].data[...] = ...``."""
        raise NotImplementedError(f"{type(self).__name__} has no method forward(bottom, top)")

    def backward(
        self, top: Sequence[Any], propagate_down: Sequence[bool], bottom: Sequence[Any]
    ) -> None:
        """Compute the bottoms' gradients: ``bottom[0].diff[...] = ...``."""
        raise NotImplementedError(
            f"{type(self).__name__} has no method backward(top, propagate_down, bottom)"
        )


@register_layer("Python")
class Python(Layer):
    """A layer in Python: the class ``layer`` of ``module`` says what it computes.

    Any bottoms → any tops, shapes and parameters as the class makes them. Runs only where it is
    allowed, since it is code: ``build_net(..., allow_python_layers=True)``. The module is looked
    up on ``sys.path``, then in the prototxt's folder.
    Settings: ``python_param`` (module, layer, param_str "": handed to the class;
    share_in_parallel false: without effect).

    Errors in the class come out as they are, with a note that names the layer. Classes that are
    known here (py-faster-rcnn's ProposalLayer) run as layers of this package where their code is
    not allowed, or not there.
    """

    num_bottoms: ClassVar[Arity] = (0, None)
    num_tops: ClassVar[Arity] = (0, None)

    def __new__(cls, param: caffe_pb2.LayerParameter, context: LayerContext) -> Any:
        settings = param.python_param
        known = KNOWN_PYTHON_LAYERS.get((settings.module, settings.layer))
        if known is None or (context.allow_python_layers and _is_importable(settings.module)):
            return super().__new__(cls)
        return known(param, context)

    def setup(self, *bottoms: Shape) -> None:
        settings = self.param.python_param
        self.what = f"{settings.module}.{settings.layer}"
        if not settings.module or not settings.layer:
            missing = "module" if not settings.module else "layer"
            raise self.error(
                f"has no python_param.{missing}. "
                "Expected: the name of a module and of a class in it"
            )
        if not self.context.allow_python_layers:
            raise self.error(
                f'runs code: the class "{settings.layer}" of the module "{settings.module}". '
                "That is not done unless it is asked for. Expected: "
                "build_net(..., allow_python_layers=True), for files that you trust"
            )
        cls = self._find_class(settings.module, settings.layer)
        with self._calling("__init__"):
            own = isinstance(cls, type) and issubclass(cls, PythonLayerBase)
            self.instance: Any = cls(self.param) if own else cls()
        for method in ("setup", "reshape", "forward"):
            if not callable(getattr(self.instance, method, None)):
                raise self.error(
                    f'the class "{settings.layer}" of the module "{settings.module}" has no '
                    f"method {method}. Expected: setup(bottom, top), reshape(bottom, top), "
                    "forward(bottom, top), backward(top, propagate_down, bottom)"
                )
        self.params = self.instance.blobs = BlobVector(self.context.dtype)
        # Classes written for Caffe before 2015 read param_str_.
        self.instance.param_str = self.instance.param_str_ = settings.param_str
        self.instance.phase = self.phase
        with self._calling("setup"):
            self.instance.setup(self.bottom_blobs, self.top_blobs)

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        with self._calling("reshape"):
            self.instance.reshape(self.bottom_blobs, self.top_blobs)
        return [blob.shape for blob in self.top_blobs]

    def run_forward(self) -> float:
        # As in Caffe, reshape runs before every forward: data layers load their batch there.
        before = [blob.shape for blob in self.top_blobs]
        self.reshape()
        if before != [blob.shape for blob in self.top_blobs]:
            self._fill_loss_weights()
        return super().run_forward()

    def forward(self, *bottoms: Array) -> None:
        with self._calling("forward"):
            self.instance.forward(self.bottom_blobs, self.top_blobs)

    def run_backward(self) -> None:
        if not callable(getattr(self.instance, "backward", None)):
            raise self.error(
                f"has no gradient: {self.what} has no method "
                "backward(top, propagate_down, bottom). "
                "Expected: that method, or propagate_down: false for the layer's bottoms"
            )
        with self._calling("backward"):
            self.instance.backward(self.top_blobs, list(self.propagate_down), self.bottom_blobs)

    def _find_class(self, module_name: str, class_name: str) -> Any:
        module = self._import(module_name)
        try:
            found = getattr(module, class_name)
        except AttributeError:
            raise self.error(
                f'the module "{module_name}" ({getattr(module, "__file__", "built in")}) has no '
                f'class "{class_name}"{did_you_mean(class_name, vars(module))}'
            ) from None
        if not callable(found):
            raise self.error(
                f'"{class_name}" of the module "{module_name}" is no class. '
                f"Received: {type(found).__name__}"
            )
        return found

    def _import(self, name: str) -> ModuleType:
        with self._folder_on_path(), self._calling("the import"):
            importlib.invalidate_caches()
            try:
                return importlib.import_module(name)
            except ModuleNotFoundError as fault:
                if fault.name == "caffe" and _provide_caffe():
                    return importlib.import_module(name)
                if fault.name is None or not (name + ".").startswith(fault.name + "."):
                    raise
                places = "sys.path"
                if self.context.directory is not None:
                    places += f" and {self.context.directory}"
                raise self.error(
                    f'the module "{name}" is not found on {places}. Expected: a file '
                    f"{name.replace('.', '/')}.py there; PYTHONPATH adds folders"
                ) from None

    @contextmanager
    def _folder_on_path(self) -> Iterator[None]:
        folder = str(self.context.directory) if self.context.directory is not None else ""
        added = bool(folder) and folder not in sys.path
        if added:
            sys.path.append(folder)
        try:
            yield
        finally:
            if added and folder in sys.path:
                sys.path.remove(folder)

    @contextmanager
    def _calling(self, method: str) -> Iterator[None]:
        """Give what the user's code raises a note that names the layer."""
        try:
            yield
        except LayerError:
            raise
        except Exception as fault:
            note = f'in {method} of {self.what}, which the layer "{self.name}" (Python) runs'
            add_note = getattr(fault, "add_note", None)
            if add_note is None:  # Python 3.10
                raise self.error(f"{type(fault).__name__} {note}: {fault}") from fault
            add_note(note)
            raise


def _is_importable(name: str) -> bool:
    """Whether the module is there with all that it imports; the import runs its code."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _provide_caffe() -> bool:
    """Let ``import caffe`` find the drop-in where pycaffe itself is not installed."""
    if importlib.util.find_spec("caffe_proto.pycaffe") is None:
        return False
    importlib.import_module("caffe_proto.pycaffe").install()
    return True
