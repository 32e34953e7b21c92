"""The drop-in for ``cv2.dnn``: its own behaviour, and side by side with OpenCV 4."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from caffe_proto import cv2dnn

cv2: Any = pytest.importorskip("cv2")
opencv = pytest.mark.skipif(
    int(cv2.__version__.split(".")[0]) != 4, reason="OpenCV 4 has the importer to compare with"
)

SMALL = """
name: "small"
layer { name: "data" type: "Input" top: "data"
        input_param { shape { dim: 1 dim: 2 dim: 6 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "x"
        convolution_param { num_output: 3 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "x" top: "x" }
layer { name: "cut" type: "Slice" bottom: "x" top: "a" top: "b" slice_param { slice_point: 1 } }
layer { name: "fc" type: "InnerProduct" bottom: "b" top: "y"
        inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A small net as prototxt and caffemodel."""
    prototxt, weights = tmp_path / "small.prototxt", tmp_path / "small.caffemodel"
    prototxt.write_text(SMALL)
    net = cp.build_net(prototxt, seed=3)
    net.params["conv"][1].data[...] = [0.1, -0.2, 0.3]
    net.save(weights)
    return prototxt, weights


def some_input(*shape: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(5).uniform(-1, 1, shape).astype(np.float32)


# -- by itself -------------------------------------------------------------------------------


def test_names_and_numbers_of_layers(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*map(str, files))
    # A convolution goes by the name of its top.
    assert net.getLayerNames() == ("x", "relu", "cut", "fc")
    assert net.getLayerId("x") == net.getLayerId("conv") == 1
    assert net.getLayerId("relu") == 2
    assert net.getLayerId("_input") == 0
    assert net.getLayerId("data") == -1
    assert net.getUnconnectedOutLayersNames() == ("fc",)
    assert net.getUnconnectedOutLayers().tolist() == [4]
    assert net.getLayer(3).name == "cut"
    assert net.getLayer("fc").type == "InnerProduct"
    assert net.getLayersCount("ReLU") == 1
    assert net.getLayerTypes() == ("Convolution", "InnerProduct", "ReLU", "Slice")


def test_outputs_of_layers_that_work_in_place_are_told_apart(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    net.setInput(some_input(1, 2, 6, 5))
    before, after = net.forward(["conv", "relu"])
    assert before.min() < 0
    np.testing.assert_array_equal(np.maximum(before, 0), after)


def test_all_outputs_of_a_layer(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    net.setInput(some_input(1, 2, 6, 5))
    ((a, b), (y,)) = net.forwardAndRetrieve(["cut", "fc"])
    assert (a.shape, b.shape, y.shape) == ((1, 1, 4, 3), (1, 2, 4, 3), (1, 2))


def test_input_is_shifted_scaled_and_reshaped(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    net.enableFusion(False)
    x = some_input(3, 2, 6, 5)
    net.setInput(x, "data", 0.5, (1, 2))
    assert net.forward().shape == (3, 2)
    assert net.caffe is not None
    shifted = 0.5 * (x - np.array([1, 2], np.float32).reshape(1, 2, 1, 1))
    np.testing.assert_allclose(net.caffe.blobs["data"].data, shifted, rtol=1e-6)


def test_parameters_are_read_and_set(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    assert net.getParam("conv").shape == (3, 2, 3, 3)
    np.testing.assert_allclose(net.getParam("conv", 1), [[0.1], [-0.2], [0.3]])
    net.setParam("conv", 1, np.zeros((3, 1)))
    assert not net.getParam(1, 1).any()


def test_the_profile_has_a_time_a_layer(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    net.setInput(some_input(1, 2, 6, 5))
    net.forward()
    total, times = net.getPerfProfile()
    assert total > 0
    assert times.shape == (4,)
    net.enableFusion(False)
    net.forward()
    assert (net.getPerfProfile()[1] > 0).all()


def test_fused_and_layer_by_layer_give_the_same(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    for batch in (1, 3):
        net.setInput(some_input(batch, 2, 6, 5))
        net.enableFusion(True)
        fused = net.forward()
        net.enableFusion(False)
        np.testing.assert_allclose(net.forward(), fused, atol=1e-6)


def test_a_parameter_that_is_set_counts_at_once(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    net.setInput(some_input(1, 2, 6, 5))
    net.forward()
    net.setParam("fc", 0, np.zeros((2, 24)))
    net.setParam("fc", 1, [1, 2])
    np.testing.assert_allclose(net.forward(), [[1, 2]])


def test_buffers_do_as_well_as_paths(files: tuple[Path, Path]) -> None:
    x = some_input(1, 2, 6, 5)
    outputs = []
    prototxt, weights = (path.read_bytes() for path in files)
    for net in (
        cv2dnn.readNetFromCaffe(*files),
        cv2dnn.readNetFromCaffe(prototxt, weights),
        cv2dnn.readNetFromCaffe(bytearray(prototxt), bytearray(weights)),
        cv2dnn.readNetFromCaffe(np.frombuffer(prototxt, "u1"), np.frombuffer(weights, "u1")),
        cv2dnn.readNet(str(files[1]), str(files[0])),
        cv2dnn.readNet(str(files[0]), str(files[1])),
        cv2dnn.readNet("caffe", weights, prototxt),
    ):
        net.setInput(x)
        outputs.append(net.forward())
    for output in outputs[1:]:
        np.testing.assert_array_equal(output, outputs[0])


def test_settings_of_the_device_are_accepted(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    net.setPreferableBackend(cv2dnn.DNN_BACKEND_CUDA)
    net.setPreferableTarget(cv2dnn.DNN_TARGET_CUDA_FP16)
    net.enableFusion(False)
    net.enableWinograd(True)
    net.setInputsNames(["data"])
    net.setInputShape("data", (2, 2, 6, 5))
    assert net.forward().shape == (2, 2)
    assert "conv" in net.dump()
    assert not net.empty()
    assert cv2dnn.Net().empty()


def test_faults_are_named(files: tuple[Path, Path]) -> None:
    net = cv2dnn.readNetFromCaffe(*files)
    with pytest.raises(cp.BuildError, match='no input "dta"; did you mean "data"'):
        net.setInput(some_input(1, 2, 6, 5), "dta")
    with pytest.raises(cp.BuildError, match="no layer 'rleu'; did you mean \"relu\""):
        net.forward("rleu")
    with pytest.raises(cp.BuildError, match="no layer 9"):
        net.getLayer(9)
    with pytest.raises(cp.BuildError, match="has 2 parameters"):
        net.getParam("conv", 2)
    with pytest.raises(cp.BuildError, match="net is empty"):
        cv2dnn.Net().forward()
    with pytest.raises(cp.BuildError, match="only Caffe"):
        cv2dnn.readNet("model.onnx", framework="onnx")
    with pytest.raises(cp.BuildError, match="readNet needs a"):
        cv2dnn.readNet("model.caffemodel")
    with pytest.raises(cp.BuildError, match="inputs are"):
        net.setInputsNames(["image"])
    with pytest.raises(cp.BuildError, match="blob of bytes"):
        cv2dnn.blobFromImage(np.zeros((2, 2, 3), np.uint8), 0.5, ddepth=cv2dnn.CV_8U)
    with pytest.raises(cp.BuildError, match=r"\(N, C, H, W\)"):
        cv2dnn.imagesFromBlob(np.zeros((2, 2), np.float32))


# -- side by side ----------------------------------------------------------------------------


@opencv
def test_constants_are_opencvs() -> None:
    for name in (name for name in cv2dnn.__all__ if name.startswith("DNN_")):
        assert getattr(cv2dnn, name) == getattr(cv2.dnn, name)
    assert (cv2dnn.CV_8U, cv2dnn.CV_32F) == (cv2.CV_8U, cv2.CV_32F)


@opencv
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("shape", [(40, 31, 3), (17, 50, 4), (33, 20), (20, 20, 1)])
@pytest.mark.parametrize("mean", [(), (10, 20, 30), 7.5])
def test_blobs_are_opencvs(crop: bool, shape: tuple[int, ...], mean: Any) -> None:
    rng = np.random.default_rng(0)
    for size in ((24, 24), (13, 40), (0, 0), (61, 20)):
        images = [rng.integers(0, 256, shape).astype(np.uint8) for _ in range(2)]
        arguments = (0.5, size, mean, len(shape) == 3 and shape[2] == 3, crop)
        expected = cv2.dnn.blobFromImages(images, *arguments)
        got = cv2dnn.blobFromImages(images, *arguments)
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, atol=1e-4)
    single = cv2dnn.blobFromImage(images[0], size=(9, 9), ddepth=cv2dnn.CV_8U)
    np.testing.assert_array_equal(
        single, cv2.dnn.blobFromImage(images[0], size=(9, 9), ddepth=cv2.CV_8U)
    )


@opencv
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_come_back_from_blobs(channels: int) -> None:
    blob = some_input(2, channels, 4, 5)
    for got, expected in zip(
        cv2dnn.imagesFromBlob(blob), cv2.dnn.imagesFromBlob(blob), strict=True
    ):
        assert got.shape == expected.shape
        np.testing.assert_array_equal(got, expected)


@opencv
@pytest.mark.parametrize("eta, top_k", [(1.0, 0), (0.8, 0), (1.0, 7)])
def test_suppression_is_opencvs(eta: float, top_k: int) -> None:
    rng = np.random.default_rng(2)
    boxes = np.concatenate([rng.uniform(0, 60, (80, 2)), rng.uniform(5, 40, (80, 2))], axis=1)
    scores = rng.uniform(size=80).astype(np.float32)
    labels = rng.integers(0, 3, 80)
    for given in (boxes.tolist(), np.round(boxes).astype(int).tolist()):
        arguments = (0.3, 0.6, eta, top_k)
        expected = cv2.dnn.NMSBoxes(given, scores.tolist(), *arguments)
        got = cv2dnn.NMSBoxes(given, scores, *arguments)
        np.testing.assert_array_equal(got, expected)
        assert np.asarray(got).dtype == expected.dtype
    expected = cv2.dnn.NMSBoxesBatched(boxes, scores, labels, 0.3, 0.6, eta, top_k)
    got = cv2dnn.NMSBoxesBatched(boxes, scores, labels, 0.3, 0.6, eta, top_k)
    np.testing.assert_array_equal(got, expected)
    assert cv2dnn.NMSBoxes([], [], 0.3, 0.6) == cv2.dnn.NMSBoxes([], [], 0.3, 0.6) == ()


DETECT = """
layer {{ name: "loc" type: "Input" top: "loc" input_param {{ shape {{ dim: 2 dim: 80 }} }} }}
layer {{ name: "conf" type: "Input" top: "conf" input_param {{ shape {{ dim: 2 dim: 60 }} }} }}
layer {{ name: "map" type: "Input" top: "map"
        input_param {{ shape {{ dim: 1 dim: 1 dim: 2 dim: 5 }} }} }}
layer {{ name: "image" type: "Input" top: "image"
        input_param {{ shape {{ dim: 1 dim: 3 dim: 20 dim: 50 }} }} }}
layer {{ name: "prior" type: "PriorBox" bottom: "map" bottom: "image" top: "prior"
        prior_box_param {{ {prior} variance: 0.1 }} }}
layer {{ name: "found" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior"
        top: "found" detection_output_param {{ num_classes: 3 share_location: true
        background_label_id: 0 {found} }} }}
"""


@opencv
@pytest.mark.parametrize(
    "prior",
    ["min_size: 9.7 max_size: 20.5", "min_size: 8 aspect_ratio: 2 flip: false clip: false"],
)
@pytest.mark.parametrize(
    "found",
    [
        "keep_top_k: 12 nms_param { nms_threshold: 0.4 top_k: 8 } code_type: CENTER_SIZE",
        "keep_top_k: 60 nms_param { nms_threshold: 0.4 eta: 0.5 } confidence_threshold: 0.5 "
        "code_type: CORNER",
        "keep_top_k: 5 nms_param { nms_threshold: 0.7 top_k: 0 } code_type: CORNER",
        "keep_top_k: 3 nms_param { nms_threshold: 0.7 } confidence_threshold: 2 code_type: CORNER",
    ],
)
def test_priors_and_detections_are_opencvs(prior: str, found: str) -> None:
    text = DETECT.format(prior=prior, found=found).encode()
    theirs = cv2.dnn.readNetFromCaffe(np.frombuffer(text, np.uint8))
    ours = cv2dnn.readNetFromCaffe(text)
    values = {
        "loc": some_input(2, 80),
        "conf": (some_input(2, 60) + 1) / 2,
        "map": np.zeros((1, 1, 2, 5), np.float32),
        "image": np.zeros((1, 3, 20, 50), np.float32),
    }
    for net in (theirs, ours):
        for name, value in values.items():
            net.setInput(value, name)
    for name in ("prior", "found"):
        np.testing.assert_allclose(ours.forward(name), theirs.forward(name), atol=1e-5)


@opencv
def test_a_small_net_gives_opencvs_arrays(files: tuple[Path, Path]) -> None:
    x = some_input(2, 2, 6, 5)
    theirs, ours = (module.readNetFromCaffe(*map(str, files)) for module in (cv2.dnn, cv2dnn))
    assert ours.getLayerNames() == theirs.getLayerNames()
    for net in (theirs, ours):
        net.setInput(x, scalefactor=0.5, mean=(0.25,))
    for got, expected in zip(ours.forward(["x", "fc"]), theirs.forward(["x", "fc"]), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-5)


def compare_nets(prototxt: Path, weights: Path, x: npt.NDArray[np.float32]) -> None:
    """The last two layers' outputs, names and parameters of both, within 1e-4."""
    theirs, ours = (
        module.readNetFromCaffe(str(prototxt), str(weights)) for module in (cv2.dnn, cv2dnn)
    )
    # Asked for a fused layer's output OpenCV gives memory that nothing was written to.
    theirs.enableFusion(False)
    names = list(ours.getLayerNames())
    assert names == list(theirs.getLayerNames())
    assert ours.getUnconnectedOutLayersNames() == theirs.getUnconnectedOutLayersNames()
    np.testing.assert_array_equal(ours.getUnconnectedOutLayers(), theirs.getUnconnectedOutLayers())
    for net in (theirs, ours):
        net.setInput(x)
    np.testing.assert_allclose(ours.forward(), theirs.forward(), atol=1e-4)
    wanted = [names[0], names[len(names) // 2], names[-2], names[-1]]
    for name, got, expected in zip(
        wanted, ours.forward(wanted), theirs.forward(wanted), strict=True
    ):
        assert got.shape == expected.shape
        size = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(got, expected, atol=1e-4 * size, err_msg=name)


@opencv
@pytest.mark.reference
@pytest.mark.parametrize(
    "folder, prototxt, weights, expected",
    [
        (
            "face-res10",
            "deploy.prototxt",
            "res10_300x300_ssd_iter_140000.caffemodel",
            "expected.npz",
        ),
        ("qr-wechat", "detect.prototxt", "detect.caffemodel", "expected_detect.npz"),
        ("qr-wechat", "sr.prototxt", "sr.caffemodel", "expected_sr.npz"),
    ],
)
def test_trained_models_give_opencvs_arrays(
    reference: Path, folder: str, prototxt: str, weights: str, expected: str
) -> None:
    root = reference / "models" / folder
    if not root.is_dir():
        pytest.skip(f"{root} is absent")
    with np.load(root / expected) as arrays:
        x = arrays["input/data"]
    compare_nets(root / prototxt, root / weights, x)


def randomize(net: cp.Net, seed: int = 0) -> None:
    """Weights that keep the signals' size, so that differences show."""
    rng = np.random.default_rng(seed)
    for layer in net.layers:
        for i, parameter in enumerate(layer.params):
            shape = parameter.shape
            if layer.type == "BatchNorm":
                value = (rng.normal(0, 0.1, shape), rng.uniform(0.5, 1.5, shape), np.ones(shape))[i]
            elif layer.type == "Scale" and i == 0:
                value = rng.uniform(0.5, 1.5, shape)
            elif layer.type == "Normalize":
                value = rng.uniform(5, 20, shape)
            elif len(shape) > 1:
                gain = 0.3 if "mbox" in layer.name else math.sqrt(2)
                value = rng.normal(0, gain / math.sqrt(parameter.count / shape[0]), shape)
            else:
                value = rng.normal(0, 0.1, shape)
            parameter.data[...] = value


@opencv
@pytest.mark.reference
@pytest.mark.parametrize(
    "path",
    [
        "opencv+open_model_zoo/tools/accuracy_checker/data/test_models/SampLeNet.prototxt",
        "NVIDIA+caffe/classification/model/deploy.prototxt",
        "forresti+SqueezeNet/SqueezeNet_v1.1/deploy.prototxt",
        "soeaver+caffe-model/cls/air/deploy_air26-1x16d.prototxt",
        "shicai+MobileNet-Caffe/mobilenet_deploy.prototxt",
        "shicai+MobileNet-Caffe/mobilenet_v2_deploy.prototxt",
        "chuanqi305+MobileNet-SSD/deploy.prototxt",
        "yahoo+open_nsfw/nsfw_model/deploy.prototxt",
        "BVLC+caffe/models/bvlc_googlenet/deploy.prototxt",
        "soeaver+caffe-model/cls/resnet/deploy_resnet18-priv.prototxt",
        pytest.param(
            "soeaver+caffe-model/cls/inception/deploy_inception-v2.prototxt",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "soeaver+caffe-model/cls/dpn/deploy_dpn68-extra.prototxt", marks=pytest.mark.slow
        ),
        pytest.param(
            "intel+caffe/models/intel_optimized_models/benchmark/ssd/deploy.prototxt",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_public_nets_give_opencvs_arrays(reference: Path, path: str, tmp_path: Path) -> None:
    prototxt = reference / "zoo" / path
    if not prototxt.is_file():
        pytest.skip(f"{prototxt} is absent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = cp.build_net(prototxt)
    shape = (1, *net.blobs[net.inputs[0]].shape[1:])
    randomize(net)
    weights = tmp_path / "random.caffemodel"
    net.save(weights)
    compare_nets(prototxt, weights, some_input(*shape))
