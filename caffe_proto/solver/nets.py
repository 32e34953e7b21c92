"""The nets of a solver: one to train, and any number to test, as Caffe makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caffe_proto.errors import CaffeProtoError, SolverError
from caffe_proto.net import Net, build_net, read_net
from caffe_proto.schema import caffe_pb2
from caffe_proto.solver.source import find_file

__all__ = ["NetSource", "check_tests", "test_sources", "train_source", "weights_paths"]

_TRAIN, _TEST = 0, 1
_TRAIN_FIELDS = ("net", "net_param", "train_net", "train_net_param")


@dataclass
class NetSource:
    """One net to be built: its definition, its state, and what Caffe logs of where it is from."""

    definition: caffe_pb2.NetParameter
    folder: Path | None
    said: str
    state: caffe_pb2.NetState

    def build(self, **options: Any) -> Net:
        """Build the net; ``options`` are those of :func:`build_net`."""
        definition = caffe_pb2.NetParameter()
        definition.CopyFrom(self.definition)
        definition.ClearField("state")
        return build_net(
            definition,
            self.state.phase,
            level=self.state.level,
            stages=list(self.state.stage),
            directory=self.folder,
            **options,
        )


def train_source(settings: caffe_pb2.SolverParameter, folder: Path | None) -> NetSource:
    """The net to train.

    Raises :class:`SolverError` unless exactly one field gives it.
    """
    given = [name for name in _TRAIN_FIELDS if settings.HasField(name)]
    if len(given) != 1:
        found = f"the solver has {' and '.join(given)}" if given else "the solver has no net"
        raise SolverError(f"{found}. Expected: exactly one of {', '.join(_TRAIN_FIELDS)}")
    (field,) = given
    value = getattr(settings, field)
    if isinstance(value, str):
        kind = "train_net file" if field == "train_net" else "net file"
        said = f"Creating training net from {kind}: {value}"
        definition, where = _read(value, folder, field)
    else:
        said = f"Creating training net specified in {field}."
        definition, where = _copied(value, field), folder
    return NetSource(definition, where, said, _state(_TRAIN, definition, settings.train_state))


def check_tests(settings: caffe_pb2.SolverParameter) -> None:
    """Raise :class:`SolverError` where the numbers of test fields do not agree."""
    own = len(settings.test_net_param) + len(settings.test_net)
    generic = settings.HasField("net") or settings.HasField("net_param")
    count = len(settings.test_iter)
    if count < own or (count != own and not generic):
        expected = f"at least {own}" if generic else f"{own}"
        raise SolverError(
            f"test_iter is given {count} time(s). Expected: {expected}, one for each test net"
        )
    if settings.test_state and len(settings.test_state) != count:
        raise SolverError(
            f"test_state is given {len(settings.test_state)} time(s). "
            f"Expected: none, or {count}, one for each test net"
        )
    if count and settings.test_interval <= 0:
        raise SolverError(
            f"test_interval is {settings.test_interval}. "
            "Expected: more than 0 where test_iter asks for tests"
        )
    for i, iterations in enumerate(settings.test_iter):
        if iterations < 0:
            raise SolverError(f"test_iter of test net {i} is {iterations}. Expected: 0 or more")


def test_sources(settings: caffe_pb2.SolverParameter, folder: Path | None) -> list[NetSource]:
    """The nets to test, in Caffe's order: of test_net_param, of test_net, then the net itself.

    Raises :class:`SolverError` as :func:`check_tests` does.
    """
    check_tests(settings)
    found: list[tuple[caffe_pb2.NetParameter, Path | None, str]] = []
    for i, message in enumerate(settings.test_net_param):
        found.append((_copied(message, f"test_net_param {i}"), folder, "test_net_param"))
    for name in settings.test_net:
        found.append((*_read(name, folder, "test_net"), f"test_net file: {name}"))
    for _ in range(len(settings.test_iter) - len(found)):
        if settings.HasField("net_param"):
            found.append((_copied(settings.net_param, "net_param"), folder, "net_param"))
        else:
            definition, where = _read(settings.net, folder, "net")
            found.append((definition, where, f"net file: {settings.net}"))
    sources = []
    for i, (definition, where, said) in enumerate(found):
        extra = settings.test_state[i] if settings.test_state else caffe_pb2.NetState()
        said = f"Creating test net (#{i}) specified by {said}"
        sources.append(NetSource(definition, where, said, _state(_TEST, definition, extra)))
    return sources


def _read(name: str, folder: Path | None, field: str) -> tuple[caffe_pb2.NetParameter, Path | None]:
    return read_net(find_file(name, folder, field))


def _copied(message: caffe_pb2.NetParameter, field: str) -> caffe_pb2.NetParameter:
    try:
        return read_net(message)[0]
    except CaffeProtoError as error:
        raise SolverError(f"{field}: {error}") from error


def _state(
    phase: int, definition: caffe_pb2.NetParameter, extra: caffe_pb2.NetState
) -> caffe_pb2.NetState:
    """Caffe's order: the solver's default first, then the file's state, then the solver's."""
    state = caffe_pb2.NetState()
    state.phase = phase  # type: ignore[assignment]
    state.MergeFrom(definition.state)
    state.MergeFrom(extra)
    return state


def weights_paths(names: Sequence[str], folder: Path | None) -> list[tuple[str, Path]]:
    """The weights files as they are called, and where they are.

    Raises :class:`SolverError` for one that is not there.
    """
    return [(name, find_file(name, folder, "weights")) for name in names]
