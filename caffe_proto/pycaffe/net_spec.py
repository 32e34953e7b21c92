"""Nets written in Python: ``L.Convolution(bottom, num_output=20)`` becomes a layer of a prototxt.

``L`` (``caffe.layers``) makes layers, ``P`` (``caffe.params``) gives the constants of their
settings, :class:`NetSpec` names what is assigned to its attributes::

    n = caffe.NetSpec()
    n.data = L.Input(shape=dict(dim=[1, 1, 28, 28]))
    n.pool = L.Pooling(n.data, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    print(n.to_proto())

Layers without a name are called by their type and a number: ``Pooling1``.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import Any

from caffe_proto.errors import did_you_mean
from caffe_proto.pycaffe.errors import NameMissingError
from caffe_proto.schema import caffe_pb2

__all__ = [
    "Function",
    "Layers",
    "NetSpec",
    "Parameters",
    "Top",
    "assign_proto",
    "layers",
    "param_name_dict",
    "params",
    "to_proto",
]


def param_name_dict() -> dict[str, str]:
    """Which settings belong to which layer type: ``{"Convolution": "convolution", ...}``."""
    names: dict[str, str] = {}
    for field in caffe_pb2.LayerParameter.DESCRIPTOR.fields:
        if field.name.endswith("_param") and field.message_type is not None:
            owner = field.message_type.name.removesuffix("Parameter")
            # Of two fields of one type (relu_param, relu6_param) the first is the type's own.
            names.setdefault(owner, field.name.removesuffix("_param"))
    return names


def assign_proto(proto: Any, name: str, val: Any) -> None:
    """Set the field ``name`` of the message ``proto`` to a Python value.

    A dict fills a message, a list a repeated field; a single value for a repeated field is a list
    of one. Raises :class:`AttributeError` for a field that is not there, :class:`TypeError` or
    :class:`ValueError` for a value that does not fit it.
    """
    field = proto.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise AttributeError(
            f'{proto.DESCRIPTOR.name} has no field "{name}"'
            + did_you_mean(name, proto.DESCRIPTOR.fields_by_name)
        )
    target = getattr(proto, name)
    if hasattr(target, "extend"):
        for item in val if isinstance(val, (list, tuple)) else [val]:
            if isinstance(item, Mapping):
                added = target.add()
                for key, value in item.items():
                    assign_proto(added, key, value)
            else:
                target.extend([item])
    elif isinstance(val, Mapping):
        if not hasattr(target, "SetInParent"):
            raise TypeError(
                f'the field "{name}" of {proto.DESCRIPTOR.name} holds one value. Received: {val!r}'
            )
        for key, value in val.items():
            assign_proto(target, key, value)
    elif hasattr(target, "CopyFrom"):
        target.CopyFrom(val)
    else:
        setattr(proto, name, val)


class Top:
    """One top of a layer: top number ``n`` of the layer ``fn``."""

    def __init__(self, fn: Function, n: int) -> None:
        self.fn = fn
        self.n = n

    def to_proto(self) -> caffe_pb2.NetParameter:
        """The net of all layers that this top needs, with names made up."""
        return to_proto(self)


class Function:
    """A layer before it has a name: its type, its bottoms (tops of others) and its settings."""

    def __init__(self, type_name: str, inputs: tuple[Any, ...], params: dict[str, Any]) -> None:
        self.type_name = type_name
        for index, top in enumerate(inputs):
            if not isinstance(top, Top):
                raise TypeError(f"{type_name} input {index} is not a Top (type is {type(top)})")
        self.inputs: tuple[Top, ...] = tuple(inputs)
        self.params = dict(params)
        self.ntop: int = self.params.pop("ntop", 1)
        self.in_place: bool = self.params.pop("in_place", False)
        self.tops = tuple(Top(self, n) for n in range(self.ntop))

    def to_proto(self) -> caffe_pb2.NetParameter:
        """The net of this layer and all that it needs."""
        return to_proto(self)


class _Writer:
    """Gives layers and tops their names, bottoms first, and writes the messages."""

    def __init__(self, names: Mapping[Any, str]) -> None:
        self.names: dict[Any, str] = dict(names)
        self.counts: Counter[str] = Counter()
        self.done: dict[Function, caffe_pb2.LayerParameter] = {}

    def add(self, top: Any) -> None:
        """Write the layer of ``top`` after those that it reads."""
        if not isinstance(top, (Top, Function)):
            hint = " Unpack a layer's several tops: n.a, n.b = L.Data(..., ntop=2)"
            raise TypeError(
                f"a net is made of tops. Received: {top!r}." + (hint * isinstance(top, tuple))
            )
        # Not recursive: nets are deeper than Python's stack.
        waiting = [top if isinstance(top, Function) else top.fn]
        while waiting:
            fn = waiting[-1]
            missing = [t.fn for t in fn.inputs if t.fn not in self.done]
            if fn in self.done or not missing:
                waiting.pop()
                if fn not in self.done:
                    self.done[fn] = self._layer(fn)
            else:
                waiting.append(missing[0])

    def net(self) -> caffe_pb2.NetParameter:
        """The layers written so far as a net."""
        net = caffe_pb2.NetParameter()
        net.layer.extend(self.done.values())
        return net

    def _name(self, owner: Top | Function, type_name: str) -> str:
        if owner not in self.names:
            self.counts[type_name] += 1
            self.names[owner] = f"{type_name}{self.counts[type_name]}"
        return self.names[owner]

    def _layer(self, fn: Function) -> caffe_pb2.LayerParameter:
        layer = caffe_pb2.LayerParameter(type=fn.type_name)
        layer.bottom.extend(self.done[top.fn].top[top.n] for top in fn.inputs)
        if fn.in_place:
            layer.top.extend(layer.bottom)
        else:
            layer.top.extend(self._name(top, fn.type_name) for top in fn.tops)
        if fn in self.names or not fn.tops:
            layer.name = self._name(fn, fn.type_name)
        else:
            layer.name = self._name(fn.tops[0], fn.type_name)
        for key, value in fn.params.items():
            _assign_setting(layer, key, value)
        return layer


def _assign_setting(layer: Any, key: str, value: Any) -> None:
    """A setting of the layer's own type, or else a field that all layers have."""
    fields = layer.DESCRIPTOR.fields_by_name
    own = _param_names.get(layer.type)
    settings = getattr(layer, f"{own}_param") if own is not None else None
    own_fields = settings.DESCRIPTOR.fields_by_name if settings is not None else {}
    if key in own_fields and not (key.endswith("param") and key in fields):
        assign_proto(settings, key, value)
    elif key in fields:
        assign_proto(layer, key, value)
    elif settings is not None:
        raise AttributeError(
            f'{layer.type} has no setting "{key}"{did_you_mean(key, [*own_fields, *fields])} '
            f"Its settings: {', '.join(own_fields)}"
        )
    else:
        raise AttributeError(
            f'a layer has no field "{key}"{did_you_mean(key, fields)} Settings that belong to '
            f"another type are given whole: L.{layer.type}(..., convolution_param=dict(...))"
        )


def to_proto(*tops: Top | Function) -> caffe_pb2.NetParameter:
    """The net of all layers that ``tops`` need, with names made up."""
    writer = _Writer({})
    for top in tops:
        writer.add(top)
    return writer.net()


class NetSpec:
    """A net: each top (or layer without tops) that is assigned gets the attribute's name.

    ``n.conv1 = L.Convolution(...)`` and ``n["conv1/3x3"] = ...`` do the same; :meth:`to_proto`
    gives the net of all that was assigned, in this order, and what it needs.
    """

    tops: OrderedDict[str, Any]

    def __init__(self) -> None:
        object.__setattr__(self, "tops", OrderedDict())

    def __setattr__(self, name: str, value: Any) -> None:
        self.tops[name] = value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "tops":
            raise AttributeError(name)
        if name not in self.tops:
            raise NameMissingError(
                f'nothing is assigned to "{name}" in this NetSpec{did_you_mean(name, self.tops)}'
            )
        return self.tops[name]

    def __setitem__(self, key: str, value: Any) -> None:
        self.tops[key] = value

    def __getitem__(self, key: str) -> Any:
        return self.__getattr__(key)

    def __delattr__(self, name: str) -> None:
        del self.tops[name]

    # The next three are of SSD's Caffe, whose scripts build their nets with them.

    def keys(self) -> list[str]:
        """The names that were assigned, in order."""
        return list(self.tops)

    def vals(self) -> list[Any]:
        """The tops that were assigned, in order."""
        return list(self.tops.values())

    def update(self, name: str, params: Mapping[str, Any]) -> None:
        """Change settings of the layer of the top called ``name``."""
        top = self[name]
        (top if isinstance(top, Function) else top.fn).params.update(params)

    def to_proto(self) -> caffe_pb2.NetParameter:
        """The net as a message; ``str`` of it is a prototxt."""
        writer = _Writer(
            {top: name for name, top in self.tops.items() if isinstance(top, (Top, Function))}
        )
        for name, top in self.tops.items():
            try:
                writer.add(top)
            except TypeError as fault:
                if isinstance(top, (Top, Function)):
                    raise
                raise TypeError(f'"{name}": {fault}') from None
        return writer.net()


class Layers:
    """``L``: every attribute is a function that makes a layer of that type.

    Positional arguments are the bottoms, keyword arguments the settings; ``ntop`` tells how many
    tops it has (1), ``in_place=True`` makes the bottom the top. Returns the top, a tuple where
    there are several, or the layer itself where there is none.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def make(*bottoms: Any, **settings: Any) -> Any:
            fn = Function(name, bottoms, settings)
            return fn if fn.ntop == 0 else fn.tops[0] if fn.ntop == 1 else fn.tops

        make.__name__ = make.__qualname__ = name
        return make


class _Constants:
    def __init__(self, message: str) -> None:
        self._message = message

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(getattr(caffe_pb2, self._message), name)


class Parameters:
    """``P``: constants of settings by layer type, ``P.Pooling.MAX``."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Constants(name + "Parameter")


_param_names = param_name_dict()
layers = Layers()
params = Parameters()
