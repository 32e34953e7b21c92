"""Classes for the messages of ``src/caffe.proto``, made from the compiled schema.

The schema goes into a descriptor pool of its own. Caffe's messages are in the package ``caffe``,
and so are those of pycaffe and of most converters; protobuf's default pool takes each name once
only, and a second ``caffe.proto`` there ends the import. In a private pool the two do not meet.

What protoc generates would go to the default pool and refuse to load on an older protobuf, hence
this loader; it uses nothing but protobuf's public calls, from 4.25 on.
"""

from __future__ import annotations

import copyreg
import os
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message


def load_schema(filename: str) -> FileDescriptor:
    """The compiled schema ``filename``, which lies beside this module, in a new pool."""
    # the module's own loader reads it out of a zip file too, and costs no import
    loader: Any = __spec__.loader
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(loader.get_data(os.path.join(os.path.dirname(__file__), filename)))
    return pool.FindFileByName("caffe.proto")


class SchemaClasses:
    """The names that a generated module would hold, each made when it is first asked for."""

    def __init__(self, file: FileDescriptor, module: str) -> None:
        self._file = file
        self._module = module
        # protobuf forgets a class that nobody holds, and makes a new one, without its name
        self._classes: dict[str, type[Message]] = {}
        self._values = {
            value.name: value.number
            for enum in file.enum_types_by_name.values()
            for value in enum.values
        }

    def names(self) -> list[str]:
        """Every message, enum and enum value at the top level."""
        file = self._file
        return sorted([*file.message_types_by_name, *file.enum_types_by_name, *self._values])

    def get(self, name: str) -> Any:
        """The message class, enum wrapper or enum value ``name``; raises ``AttributeError``."""
        message = self._file.message_types_by_name.get(name)
        if message is not None:
            return self._message_class(message)
        enum = self._file.enum_types_by_name.get(name)
        if enum is not None:
            return EnumTypeWrapper(enum)
        if name in self._values:
            return self._values[name]
        raise AttributeError(f"module {self._module!r} has no attribute {name!r}")

    def _message_class(self, descriptor: Descriptor) -> type[Message]:
        """The class of a message; it and all that its fields reach can be pickled by name."""
        waiting = [descriptor]
        while waiting:
            current = waiting.pop()
            if current.full_name in self._classes:
                continue
            self._classes[current.full_name] = self._name_class(current)
            waiting.extend(current.nested_types)
            waiting.extend(f.message_type for f in current.fields if f.message_type is not None)
            if current.containing_type is not None:
                waiting.append(current.containing_type)
        return self._classes[descriptor.full_name]

    def _name_class(self, descriptor: Descriptor) -> type[Message]:
        cls = message_factory.GetMessageClass(descriptor)
        cls.__module__ = self._module
        cls.__qualname__ = descriptor.full_name.removeprefix(self._file.package + ".")
        for nested in descriptor.nested_types:
            setattr(cls, nested.name, message_factory.GetMessageClass(nested))
        if descriptor.containing_type is not None:
            # protobuf looks nested classes up in the default pool, where these are not
            copyreg.pickle(cls, _reduce_nested)
        return cls


def _reduce_nested(message: Message) -> tuple[Any, ...]:
    return type(message), (), message.__getstate__()  # type: ignore[attr-defined]
