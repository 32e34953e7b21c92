"""``caffe.proto.caffe_pb2``: Caffe's message classes and enums under their Caffe names.

The classes are those of :mod:`caffe_proto.schema.caffe_pb2`. Generated modules also hold the
descriptors, ``_NETPARAMETER`` and ``_PHASE``; some scripts look into these.
"""

from __future__ import annotations

from typing import Any

from caffe_proto.schema import caffe_pb2 as _schema

_names = {*_schema.DESCRIPTOR.message_types_by_name, *_schema.DESCRIPTOR.enum_types_by_name}
for _enum in _schema.DESCRIPTOR.enum_types_by_name.values():
    _names.update(_enum.values_by_name)
__all__ = sorted(_names)


def _descriptors() -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = list(_schema.DESCRIPTOR.message_types_by_name.values())
    while waiting:
        message = waiting.pop()
        path = message.full_name.partition(".")[2].replace(".", "_").upper()
        found["_" + path] = message
        for enum in message.enum_types:
            found[f"_{path}_{enum.name.upper()}"] = enum
        waiting.extend(message.nested_types)
    for name, enum in _schema.DESCRIPTOR.enum_types_by_name.items():
        found["_" + name.upper()] = enum
    return found


def __getattr__(name: str) -> Any:
    if name.startswith("_") and name[1:2].isupper():
        found = _descriptors()
        if name in found:
            globals()[name] = found[name]
            return found[name]
    value = getattr(_schema, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(_schema)})
