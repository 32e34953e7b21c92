"""What each layer type means: shapes, parameters, forward, backward; one module a family."""

from caffe_proto.layers.base import Alias, Layer, LayerContext
from caffe_proto.layers.registry import layer_class, layer_types, register_layer

__all__ = ["Alias", "Layer", "LayerContext", "layer_class", "layer_types", "register_layer"]
