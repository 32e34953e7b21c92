"""Settings of forks that no layer follows are told, and every other one is explained."""

from __future__ import annotations

import inspect
import re
import warnings
from collections import defaultdict

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.layers.foreign import FOREIGN, INERT
from caffe_proto.schema import caffe_pb2

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 2, 9, 8] } } }'


def convolution(settings: str) -> cp.Net:
    return cp.build_net(
        f'{INPUT} layer {{ name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param '
        f"{{ num_output: 2 kernel_size: 3 weight_filler {{ type: 'xavier' }} {settings} }} }}",
        seed=3,
    )


@pytest.mark.parametrize("setting", ["relu: true", "coeff: 2", "negative_slope: 0.1", "paramq: 3"])
def test_a_setting_that_no_layer_follows_is_told(setting: str) -> None:
    name = setting.split(":")[0]
    expected = rf'layer "c" \(Convolution\): convolution_param.{name} .* no effect'
    with pytest.warns(UserWarning, match=expected):
        convolution(setting)


def test_a_setting_of_many_layers_is_told_once() -> None:
    text = INPUT + "".join(
        f'layer {{ name: "r{i}" type: "ReLU" bottom: "x" top: "x" relu_param {{ fuse: true }} }}'
        for i in range(3)
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cp.build_net(text)
    assert [str(w.message)[:30] for w in caught] == ['layer "r0" (ReLU) and 2 more: ']


@pytest.mark.parametrize("setting", ["relu: false", "engine: CUDNN", "conv_algorithm: 'winograd'"])
def test_a_setting_that_changes_no_value_is_not_worth_a_word(setting: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convolution(setting)


def test_a_users_own_layer_may_follow_what_it_likes() -> None:
    @cp.register_layer("FusedForTest")
    class Fused(cp.Layer):
        def infer_shapes(self, bottom: tuple[int, ...]) -> list[tuple[int, ...]]:
            return [bottom]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cp.build_net(
            f'{INPUT} layer {{ name: "f" type: "FusedForTest" bottom: "x" top: "f" '
            "convolution_param { relu: true } }"
        )


@pytest.mark.parametrize(
    ("hole", "dilation"),
    [("hole: 2", "dilation: 2"), ("hole_h: 3 hole_w: 2", "dilation: [3, 2]"), ("hole: 1", "")],
)
def test_a_hole_of_deeplab_is_dilation(hole: str, dilation: str) -> None:
    x = np.random.default_rng(5).normal(size=(1, 2, 9, 8)).astype(np.float32)
    got, expected = convolution(hole), convolution(dilation)
    assert np.array_equal(got.forward(x=x)["c"], expected.forward(x=x)["c"])


def test_dilation_is_given_once() -> None:
    with pytest.raises(cp.LayerError, match=r'"c" \(Convolution\).*both dilation and hole'):
        convolution("hole: 2 dilation: 2")


def messages_of_docstrings() -> dict[str, str]:
    """What the built-in types' docstrings say, by the message whose settings they name."""
    fields = caffe_pb2.LayerParameter.DESCRIPTOR.fields_by_name
    said: dict[str, str] = defaultdict(str)
    for cls in cp.layer_types().values():
        text = inspect.getdoc(cls) or ""
        for name in set(re.findall(r"\b(\w+_param)\b", text)):
            if name in fields and fields[name].message_type is not None:
                said[fields[name].message_type.name] += text
    return said


# Refused by a layer where they are set, with an error that says so; or explained elsewhere.
REFUSED = {
    "AnnotatedDataParameter": None,
    "TransformationParameter": None,
    "ResizeParameter": None,
    "NoiseParameter": None,
    "LossParameter": {"label_smoothing"},
    "MultiBoxLossParameter": {"do_neg_mining", "ignore_difficult_gt"},
    "ROIPoolingParameter": {"pad_ratio"},
    "ReshapeParameter": {"pixelshuffler"},
    "SoftmaxParameter": {
        *("hard_ratio", "class_weight", "hard_mining_label", "cutting_point", "normalize_type"),
        "label_smooth_factor",
    },
    "Yolov3DetectionOutputParameter": {"gaussian_box"},
}


def test_every_setting_is_explained_or_known_to_have_no_effect() -> None:
    said = messages_of_docstrings()
    assert len(said) > 50
    unknown = []
    for message, text in said.items():
        refused = REFUSED.get(message, set())
        if refused is None:
            continue
        known = refused | FOREIGN.get(message, set()) | INERT.get(message, set())
        for field in caffe_pb2.DESCRIPTOR.message_types_by_name[message].fields:
            if field.name not in known and not re.search(rf"\b{field.name}\b", text):
                unknown.append(f"{message}.{field.name}")
    assert unknown == []


@pytest.mark.parametrize("table", [FOREIGN, INERT])
def test_the_tables_name_fields_that_there_are(table: dict[str, frozenset[str]]) -> None:
    for message, names in table.items():
        fields = caffe_pb2.DESCRIPTOR.message_types_by_name[message].fields_by_name
        assert names <= set(fields)
