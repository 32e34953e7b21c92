"""Settings of forks that files may hold and that no layer here follows.

The schema reads all forks' files, so a net can ask for something that the built-in layers do not
do. A fused rectifier left out unnoticed gives wrong numbers: such settings are told when a net is
built.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from caffe_proto.schema import caffe_pb2

__all__ = ["FOREIGN", "INERT", "foreign_settings", "warn_of_foreign_settings"]

#: By message: settings that would change what a layer computes.
FOREIGN: dict[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "ArgMaxParameter": "softmax_threshold",
        "BatchNormParameter": (
            "update_global_stats use_weight_bias bias_term filler stats_batch_size relu "
            "disable_mean disable_variance"
        ),
        "ConvolutionParameter": (
            "relu negative_slope coeff fusion_type shape_offset binary paramq params scale_in "
            "scale_out a_min a_max"
        ),
        "DataParameter": (
            "force_encoded_color shuffle side limit_samples preselection_file preselection_label "
            "range_start range_end rand_permute rand_permute_order rand_permute_seed slice_point "
            "encoding subtract permute_every_iter block_size label_size data_width output_width"
        ),
        "DetectionOutputParameter": "objectness_score normalized_bbox clip",
        "ELUParameter": "lambda",
        "ImageDataParameter": (
            "ignore_label label_type short_side min_height min_width face_transform "
            "max_shear_ratio max_aspect_ratio max_rotate_angle min_random_scale "
            "max_random_scale max_random_shift face_mirror face_point_num balance_class "
            "balance_by label_cut_start label_cut_end label_num att_num"
        ),
        "InnerProductParameter": (
            "relu negative_slope normalize paramq params scale_in scale_out a_min a_max"
        ),
        "L1LossParameter": "epsilon",
        "LossParameter": "is_num_scale",
        "MemoryDataParameter": "transpose",
        "MultiBoxLossParameter": "objectness_score",
        "PoolingParameter": (
            "torch_pooling pad_3d kernel_size_3d stride_3d avg_include_pad axis blobs_lr "
            "blobs_a_min"
        ),
        "PriorBoxParameter": "offset_h offset_w fixed_size fixed_ratio density",
        "ROIPoolingParameter": "pooled_size bi_type is_multi_interpolate",
        "ReLUParameter": "fuse",
    }.items()
}

#: By message: settings that only say how and where to compute, and change no value.
INERT: dict[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "BNParameter": "engine",
        "BatchNormParameter": "engine",
        "ConcatParameter": "per_fla_fuse engine",
        "ConvolutionParameter": (
            "cudnn_convolution_algo_seeker conv_algos_override conv_algorithm"
        ),
        "DataParameter": (
            "threads parser_threads cache precache disk_reader_threads huge_video_dataset verbose"
        ),
        "DetectionOutputParameter": "visualize_threshold save_file",
        "EltwiseParameter": "engine",
        "ImageDataParameter": "threads cache precache dataset_share_per_node",
        "InnerProductParameter": "engine",
        "LRNParameter": "engine",
        "PoolingParameter": "engine",
        "SPPParameter": "engine",
        "WindowDataParameter": "config",
    }.items()
}


def foreign_settings(param: caffe_pb2.LayerParameter) -> list[str]:
    """The settings of a built-in layer that belong to a fork and have no effect here."""
    return [
        f"{field.name}.{name}"
        for field, message in param.ListFields()
        if field.message_type is not None
        for name in sorted(FOREIGN.get(field.message_type.name, ()))
        if _is_set(message, name)
    ]


def warn_of_foreign_settings(found: Mapping[str, Sequence[str]]) -> None:
    """Warn once of each setting in ``found``, which names the layers that have it."""
    for setting, layers in found.items():
        others = f" and {len(layers) - 1} more" if len(layers) > 1 else ""
        warnings.warn(
            f"layer {layers[0]}{others}: {setting} is a setting of a fork of Caffe and has no "
            "effect here",
            UserWarning,
            stacklevel=4,
        )


def _is_set(message: Any, name: str) -> bool:
    field = message.DESCRIPTOR.fields_by_name[name]
    value = getattr(message, name)
    if hasattr(value, "__len__") and not isinstance(value, (str, bytes)):
        return len(value) > 0
    return bool(message.HasField(name) and value != field.default_value)
