"""Surgery: the new net answers as the old one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.surgery import deploy, fold_batchnorm, fully_convolutional, prune, rename

ROOT = Path(__file__).resolve().parent.parent.parent
LENET = ROOT / "examples/lenet/lenet.prototxt"
WEIGHTS = ROOT / "examples/lenet/lenet.caffemodel"

INPUT = (
    'layer { name: "data" type: "Input" top: "data" '
    "input_param { shape { dim: 2 dim: 4 dim: 7 dim: 6 } } }\n"
)


def filled(text: str, phase: str = "TEST") -> cp.Net:
    """A net whose every parameter is random, running statistics included."""
    net = cp.build_net(text, phase)
    random = np.random.default_rng(3)
    for params in net.params.values():
        for parameter in params:
            parameter.data = random.uniform(0.2, 1.5, parameter.shape)
    for layer in net.layers:
        if layer.param.type in ("Convolution", "InnerProduct", "Deconvolution"):
            layer.params[0].data = random.normal(0, 1, layer.params[0].shape)
    return net


def inputs_for(net: cp.Net) -> dict[str, np.ndarray]:
    random = np.random.default_rng(4)
    return {n: random.normal(0, 1, net.blobs[n].shape).astype(np.float32) for n in net.inputs}


def assert_same_answers(old: cp.Net, new: cp.Net) -> None:
    given = inputs_for(old)
    before, after = old.forward(**given), new.forward(**given)
    assert list(before) == list(after)
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=2e-5, atol=2e-5)
    # What is saved is what runs: the printed definition builds the same net.
    again = cp.build_net(cp.to_prototxt(new.definition))
    assert {n: [p.shape for p in ps] for n, ps in again.params.items()} == {
        n: [p.shape for p in ps] for n, ps in new.params.items()
    }


def types(net: cp.Net) -> list[str]:
    return [layer.param.type for layer in net.layers]


BEFORE = {
    "convolution": 'type: "Convolution" convolution_param { num_output: 6 kernel_size: 3 }',
    "without bias": (
        'type: "Convolution" convolution_param { num_output: 6 kernel_size: 3 bias_term: false }'
    ),
    "groups": (
        'type: "Convolution" '
        "convolution_param { num_output: 6 kernel_size: 3 group: 2 stride: 2 pad: 1 }"
    ),
    "deconvolution": 'type: "Deconvolution" convolution_param { num_output: 6 kernel_size: 3 }',
    "deconvolution in groups": (
        'type: "Deconvolution" '
        "convolution_param { num_output: 6 kernel_size: 3 group: 2 bias_term: false }"
    ),
    "inner product": 'type: "InnerProduct" inner_product_param { num_output: 6 }',
    "transposed": (
        'type: "InnerProduct" '
        "inner_product_param { num_output: 6 transpose: true bias_term: false }"
    ),
}
AFTER = {
    "BatchNorm": 'layer { name: "bn" type: "BatchNorm" bottom: "c" top: "n" }',
    "BatchNorm and Scale": (
        'layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" batch_norm_param { eps: 0.1 } }'
        'layer { name: "sc" type: "Scale" bottom: "c" top: "c" scale_param { bias_term: true } }'
    ),
    "Scale without bias": 'layer { name: "sc" type: "Scale" bottom: "c" top: "n" }',
    "Bias": 'layer { name: "b" type: "Bias" bottom: "c" top: "c" }',
    "BatchNorm with its own scale": (
        'layer { name: "bn" type: "BatchNorm" bottom: "c" top: "n" '
        "batch_norm_param { scale_bias: true } }"
    ),
    "PSPNet's BN": (
        'layer { name: "bn" type: "BN" bottom: "c" top: "n" bn_param { frozen: true '
        'slope_filler { type: "constant" value: 1 } } }'
    ),
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("after", AFTER)
def test_folding_gives_the_same_answers(before: str, after: str) -> None:
    if after == "PSPNet's BN" and before in ("inner product", "transposed"):
        pytest.skip("PSPNet's BN is for pictures")
    last = "n" if 'top: "n"' in AFTER[after] else "c"
    text = (
        INPUT
        + f'layer {{ name: "c" bottom: "data" top: "c" {BEFORE[before]} }}'
        + AFTER[after]
        + f'layer {{ name: "r" type: "ReLU" bottom: "{last}" top: "r" }}'
    )
    net = filled(text)
    new = fold_batchnorm(net)
    assert len(new.layers) == 3
    assert_same_answers(net, new)


def test_a_factor_of_zero_means_no_statistics() -> None:
    text = INPUT + f'layer {{ name: "c" bottom: "data" top: "c" {BEFORE["convolution"]} }}'
    net = filled(text + AFTER["BatchNorm"])
    net.params["bn"][2].data = 0
    assert_same_answers(net, fold_batchnorm(net))


def test_values_that_others_read_stay() -> None:
    text = INPUT + f'layer {{ name: "c" bottom: "data" top: "c" {BEFORE["convolution"]} }}'
    text += AFTER["BatchNorm"] + 'layer { name: "r" type: "ReLU" bottom: "c" top: "r" }'
    net, notes = filled(text), []
    new = fold_batchnorm(net, notes)
    assert "BatchNorm" in types(new)
    assert any("others read" in note for note in notes)
    assert_same_answers(net, new)


def test_statistics_of_the_batch_stay() -> None:
    text = INPUT + f'layer {{ name: "c" bottom: "data" top: "c" {BEFORE["convolution"]} }}'
    notes: list[str] = []
    new = fold_batchnorm(filled(text + AFTER["BatchNorm"], "TRAIN"), notes)
    assert "BatchNorm" in types(new)
    assert any("statistics of the batch" in note for note in notes)


def test_shared_parameters_stay() -> None:
    text = INPUT + "".join(
        f'layer {{ name: "c{i}" bottom: "data" top: "c{i}" param {{ name: "w" }} '
        f"{BEFORE['convolution']} }}"
        f'layer {{ name: "n{i}" type: "BatchNorm" bottom: "c{i}" top: "n{i}" }}'
        for i in (1, 2)
    )
    net, notes = filled(text), []
    new = fold_batchnorm(net, notes)
    assert types(new).count("BatchNorm") == 2
    assert any("share parameters" in note for note in notes)
    assert_same_answers(net, new)


def test_the_old_net_is_not_changed() -> None:
    text = INPUT + f'layer {{ name: "c" bottom: "data" top: "c" {BEFORE["convolution"]} }}'
    net = filled(text + AFTER["BatchNorm"])
    before = net.params["c"][0].data.copy()
    fold_batchnorm(net)
    np.testing.assert_array_equal(net.params["c"][0].data, before)


def test_fully_convolutional_gives_the_same_answers_on_the_old_size() -> None:
    net = cp.build_net(LENET, weights=WEIGHTS)
    new = fully_convolutional(net)
    assert "InnerProduct" not in types(new)
    assert [p.shape for p in new.params["ip1-conv"]] == [(500, 50, 4, 4), (500,)]
    given = inputs_for(net)
    np.testing.assert_allclose(
        new.forward(**given)["prob"].reshape(100, 10), net.forward(**given)["prob"], atol=1e-5
    )


def test_fully_convolutional_slides_over_a_larger_picture() -> None:
    net = cp.build_net(LENET, weights=WEIGHTS)
    new = fully_convolutional(net)
    new.reshape(data=(1, 1, 36, 32))
    large = np.random.default_rng(0).uniform(0, 1, (1, 1, 36, 32)).astype(np.float32)
    answers = new.forward(data=large)["prob"]
    assert answers.shape == (1, 10, 3, 2)
    net.reshape(data=(1, 1, 28, 28))
    for row in range(3):
        for column in range(2):
            window = large[:, :, 4 * row : 4 * row + 28, 4 * column : 4 * column + 28]
            np.testing.assert_allclose(
                answers[:, :, row, column], net.forward(data=window)["prob"], atol=1e-5
            )


def test_an_inner_product_over_vectors_is_left_with_a_reason() -> None:
    text = (
        'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 4 } } }'
        'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" '
        "inner_product_param { num_output: 3 } }"
    )
    notes: list[str] = []
    assert "InnerProduct" in types(fully_convolutional(filled(text), notes=notes))
    assert "no height" in notes[0]


TRAIN_VAL = """
name: "digits"
layer { name: "db" type: "Data" top: "data" top: "label" include { phase: TRAIN }
  transform_param { scale: 0.1 crop_size: 28 force_gray: true }
  data_param { source: "none" batch_size: 64 } }
layer { name: "db" type: "Data" top: "data" top: "label" include { phase: TEST }
  transform_param { crop_size: 28 force_gray: true } data_param { source: "none" batch_size: 9 } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 3 kernel_size: 5 weight_filler { type: "xavier" } } }
layer { name: "drop" type: "Dropout" bottom: "conv" top: "conv" }
layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
  inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
layer { name: "label_flat" type: "AbsVal" bottom: "label" top: "label_flat" }
layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""


def test_deploy_needs_no_data_set() -> None:
    notes: list[str] = []
    net = deploy(TRAIN_VAL, notes=notes)
    assert net.inputs == ["data"]
    assert net.blobs["data"].shape == (1, 1, 28, 28)
    assert net.outputs == ["prob"]
    assert types(net) == ["Input", "Convolution", "Dropout", "InnerProduct", "Softmax"]
    assert any("label_flat" in note for note in notes)


@pytest.mark.parametrize("judge", ["SegAccuracy", "L1Loss", "EvalDetection"])
def test_deploy_drops_what_only_judges(judge: str) -> None:
    net = deploy(TRAIN_VAL.replace('type: "Accuracy"', f'type: "{judge}"'))
    assert types(net) == ["Input", "Convolution", "Dropout", "InnerProduct", "Softmax"]


def test_deploy_takes_shapes_that_are_given() -> None:
    assert deploy(TRAIN_VAL, {"data": (5, 1, 32, 32)}).blobs["data"].shape == (5, 1, 32, 32)


def test_deploy_says_whose_shape_it_cannot_tell() -> None:
    with pytest.raises(cp.BuildError, match=r'"db" \(Data\).*shapes='):
        deploy(TRAIN_VAL.replace("crop_size: 28", ""))


def test_deploy_keeps_a_nets_weights_and_answers() -> None:
    text = TRAIN_VAL.replace('type: "Data"', 'type: "DummyData"')
    text = text.replace(
        'data_param { source: "none" batch_size: 9 }',
        "dummy_data_param { shape { dim: 2 dim: 1 dim: 28 dim: 28 } shape { dim: 2 } }",
    )
    net = cp.build_net(text, seed=4)
    new = deploy(net, batch=2)
    given = np.random.default_rng(1).normal(0, 1, (2, 1, 28, 28)).astype(np.float32)
    net.blobs["data"].data = given
    net.forward(start="conv")
    scores = net.blobs["ip"].data
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(new.forward(data=given)["prob"], expected, atol=1e-6)


def test_deploy_turns_each_of_several_losses_into_an_answer() -> None:
    text = TRAIN_VAL + (
        'layer { name: "other" type: "SigmoidCrossEntropyLoss" bottom: "ip" bottom: "label" }'
    )
    net = deploy(text)
    assert net.outputs == ["loss/prob", "other/prob"]


def test_prune_keeps_what_the_wanted_output_needs() -> None:
    text = INPUT + (
        'layer { name: "more" type: "Input" top: "more" input_param { shape { dim: 3 } } }'
        'layer { name: "a" type: "ReLU" bottom: "data" top: "a" }'
        'layer { name: "b" type: "Convolution" bottom: "a" top: "b" '
        "convolution_param { num_output: 1 kernel_size: 1 } }"
        'layer { name: "s" type: "Sigmoid" bottom: "a" top: "s" }'
        'layer { name: "in_place" type: "ReLU" bottom: "s" top: "s" }'
    )
    net = filled(text)
    new = prune(net, ["s"])
    assert [layer.name for layer in new.layers] == ["data", "a", "s", "in_place"]
    assert new.inputs == ["data"]
    given = inputs_for(net)
    np.testing.assert_array_equal(new.forward(data=given["data"])["s"], net.forward(**given)["s"])


def test_prune_names_the_nearest_blob() -> None:
    with pytest.raises(cp.BuildError, match='did you mean "prob"'):
        prune(cp.build_net(LENET), ["porb"])


def test_rename_moves_names_and_weights_together() -> None:
    net = cp.build_net(LENET, weights=WEIGHTS)
    new = rename(net, layers={"conv1": "first"}, blobs={"data": "image", "prob": "answer"})
    assert new.inputs == ["image"]
    assert "first" in new.params
    given = inputs_for(net)["data"]
    np.testing.assert_array_equal(
        new.forward(image=given)["answer"], net.forward(data=given)["prob"]
    )


def test_rename_can_swap_two_names() -> None:
    net = cp.build_net(LENET, weights=WEIGHTS)
    new = rename(net, layers={"conv1": "conv2", "conv2": "conv1"})
    np.testing.assert_array_equal(new.params["conv2"][0].data, net.params["conv1"][0].data)


def test_rename_refuses_to_make_two_one() -> None:
    with pytest.raises(cp.BuildError, match='both be called "conv2"'):
        rename(cp.build_net(LENET), layers={"conv1": "conv2"})


def test_saved_surgery_loads_again(tmp_path: Path) -> None:
    net = fully_convolutional(cp.build_net(LENET, weights=WEIGHTS))
    net.save(tmp_path / "fc.caffemodel")
    (tmp_path / "fc.prototxt").write_text(cp.to_prototxt(net.definition))
    again = cp.build_net(tmp_path / "fc.prototxt", weights=tmp_path / "fc.caffemodel")
    assert_same_answers(net, again)
