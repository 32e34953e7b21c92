"""A batch of nothing, as Filter makes it where nothing is selected, passes through the layers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.layers.single import layer_net

ONE = [
    ("Scale", "scale_param { bias_term: true }"),
    ("Scale", "scale_param { axis: 2 }"),
    ("Bias", ""),
    ("Softmax", ""),
    ("Reduction", "reduction_param { axis: 1 }"),
    ("Reduction", "reduction_param { axis: 1 operation: SUMSQ }"),
    ("Reduction", "reduction_param { axis: 1 operation: MEAN }"),
    ("Tile", "tile_param { tiles: 2 }"),
    ("Permute", "permute_param { order: 1 }"),
    ("ShuffleChannel", "shuffle_channel_param { group: 2 }"),
    ("Reverse", ""),
    ("Reorg", "reorg_param { stride: 2 }"),
    ("Normalize", ""),
    ("Normalize", "norm_param { across_spatial: false channel_shared: false }"),
    ("L2Norm", ""),
    ("Upsample", "upsample_param { scale: 2 }"),
    ("Interp", "interp_param { zoom_factor: 2 }"),
    ("Resample", "resample_param { height: 8 width: 8 }"),
    ("Flatten", ""),
    ("Slice", ""),
    ("Dropout", ""),
    ("SeLu", ""),
    ("SeLuDropout", ""),
    ("CReLU", ""),
    ("PReLU", ""),
    ("ArgMax", ""),
    ("ArgMax", "argmax_param { axis: 1 top_k: 2 }"),
    ("ArgMax", "argmax_param { top_k: 20 out_max_val: true }"),
]
TWO = [
    ("Eltwise", ""),
    ("Eltwise", "eltwise_param { operation: PROD }"),
    ("Eltwise", "eltwise_param { operation: MAX }"),
    ("Concat", ""),
    ("MatMul", ""),
    ("Upsample", ""),
    ("Scale", "scale_param { axis: 0 }"),
    ("Correlation", "correlation_param { kernel_size: 1 max_displacement: 1 }"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "type_name, settings, bottoms", [(*case, 1) for case in ONE] + [(*case, 2) for case in TWO]
)
def test_an_empty_batch_passes(type_name: str, settings: str, bottoms: int) -> None:
    nothing = np.zeros((0, 4, 4, 4))
    net = layer_net(type_name, settings, *[nothing] * bottoms, phase="TRAIN")
    net.forward()
    assert net.blobs["y"].data.size == 0
    if type_name != "ArgMax":
        net.backward()
    for parameter in net.params.get("op", []):
        assert not parameter.diff.any()
