"""One family of errors, each knowing where it happened.

Everything that this package raises for a fault in a file, a net or an argument is a
:class:`CaffeProtoError`, so ``except caffe_proto.CaffeProtoError`` catches them all. Each class
also derives from the builtin that a caller would expect (``ValueError`` and the like).
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "BuildError",
    "CaffeProtoError",
    "DataError",
    "Fault",
    "FillerError",
    "LayerError",
    "MissingDependencyError",
    "NonFiniteError",
    "ParseError",
    "SolverError",
    "UnknownLayerError",
    "UpgradeError",
    "WeightsError",
    "did_you_mean",
]


def did_you_mean(name: str, known: Iterable[str], limit: int = 1) -> str:
    """``; did you mean "x"?`` for the names in ``known`` nearest to ``name``, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=limit, cutoff=0.6)
    if not near:
        lowered = {k.lower(): k for k in known}
        if name.lower() in lowered:
            near = [lowered[name.lower()]]
    if not near:
        return ""
    return "; did you mean " + " or ".join(f'"{n}"' for n in near) + "?"


class CaffeProtoError(Exception):
    """Base of every error that this package raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One fault in a text: its place, and what is wrong there.

    ``line`` and ``column`` count from 1; ``source_line`` is the text of that line.
    """

    message: str
    line: int = 0
    column: int = 0
    filename: str = "<text>"
    source_line: str = ""

    def __str__(self) -> str:
        place = (
            f"{self.filename}:{self.line}:{self.column}: " if self.line else f"{self.filename}: "
        )
        text = place + self.message
        if self.source_line.strip():
            shown, column = _window(self.source_line.rstrip("\r\n"), max(self.column - 1, 0))
            text += f"\n    {shown}\n    {' ' * column}^"
        return text


def _window(line: str, column: int, width: int = 100) -> tuple[str, int]:
    """The part of a long line around ``column``, printable, and the column in that part."""
    begin = 0 if len(line) <= width else max(min(column - width // 2, len(line) - width), 0)
    part = "".join(c if c.isprintable() else " " for c in line[begin : begin + width])
    before, after = "..." if begin else "", "..." if begin + width < len(line) else ""
    return before + part + after, column - begin + len(before)


class ParseError(CaffeProtoError, ValueError):
    """A text that is not what it should be; ``faults`` lists everything that was found."""

    def __init__(self, faults: Sequence[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = [Fault(faults)]
        elif isinstance(faults, Fault):
            faults = [faults]
        self.faults: list[Fault] = list(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


class UpgradeError(CaffeProtoError, ValueError):
    """An old format that cannot be brought to the current one."""


class BuildError(CaffeProtoError, ValueError):
    """A net that cannot be built: blobs, phases, sharing, shapes."""


class LayerError(BuildError):
    """A fault in one layer; the message begins with the layer's name and type."""

    def __init__(self, layer_name: str, layer_type: str, message: str) -> None:
        self.layer_name = layer_name
        self.layer_type = layer_type
        self.reason = message
        super().__init__(f'layer "{layer_name}" ({layer_type}): {message}')


class UnknownLayerError(LayerError):
    """A layer type that is not registered."""


class FillerError(CaffeProtoError, ValueError):
    """A filler whose settings do not fit, or whose type is unknown."""


class WeightsError(CaffeProtoError, ValueError):
    """A weights file that cannot be read, or does not fit the net."""


class DataError(CaffeProtoError, ValueError):
    """A data source (database, list, image, HDF5 file) that cannot be used."""


class SolverError(CaffeProtoError, ValueError):
    """A solver definition or a snapshot that cannot be used."""


class NonFiniteError(CaffeProtoError, ArithmeticError):
    """A loss or an output that is NaN or infinite."""


class MissingDependencyError(CaffeProtoError, ImportError):
    """An optional package is needed; the message gives the pip command that brings it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        remedy = f'pip install "caffe-proto[{extra}]"'
        if package == "plyvel-ci" and sys.version_info >= (3, 13):
            # The extra leaves it out there, as there is nothing that pip could simply install.
            remedy = (
                "it has no wheel for Python 3.13 and later; use Python 3.12 (convert the database "
                "to LMDB there), or build it with LevelDB's headers: pip install plyvel-ci"
            )
        super().__init__(f'{purpose} needs the package "{package}": {remedy}')
