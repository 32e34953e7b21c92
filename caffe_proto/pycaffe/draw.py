"""``caffe.draw``: a net's graph as a picture, by pydot and Graphviz."""

from __future__ import annotations

import os
from typing import Any

from caffe_proto.errors import CaffeProtoError, MissingDependencyError
from caffe_proto.pycaffe.proto import caffe_pb2

__all__ = [
    "BLOB_STYLE",
    "LAYER_STYLE_DEFAULT",
    "NEURON_LAYER_STYLE",
    "choose_color_by_layertype",
    "draw_net",
    "draw_net_to_file",
    "get_edge_label",
    "get_layer_label",
    "get_layer_lr_mult",
    "get_pooling_types_dict",
    "get_pydot_graph",
]

LAYER_STYLE_DEFAULT = {"shape": "record", "fillcolor": "#6495ED", "style": "filled"}
NEURON_LAYER_STYLE = {"shape": "record", "fillcolor": "#90EE90", "style": "filled"}
BLOB_STYLE = {"shape": "octagon", "fillcolor": "#E0E0E0", "style": "filled"}

_COLORS = {
    "Convolution": "#FF5050",
    "Deconvolution": "#FF5050",
    "Pooling": "#FF9900",
    "InnerProduct": "#CC33FF",
}
_LEARNING = ("Convolution", "Deconvolution", "InnerProduct")


class GraphvizMissingError(CaffeProtoError, RuntimeError):
    """Graphviz's program ``dot``, which makes the picture, is not there, or fails."""


def _pydot() -> Any:
    try:
        import pydot
    except ImportError:
        raise MissingDependencyError("pydot", "draw", "drawing a net") from None
    return pydot


def get_pooling_types_dict() -> dict[int, str]:
    """The names of the pooling methods by number."""
    return {
        value.number: value.name
        for value in caffe_pb2.PoolingParameter.DESCRIPTOR.enum_types_by_name["PoolMethod"].values
    }


def get_edge_label(layer: Any) -> str:
    """What is written on the arrows out of a layer: its batch size or its number of outputs."""
    if layer.type == "Data":
        return f"Batch {layer.data_param.batch_size}"
    if layer.type in ("Convolution", "Deconvolution"):
        return str(layer.convolution_param.num_output)
    if layer.type == "InnerProduct":
        return str(layer.inner_product_param.num_output)
    return '""'


def get_layer_lr_mult(layer: Any) -> tuple[float, float]:
    """The factors of the learning rate for weights and biases, 1 where nothing is said.

    Raises :class:`ValueError` for layers other than Convolution, Deconvolution, InnerProduct.
    """
    if layer.type not in _LEARNING:
        raise ValueError(
            f'the layer "{layer.name}" ({layer.type}) has no pair of learning rate multipliers. '
            f"Expected one of: {', '.join(_LEARNING)}"
        )
    given = [spec.lr_mult for spec in layer.param[:2]]
    weights, bias = [*given, 1.0, 1.0][:2] if len(given) < 2 else given
    return weights, bias


def get_layer_label(layer: Any, rankdir: str, display_lrm: bool = False) -> str:
    """What is written on a layer: name, type, windows and, if asked, learning rates.

    The parts are apart by blanks where the graph runs up or down, by line breaks else.
    """
    separator = " " if rankdir in ("TB", "BT") else r"\n"
    kind = layer.type
    if kind == "Pooling":
        methods = get_pooling_types_dict()
        kind += f" {methods.get(layer.pooling_param.pool, layer.pooling_param.pool)}"
    parts = [layer.name, f"({kind})"]
    if layer.type in ("Convolution", "Deconvolution", "Pooling"):
        settings = layer.pooling_param if layer.type == "Pooling" else layer.convolution_param
        parts.append(f"kernel size: {_size(settings, 'kernel_size', 'kernel', 0)}")
        parts.append(f"stride: {_size(settings, 'stride', 'stride', 1)}")
        parts.append(f"pad: {_size(settings, 'pad', 'pad', 0)}")
    if display_lrm and layer.type in _LEARNING:
        rates = get_layer_lr_mult(layer)
        if any(rates):
            parts.append(f"lr mult: {rates[0]:.1f}, {rates[1]:.1f}")
    # In quotes: a colon would else end the node's name.
    text = separator.join(parts).replace('"', r"\"")
    return f'"{text}"'


def _size(settings: Any, name: str, stem: str, default: int) -> str:
    """A window's size: one number for squares, ``height x width`` else."""
    if getattr(settings, "global_pooling", False) and name == "kernel_size":
        return "all"
    value = getattr(settings, name)
    sizes = list(value) if hasattr(value, "append") else [value] if value else []
    if settings.HasField(f"{stem}_h") or settings.HasField(f"{stem}_w"):
        sizes = [getattr(settings, f"{stem}_h"), getattr(settings, f"{stem}_w")]
    sizes = sizes or [default]
    return str(sizes[0]) if len(set(sizes)) == 1 else "x".join(map(str, sizes))


def choose_color_by_layertype(layertype: str) -> str:
    """The colour of a layer's box."""
    return _COLORS.get(layertype, LAYER_STYLE_DEFAULT["fillcolor"])


def get_pydot_graph(
    caffe_net: Any,
    rankdir: str,
    label_edges: bool = True,
    phase: int | None = None,
    display_lrm: bool = False,
) -> Any:
    """The graph of a NetParameter: a box a layer, an octagon a blob.

    ``rankdir`` is the direction, ``"LR"``, ``"RL"``, ``"TB"`` or ``"BT"``. ``phase`` leaves out
    the layers of the other phase (None: all are drawn); ``display_lrm`` adds the factors of the
    learning rate. Raises :class:`ValueError` for a layer with both include and exclude rules.
    """
    pydot = _pydot()
    net = _current(caffe_net)
    graph = pydot.Dot(net.name or "Net", graph_type="digraph", rankdir=rankdir)
    nodes: dict[str, Any] = {}
    edges: list[tuple[str, str, str]] = []
    for layer in net.layer:
        if phase is not None and not _in_phase(layer, phase):
            continue
        node = f"{layer.name}_{layer.type}"
        in_place = len(layer.bottom) == len(layer.top) == 1 and layer.bottom[0] == layer.top[0]
        style = dict(NEURON_LAYER_STYLE if in_place else LAYER_STYLE_DEFAULT)
        if not in_place:
            style["fillcolor"] = choose_color_by_layertype(layer.type)
        nodes[node] = pydot.Node(get_layer_label(layer, rankdir, display_lrm), **style)
        for blob in layer.bottom:
            nodes.setdefault(f"{blob}_blob", pydot.Node(_quoted(blob), **BLOB_STYLE))
            edges.append((f"{blob}_blob", node, '""'))
        for blob in layer.top:
            nodes.setdefault(f"{blob}_blob", pydot.Node(_quoted(blob), **BLOB_STYLE))
            edges.append((node, f"{blob}_blob", get_edge_label(layer) if label_edges else '""'))
    for drawn in nodes.values():
        graph.add_node(drawn)
    for source, target, label in edges:
        graph.add_edge(pydot.Edge(nodes[source], nodes[target], label=label))
    return graph


def _quoted(text: str) -> str:
    escaped = text.replace('"', r"\"")
    return f'"{escaped}"'


def _current(net: Any) -> Any:
    """``net``, old formats (``layers``, ``input``) brought to the current one."""
    if not net.layers:
        return net
    from caffe_proto.prototxt.upgrade import upgrade_net

    copy = type(net)()
    copy.CopyFrom(net)
    upgrade_net(copy)
    return copy


def _in_phase(layer: Any, phase: int) -> bool:
    """Whether a layer's rules let it into the phase; levels and stages do not count here."""
    if layer.include and layer.exclude:
        raise ValueError(
            f'the layer "{layer.name}" has include and exclude rules. Expected: only one kind'
        )
    if layer.include:
        return any(not rule.HasField("phase") or rule.phase == phase for rule in layer.include)
    return not any(rule.HasField("phase") and rule.phase == phase for rule in layer.exclude)


def draw_net(
    caffe_net: Any,
    rankdir: str,
    ext: str = "png",
    phase: int | None = None,
    display_lrm: bool = False,
) -> bytes:
    """The picture of a NetParameter, in the format ``ext`` (``png``, ``svg``, ``pdf``, ...).

    ``raw`` and ``dot`` give the graph's text. Raises :class:`RuntimeError` without Graphviz.
    """
    graph = get_pydot_graph(caffe_net, rankdir, phase=phase, display_lrm=display_lrm)
    if ext in ("raw", "dot", "gv"):
        return str(graph.to_string()).encode()
    try:
        return bytes(graph.create(format=ext))
    except OSError:
        raise GraphvizMissingError(
            'drawing a net needs Graphviz\'s program "dot", which is not on the PATH: '
            "apt-get install graphviz (or brew, conda, choco install graphviz). "
            "A file name that ends in .dot gets the graph's text without it"
        ) from None
    except AssertionError as fault:
        raise GraphvizMissingError(f'Graphviz cannot draw the net as "{ext}": {fault}') from None


def draw_net_to_file(
    caffe_net: Any,
    filename: str | os.PathLike[str],
    rankdir: str = "LR",
    phase: int | None = None,
    display_lrm: bool = False,
) -> None:
    """Write :func:`draw_net`'s picture; the file's suffix names the format."""
    from caffe_proto.files import replacing

    name = os.fspath(filename)
    ext = name[name.rfind(".") + 1 :] if "." in os.path.basename(name) else "png"
    picture = draw_net(caffe_net, rankdir, ext.lower(), phase, display_lrm)
    with replacing(name) as beside, open(beside, "wb") as stream:
        stream.write(picture)
