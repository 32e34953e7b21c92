"""The layer types by name, and how a type gets there.

The modules of this folder are imported when the first type is looked up, so that importing the
package stays light and a new type needs nothing but its own module.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeVar

from caffe_proto.errors import UnknownLayerError, did_you_mean
from caffe_proto.layers.base import Layer

__all__ = ["layer_class", "layer_types", "register_layer"]

_types: dict[str, type[Layer]] = {}
_loaded = False

L = TypeVar("L", bound=type[Layer])


def register_layer(*names: str) -> Callable[[L], L]:
    """Class decorator: the class is the layer type ``names[0]`` (and its other spellings).

    A later registration of the same name replaces the earlier one, so a user can put an own
    class in the place of a built-in type.
    """
    if not names or not all(isinstance(name, str) and name for name in names):
        raise TypeError('register_layer needs the type\'s name: @register_layer("MyLayer")')

    def register(cls: L) -> L:
        if not (isinstance(cls, type) and issubclass(cls, Layer)):
            raise TypeError(f"a layer type derives from caffe_proto.Layer. Received: {cls!r}")
        if not cls.__dict__.get("type"):
            cls.type = names[0]
        for name in names:
            _types[name] = cls
        return cls

    return register


def _load() -> None:
    global _loaded
    if _loaded:
        return
    _loaded = True
    users = dict(_types)
    package = importlib.import_module("caffe_proto.layers")
    try:
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    except BaseException:
        # The next look-up must meet the same fault, not half of the types.
        _loaded = False
        raise
    # What a user registered before the built-in types were loaded still wins.
    _types.update(users)


def layer_types() -> dict[str, type[Layer]]:
    """All registered types by name, sorted."""
    _load()
    return dict(sorted(_types.items()))


def layer_class(type_name: str, layer_name: str = "") -> type[Layer]:
    """The class of a type.

    Raises :class:`UnknownLayerError`, which lists near names and how to register an own type.
    """
    _load()
    try:
        return _types[type_name]
    except KeyError:
        raise UnknownLayerError(
            layer_name,
            type_name,
            f'there is no layer type "{type_name}"{did_you_mean(type_name, _types, 3)} '
            "(an own type: @caffe_proto.register_layer; all types: caffe-proto layers)",
        ) from None
