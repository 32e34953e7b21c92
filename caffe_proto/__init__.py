"""caffe_proto: every Caffe model, alive on today's Python.

Names are loaded when they are first used, so that ``import caffe_proto`` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from caffe_proto.blob import Blob as Blob
    from caffe_proto.blob import Parameter as Parameter
    from caffe_proto.errors import BuildError as BuildError
    from caffe_proto.errors import CaffeProtoError as CaffeProtoError
    from caffe_proto.errors import DataError as DataError
    from caffe_proto.errors import FillerError as FillerError
    from caffe_proto.errors import LayerError as LayerError
    from caffe_proto.errors import NonFiniteError as NonFiniteError
    from caffe_proto.errors import ParseError as ParseError
    from caffe_proto.errors import SolverError as SolverError
    from caffe_proto.errors import UnknownLayerError as UnknownLayerError
    from caffe_proto.errors import UpgradeError as UpgradeError
    from caffe_proto.errors import WeightsError as WeightsError
    from caffe_proto.fillers import register_filler as register_filler
    from caffe_proto.layers import Alias as Alias
    from caffe_proto.layers import Layer as Layer
    from caffe_proto.layers import layer_types as layer_types
    from caffe_proto.layers import register_layer as register_layer
    from caffe_proto.net import Net as Net
    from caffe_proto.net import build_net as build_net
    from caffe_proto.prototxt import PrototxtWarning as PrototxtWarning
    from caffe_proto.prototxt import format_prototxt as format_prototxt
    from caffe_proto.prototxt import parse as parse
    from caffe_proto.prototxt import parse_file as parse_file
    from caffe_proto.prototxt import to_prototxt as to_prototxt
    from caffe_proto.solver import Solver as Solver
    from caffe_proto.solver import build_solver as build_solver
    from caffe_proto.solver import register_policy as register_policy
    from caffe_proto.solver import register_solver as register_solver

_homes = {
    "Blob": "blob",
    "Parameter": "blob",
    "BuildError": "errors",
    "CaffeProtoError": "errors",
    "DataError": "errors",
    "FillerError": "errors",
    "LayerError": "errors",
    "NonFiniteError": "errors",
    "ParseError": "errors",
    "SolverError": "errors",
    "UnknownLayerError": "errors",
    "UpgradeError": "errors",
    "WeightsError": "errors",
    "register_filler": "fillers",
    "Alias": "layers",
    "Layer": "layers",
    "layer_types": "layers",
    "register_layer": "layers",
    "Net": "net",
    "build_net": "net",
    "PrototxtWarning": "prototxt",
    "format_prototxt": "prototxt",
    "parse": "prototxt",
    "parse_file": "prototxt",
    "to_prototxt": "prototxt",
    "Solver": "solver",
    "build_solver": "solver",
    "register_policy": "solver",
    "register_solver": "solver",
}

__all__ = ["__version__", *sorted(_homes)]


def __getattr__(name: str) -> Any:
    home = _homes.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_homes])
