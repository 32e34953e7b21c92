"""What a Caffe file may say: the messages of ``src/caffe.proto``.

The package itself uses the names below; every other message is in
:mod:`caffe_proto.schema.caffe_pb2`.
"""

from __future__ import annotations

from caffe_proto.schema.caffe_pb2 import (
    DESCRIPTOR,
    TEST,
    TRAIN,
    AnnotatedDatum,
    BlobProto,
    BlobProtoVector,
    BlobShape,
    Datum,
    FillerParameter,
    LabelMap,
    LayerParameter,
    LossParameter,
    NetParameter,
    NetState,
    NetStateRule,
    NormalizedBBox,
    ParamSpec,
    Phase,
    SolverParameter,
    SolverState,
    TransformationParameter,
    V0LayerParameter,
    V1LayerParameter,
)

__all__ = [
    "DESCRIPTOR",
    "TEST",
    "TRAIN",
    "AnnotatedDatum",
    "BlobProto",
    "BlobProtoVector",
    "BlobShape",
    "Datum",
    "FillerParameter",
    "LabelMap",
    "LayerParameter",
    "LossParameter",
    "NetParameter",
    "NetState",
    "NetStateRule",
    "NormalizedBBox",
    "ParamSpec",
    "Phase",
    "SolverParameter",
    "SolverState",
    "TransformationParameter",
    "V0LayerParameter",
    "V1LayerParameter",
]
