"""Caffe's messages, under the names that scripts written for ``caffe.proto.caffe_pb2`` use.

``caffe_pb2.NetParameter()``, ``caffe_pb2.TEST``, ``caffe_pb2.Phase.Value("TEST")``,
``caffe_pb2.V1LayerParameter.LayerType``: everything of ``src/caffe.proto`` is here. The classes
are made on first use; ``caffe_pb2.pyi`` tells editors and type checkers what they hold.
"""

from __future__ import annotations

from typing import Any

from caffe_proto.schema._loader import SchemaClasses, load_schema

DESCRIPTOR = load_schema("caffe.desc")
_classes = SchemaClasses(DESCRIPTOR, __name__)
__all__ = ["DESCRIPTOR", *_classes.names()]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    value = _classes.get(name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_classes.names()})
