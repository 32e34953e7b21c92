"""Parameters of a net: names, multipliers, and sharing by ``param { name: "..." }``."""

from __future__ import annotations

from caffe_proto.blob import Parameter
from caffe_proto.layers.base import Layer
from caffe_proto.schema import caffe_pb2

__all__ = ["ParameterTable"]

_PERMISSIVE = caffe_pb2.ParamSpec.PERMISSIVE


class ParameterTable:
    """All parameters of a net in Caffe's order; the first of a name owns the memory."""

    def __init__(self) -> None:
        #: Parameters that own their memory: what a solver updates, one history blob each.
        self.learnable: list[Parameter] = []
        self._owners: dict[str, tuple[Layer, int, Parameter]] = {}
        self._explicit: dict[int, dict[str, float]] = {}
        self._sharers: list[Parameter] = []

    def add(self, layer: Layer, declared: caffe_pb2.LayerParameter) -> None:
        """Take in the parameters of ``layer``, which the net's definition has as ``declared``.

        Caffe reads two copies of the definition: the net's decides which gradients are computed,
        the layer's own, which BatchNorm changes, the multipliers of the update.

        Raises :class:`LayerError` where shapes or multipliers of a shared name do not agree.
        """
        if len(declared.param) > len(layer.params):
            raise layer.error(
                f"has {len(declared.param)} param specifications. "
                f"Expected: at most {len(layer.params)}, one a parameter"
            )
        default = caffe_pb2.ParamSpec()
        for index, parameter in enumerate(layer.params):
            wanted = declared.param[index] if index < len(declared.param) else default
            # The layer's own spec decides whether it computes the gradient, shared or not.
            parameter.needs_grad = wanted.lr_mult != 0
            specs = layer.param.param
            spec = specs[index] if index < len(specs) else default
            parameter.name = spec.name
            parameter.lr_mult = spec.lr_mult
            parameter.decay_mult = spec.decay_mult
            owner = self._owners.get(spec.name) if spec.name else None
            if owner is None:
                self._own(layer, index, parameter, spec)
            else:
                self._share(layer, index, parameter, spec, owner)

    def finish(self) -> None:
        """Give every sharer the owner's final multipliers (any of them may set them)."""
        for parameter in self._sharers:
            assert parameter.owner is not None
            parameter.lr_mult = parameter.owner.lr_mult
            parameter.decay_mult = parameter.owner.decay_mult

    def _own(
        self, layer: Layer, index: int, parameter: Parameter, spec: caffe_pb2.ParamSpec
    ) -> None:
        self.learnable.append(parameter)
        if spec.name:
            self._owners[spec.name] = (layer, index, parameter)
        self._explicit[id(parameter)] = {
            key: getattr(spec, key) for key in ("lr_mult", "decay_mult") if spec.HasField(key)
        }

    def _share(
        self,
        layer: Layer,
        index: int,
        parameter: Parameter,
        spec: caffe_pb2.ParamSpec,
        owner: tuple[Layer, int, Parameter],
    ) -> None:
        owner_layer, owner_index, owned = owner
        where = f'parameter {owner_index} of layer "{owner_layer.name}"'
        # Caffe looks at the sharer's share_mode only.
        if spec.share_mode == _PERMISSIVE:
            if parameter.count != owned.count:
                raise layer.error(
                    f'shares parameter "{spec.name}" with {where} (share_mode PERMISSIVE), but '
                    f"its shape {parameter.shape} has {parameter.count} elements. "
                    f"Expected: {owned.count}, as {owned.shape} has"
                )
        elif parameter.shape != owned.shape:
            raise layer.error(
                f'shares parameter "{spec.name}" with {where}, but its shape is '
                f"{parameter.shape}. Expected: {owned.shape}, or share_mode: PERMISSIVE for equal "
                "counts"
            )
        explicit = self._explicit[id(owned)]
        for key in ("lr_mult", "decay_mult"):
            if not spec.HasField(key):
                continue
            value = getattr(spec, key)
            if explicit.setdefault(key, value) != value:
                raise layer.error(
                    f'shares parameter "{spec.name}" with {where}, but its {key} is {value:g}. '
                    f"Expected: {explicit[key]:g}, as is set before"
                )
            setattr(owned, key, value)
        parameter.owner = owned
        parameter.share_data(owned)
        parameter.share_diff(owned)
        self._sharers.append(parameter)
