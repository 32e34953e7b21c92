"""``caffe.Net``: a built net with the names and habits of pycaffe."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

from caffe_proto.blob import Array, Blob, Parameter
from caffe_proto.errors import BuildError, did_you_mean
from caffe_proto.net import Net as NativeNet
from caffe_proto.net import build_net
from caffe_proto.pycaffe.errors import ArrayError, FileMissingError, NameMissingError
from caffe_proto.pycaffe.layer import layer_object, scripts_errors
from caffe_proto.pycaffe.state import state, stream_for_net

__all__ = ["Net"]

PathLike = str | os.PathLike[str]
N = TypeVar("N", bound="Net")
V = TypeVar("V")


class ByName(OrderedDict[str, V]):
    """An ordered dict whose missing names are told with the nearest ones."""

    def __missing__(self, name: str) -> NoReturn:
        raise NameMissingError(f'the net has no "{name}" here{did_you_mean(str(name), self)}')


class Net:
    """A net: ``Net(network_file, phase, level=0, stages=None, weights=None)``.

    The form of old scripts, ``Net(network_file, weights, phase)``, does the same. Python layers
    run without being allowed first: the script that says ``import caffe`` brings them itself.
    Arrays that come back (``forward``, ``blobs[...].data``) are the net's own memory, which the
    next pass overwrites; copy what shall stay.

    Raises :class:`RuntimeError` for a missing file, :class:`BuildError` or :class:`ParseError` for
    a net that cannot be built, and :class:`WeightsError` for weights that do not fit.
    """

    def __init__(self, network_file: PathLike, *args: Any, **options: Any) -> None:
        phase, level, stages, weights = _arguments(network_file, args, options)
        _check_file(network_file)
        if weights is not None:
            _check_file(weights)
        with scripts_errors():
            native = build_net(
                Path(network_file),
                phase,
                level=level,
                stages=stages,
                allow_python_layers=True,
                stream=stream_for_net(),
                solver_count=state.solver_count,
                solver_rank=state.solver_rank,
            )
        self._take(native)
        if weights is not None:
            _load(self._native, weights)

    @classmethod
    def of(cls: type[N], native: NativeNet) -> N:
        """The net ``native``, made by :func:`caffe_proto.build_net`, with this class's names."""
        net = cls.__new__(cls)
        net._take(native)
        return net

    def _take(self, native: NativeNet) -> None:
        self._native = native
        # Attributes that scripts may set to what they like.
        self.name = native.name
        self.phase = 0 if native.phase == "TRAIN" else 1

    # -- facts -----------------------------------------------------------------------------

    @cached_property
    def blobs(self) -> OrderedDict[str, Blob]:
        """The blobs by name, in the order of the layers."""
        return ByName(zip(self._blob_names, self._blobs, strict=True))

    @cached_property
    def blob_loss_weights(self) -> OrderedDict[str, float]:
        """By blob name: with what weight the blob counts as a loss (0: it does not)."""
        return ByName(zip(self._blob_names, self._blob_loss_weights, strict=True))

    @cached_property
    def params(self) -> OrderedDict[str, list[Parameter]]:
        """The parameters by layer name; layers without parameters are left out."""
        named = zip(self._layer_names, self.layers, strict=True)
        return ByName((name, layer.blobs) for name, layer in named if len(layer.blobs))

    @cached_property
    def layers(self) -> list[Any]:
        """The layers in order; a layer written in Python is the script's own object."""
        return [layer_object(layer) for layer in self._native.layers]

    @cached_property
    def layer_dict(self) -> OrderedDict[str, Any]:
        """The layers by name."""
        return ByName(zip(self._layer_names, self.layers, strict=True))

    @property
    def inputs(self) -> list[str]:
        """Names of the blobs that a caller feeds."""
        return list(self._native.inputs)

    @property
    def outputs(self) -> list[str]:
        """Names of the blobs that no layer reads."""
        return list(self._native.outputs)

    @cached_property
    def top_names(self) -> OrderedDict[str, list[str]]:
        """By layer name: the names of its tops."""
        return self._names_by_layer(self._top_ids)

    @cached_property
    def bottom_names(self) -> OrderedDict[str, list[str]]:
        """By layer name: the names of its bottoms."""
        return self._names_by_layer(self._bottom_ids)

    def _names_by_layer(self, ids: Callable[[int], list[int]]) -> OrderedDict[str, list[str]]:
        names = self._blob_names
        return ByName(
            (layer, [names[j] for j in ids(i)]) for i, layer in enumerate(self._layer_names)
        )

    @property
    def _layer_names(self) -> list[str]:
        return [layer.name for layer in self._native.layers]

    @property
    def _blob_names(self) -> list[str]:
        return self._native.blob_names

    @property
    def _blobs(self) -> list[Blob]:
        return self._native.blob_list

    @property
    def _blob_loss_weights(self) -> list[float]:
        weights = [0.0] * len(self._blobs)
        for i, layer in enumerate(self._native.layers):
            for blob, weight in zip(self._top_ids(i), layer.loss_weights, strict=True):
                weights[blob] = float(weight)
        return weights

    @property
    def _inputs(self) -> list[int]:
        return [self._blob_names.index(name) for name in self._native.inputs]

    @property
    def _outputs(self) -> list[int]:
        last = {name: i for i, name in enumerate(self._blob_names)}
        return [last[name] for name in self._native.outputs]

    @cached_property
    def _blob_ids(self) -> dict[int, int]:
        return {id(blob): i for i, blob in enumerate(self._blobs)}

    def _top_ids(self, layer: int) -> list[int]:
        return [self._blob_ids[id(blob)] for blob in self._native.layers[layer].top_blobs]

    def _bottom_ids(self, layer: int) -> list[int]:
        return [self._blob_ids[id(blob)] for blob in self._native.layers[layer].bottom_blobs]

    # -- running ---------------------------------------------------------------------------

    def forward(
        self,
        blobs: Sequence[str] | None = None,
        start: str | None = None,
        end: str | None = None,
        **inputs: npt.ArrayLike,
    ) -> dict[str, Array]:
        """Run from layer ``start`` to layer ``end`` (names, both included; all by default).

        ``inputs`` are arrays for all inputs of the net, cast to float32. Returns the net's
        outputs by name, or with ``end`` that layer's tops, and the further ``blobs``: live
        views of the net's memory.
        """
        first = 0 if start is None else self._layer_index(start)
        last = len(self._native.layers) - 1 if end is None else self._layer_index(end)
        wanted = self.outputs if end is None else self.top_names[end]
        found = self._named(wanted, blobs)
        if inputs:
            self._feed(inputs, self.inputs, "data")
        self._forward(first, last)
        return {name: blob.data for name, blob in found.items()}

    def backward(
        self,
        diffs: Sequence[str] | None = None,
        start: str | None = None,
        end: str | None = None,
        **top_diffs: npt.ArrayLike,
    ) -> dict[str, Array]:
        """Run backward from layer ``start`` down to layer ``end`` (names, both included).

        ``top_diffs`` are gradients for all outputs of the net; without them backward starts from
        what the blobs' ``diff`` holds. Returns the gradients of the net's inputs by name, or with
        ``end`` of that layer's bottoms, and of the further ``diffs``: live views.
        """
        first = len(self._native.layers) - 1 if start is None else self._layer_index(start)
        last = 0 if end is None else self._layer_index(end)
        wanted = self.inputs if end is None else self.bottom_names[end]
        found = self._named(wanted, diffs)
        if top_diffs:
            self._feed(top_diffs, self.outputs, "diff")
        self._backward(first, last)
        return {name: blob.diff for name, blob in found.items()}

    def _forward(self, first: int, last: int) -> float:
        with scripts_errors():
            return self._native.run_forward(self._in_range(first), self._in_range(last))

    def _backward(self, first: int, last: int) -> None:
        with scripts_errors():
            self._native.run_backward(self._in_range(first), self._in_range(last))

    def _in_range(self, index: int) -> int:
        count = len(self._native.layers)
        if not 0 <= index < count:
            raise BuildError(f"the net has the layers 0 to {count - 1}. Received: {index}")
        return int(index)

    def forward_all(
        self, blobs: Sequence[str] | None = None, **inputs: npt.NDArray[Any]
    ) -> dict[str, Array]:
        """Run ``inputs`` of any length in batches of the net's size, padded with zeros.

        Returns copies of the outputs and of the further ``blobs``, as long as the inputs.
        """
        length = _common_length(inputs)
        found: dict[str, list[Array]] = {}
        for batch in self._batch(inputs):
            for name, values in self.forward(blobs, None, None, **batch).items():
                found.setdefault(name, []).extend(np.atleast_1d(values.copy()))
        return {name: np.asarray(values)[:length] for name, values in found.items()}

    def forward_backward_all(
        self,
        blobs: Sequence[str] | None = None,
        diffs: Sequence[str] | None = None,
        **arrays: npt.NDArray[Any],
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Run forward and backward in batches: inputs and gradients of outputs, by blob name.

        Returns what :meth:`forward` and :meth:`backward` give, all batches together.
        """
        length = _common_length(arrays)
        unknown = set(arrays) - set(self.inputs) - set(self.outputs)
        if unknown:
            raise BuildError(
                f"neither inputs nor outputs of the net: {', '.join(sorted(unknown))}. "
                f"Its inputs: {self.inputs}; its outputs: {self.outputs}"
            )
        forward = self._batch({name: arrays[name] for name in self.inputs if name in arrays})
        backward = self._batch({name: arrays[name] for name in self.outputs if name in arrays})
        values: dict[str, list[Array]] = {}
        gradients: dict[str, list[Array]] = {}
        nothing: dict[str, Array] = {}
        for feed, top_diffs in zip_longest(forward, backward, fillvalue=nothing):
            for name, array in self.forward(blobs, None, None, **feed).items():
                values.setdefault(name, []).extend(np.atleast_1d(array.copy()))
            for name, array in self.backward(diffs, None, None, **top_diffs).items():
                gradients.setdefault(name, []).extend(np.atleast_1d(array.copy()))
        return (
            {name: np.asarray(rows)[:length] for name, rows in values.items()},
            {name: np.asarray(rows)[:length] for name, rows in gradients.items()},
        )

    def _batch(self, arrays: Mapping[str, npt.NDArray[Any]]) -> Iterator[dict[str, Array]]:
        """``arrays`` cut into batches of the net's size, the last one padded with zeros."""
        if not arrays:
            return
        size = next(iter(self.blobs.values())).shape[0]
        length = _common_length(arrays)
        for begin in range(0, length, size):
            batch = {
                name: np.asarray(array)[begin : begin + size] for name, array in arrays.items()
            }
            missing = begin + size - length
            if missing > 0:
                batch = {
                    name: np.concatenate([part, np.zeros((missing, *part.shape[1:]), part.dtype)])
                    for name, part in batch.items()
                }
            yield batch

    def set_input_arrays(self, data: npt.NDArray[Any], labels: npt.NDArray[Any]) -> None:
        """Hand ``data`` ``(N, C, H, W)`` and ``labels`` ``(N,)`` to the MemoryData layer.

        Both float32 and C-contiguous; N is a multiple of the layer's batch size. The net reads
        the arrays themselves, batch by batch, from the next forward on.
        """
        if labels.ndim == 1:
            labels = np.ascontiguousarray(labels[:, None, None, None])
        self._set_input_arrays(data, labels)

    def _set_input_arrays(self, data: npt.NDArray[Any], labels: npt.NDArray[Any]) -> None:
        layer: Any = self._native.layers[0]
        if layer.type != "MemoryData":
            raise ArrayError(
                "set_input_arrays is for nets whose first layer is MemoryData. "
                f'Received: "{layer.name}", of type {layer.type}'
            )
        _check_array("data", data, layer.top_blobs[0].shape[1:])
        _check_array("labels", labels, (1, 1, 1))
        if len(data) != len(labels):
            raise ArrayError(
                f"data and labels must have the same length. Received: {len(data)}, {len(labels)}"
            )
        size = layer.top_blobs[0].shape[0]
        if not len(data) or len(data) % size:
            raise ArrayError(
                f"the length must be a multiple of the batch size, {size}. Received: {len(data)}"
            )
        layer.reset(data, labels)

    def before_forward(self, hook: Callable[[int], Any]) -> None:
        """Call ``hook`` with the layer's index before every layer of a forward pass."""
        self._native.before_forward.append(hook)

    def after_forward(self, hook: Callable[[int], Any]) -> None:
        """Call ``hook`` with the layer's index after every layer of a forward pass."""
        self._native.after_forward.append(hook)

    def before_backward(self, hook: Callable[[int], Any]) -> None:
        """Call ``hook`` with the layer's index before every layer of a backward pass."""
        self._native.before_backward.append(hook)

    def after_backward(self, hook: Callable[[int], Any]) -> None:
        """Call ``hook`` with the layer's index after every layer of a backward pass."""
        self._native.after_backward.append(hook)

    # -- shapes and parameters -------------------------------------------------------------

    def reshape(self) -> None:
        """Carry the shapes that the inputs have now through all layers."""
        with scripts_errors():
            self._native.reshape()

    def clear_param_diffs(self) -> None:
        """Set the gradients of all parameters to zero."""
        self._native.clear_param_diffs()

    def copy_from(self, weights: PathLike) -> None:
        """Load weights from a file by layer name; layers that only one side has stay as they are.

        Raises :class:`RuntimeError` for a missing file, :class:`WeightsError` for one that cannot
        be read or has other shapes.
        """
        _check_file(weights)
        _load(self._native, weights)

    def share_with(self, other: Net) -> None:
        """Use the memory of the other net's parameters, layer by layer name."""
        self._native.share_params(other._native)

    def save(self, path: PathLike) -> None:
        """Write the parameters as a ``.caffemodel``, whatever the path ends in."""
        from caffe_proto.weights import save_caffemodel

        save_caffemodel(self._native, path)

    def save_hdf5(self, path: PathLike) -> None:
        """Write the parameters in Caffe's HDF5 layout."""
        from caffe_proto.weights import save_hdf5

        save_hdf5(self._native, path)

    def load_hdf5(self, path: PathLike) -> None:
        """Load parameters from an HDF5 file, as :meth:`copy_from` does."""
        self.copy_from(path)

    # -- help ------------------------------------------------------------------------------

    def _layer_index(self, name: str) -> int:
        names = self._layer_names
        if name not in names:
            # pycaffe looks it up with list.index: a ValueError, which BuildError is.
            raise BuildError(f'the net has no layer "{name}"{did_you_mean(name, names)}')
        return names.index(name)

    def _named(self, wanted: list[str], further: Sequence[str] | None) -> dict[str, Blob]:
        names = dict.fromkeys([*wanted, *(further or ())])
        for name in names:
            if name not in self.blobs:
                raise NameMissingError(
                    f'the net has no blob "{name}"{did_you_mean(name, self.blobs)}'
                )
        return {name: self.blobs[name] for name in names}

    def _feed(self, arrays: Mapping[str, npt.ArrayLike], expected: list[str], side: str) -> None:
        kind = "inputs" if side == "data" else "outputs"
        if set(arrays) != set(expected):
            raise BuildError(
                f"the arrays given do not match the net's {kind}. "
                f"Expected: {sorted(expected)}. Received: {sorted(arrays)}"
            )
        for name, values in arrays.items():
            array = np.asarray(values)
            blob = self.blobs[name]
            if array.shape[:1] != blob.shape[:1]:
                raise BuildError(
                    f'{side} for "{name}" is not one batch: its shape is {array.shape}. '
                    f"Expected: {blob.shape}; blobs[{name!r}].reshape(...) changes that"
                )
            try:
                (blob.data if side == "data" else blob.diff)[...] = array
            except ValueError:
                raise BuildError(
                    f'{side} for "{name}" has the shape {array.shape}. Expected: {blob.shape}; '
                    f"blobs[{name!r}].reshape(...) changes that"
                ) from None

    def __repr__(self) -> str:
        return f"<caffe.Net {self.name!r}: {len(self._native.layers)} layers>"


def _arguments(
    network_file: PathLike, args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[int, int, list[str], PathLike | None]:
    """Phase, level, stages and weights from either form of the constructor's arguments."""
    if args and isinstance(args[0], (str, os.PathLike)) and args[0] not in ("TRAIN", "TEST"):
        if len(args) != 2 or options:
            raise TypeError(
                "Net(network_file, weights, phase) takes these three arguments. Expected else: "
                "Net(network_file, phase, level=0, stages=None, weights=None)"
            )
        return _phase(args[1]), 0, [], args[0]
    names = ("phase", "level", "stages", "weights")
    if len(args) > len(names):
        raise TypeError(f"Net takes at most 5 arguments. Received: {len(args) + 1}")
    given = dict(zip(names, args, strict=False))
    for name, value in options.items():
        if name not in names:
            raise TypeError(f'Net has no argument "{name}"{did_you_mean(name, names)}')
        if name in given:
            raise TypeError(f'Net is given the argument "{name}" twice')
        given[name] = value
    if "phase" not in given:
        raise TypeError(
            f"Net({os.fspath(network_file)!r}) needs a phase: caffe.TRAIN or caffe.TEST"
        )
    return (
        _phase(given["phase"]),
        int(given.get("level", 0)),
        [str(stage) for stage in given.get("stages") or ()],
        given.get("weights"),
    )


def _phase(value: Any) -> int:
    if value in ("TRAIN", "TEST"):
        return 0 if value == "TRAIN" else 1
    if isinstance(value, (int, np.integer)) and value in (0, 1):
        return int(value)
    raise TypeError(f"the phase is caffe.TRAIN or caffe.TEST. Received: {value!r}")


def _check_file(path: PathLike) -> None:
    where = Path(path)
    if not where.is_file():
        found = "is a folder" if where.is_dir() else "is not there"
        raise FileMissingError(
            f"Could not open file {os.fspath(path)}: it {found} (looked up from {Path.cwd()})"
        )


def _load(native: NativeNet, path: PathLike) -> None:
    """Load weights, all of them now: the script may write the file anew while the net lives."""
    native.load(os.fspath(path))
    for layer in native.layers:
        for parameter in layer.params:
            parameter.data_storage.detach()


def _check_array(name: str, array: npt.NDArray[Any], axes: tuple[int, ...]) -> None:
    expected = f"(N, {', '.join(map(str, axes))})"
    if array.ndim != 4 or array.shape[1:] != axes:
        raise ArrayError(f"{name} has the shape {array.shape}. Expected: {expected}")
    if array.dtype != np.float32:
        raise ArrayError(f"{name} must be float32. Received: {array.dtype}")
    if not array.flags.c_contiguous:
        raise ArrayError(f"{name} must be C-contiguous; np.ascontiguousarray({name}) makes it so")


def _common_length(arrays: Mapping[str, npt.NDArray[Any]]) -> int:
    lengths = {len(array) for array in arrays.values()}
    if len(lengths) != 1:
        raise BuildError(
            "needs arrays of one length, by blob name. Received: "
            + (", ".join(f"{name} {np.shape(a)}" for name, a in arrays.items()) or "none")
        )
    return lengths.pop()
