"""Public nets, compiled, against ``net.forward``, with random weights."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.layers.proposal import PythonProposal
from caffe_proto.schema import caffe_pb2
from tests.conftest import GOLDEN, reference_root
from tests.engines.agreement import (
    TOLERANCE,
    Arrays,
    assert_follows,
    assert_same_outputs,
    calm,
    random_inputs,
    randomize,
    watched,
)
from tests.engines.public_nets import (
    REGIONS,
    PublicNet,
    batch_shapes,
    build,
    fitting,
    macs,
    public_nets,
)

pytestmark = pytest.mark.reference

#: Multiply-adds for one image; images of larger nets are made smaller, or the nets narrower.
MOST = 0.6e9
#: Those up to here are run once as they are, with one image.
MOST_WHOLE = 16e9
#: Images to train on: of fewer a BatchNorm after a product of matrices may make noise of noise.
TRAINED = 8
#: Tolerance there: each divides by a deviation, and after 20 ``forward`` is off by 3e-5 itself.
OF_BATCH = 5e-4
#: Where the random stream begins.
SEED = 7

#: Nets that cannot be built, and a word of the reason.
NO_NETS = {
    "NVIDIA+caffe/examples/kitti/detectnet_network.prototxt": "ClusterDetections",
    "NVIDIA+caffe/examples/pycaffe/linreg.prototxt": "EuclideanLossLayer",
    "intel+caffe/models/intel_optimized_models/VNet/test_noPooling_ResNet_cinque.prototxt": (
        "has 5 axes"
    ),
    "opencv+open_model_zoo/models/intel/semantic-segmentation-adas-0001/"
    "semantic-segmentation-adas-0001.prototxt": "AddBackward1223",
    "soeaver+caffe-model/det/rfcn/models/coco/resnext101-32x4d/"
    "deploy_rfcn_coco_resnext101-32x4d-merge.prototxt": "reshape_param.shape",
}
#: A net that has data in the TEST phase only.
NO_TRAINING = "intel+caffe/models/intel_optimized_models/benchmark/yolo/deploy.prototxt"
#: What is said by layers that refuse another batch than the definition's.
FIXED = {
    # What Caffe's own Python layer asserts.
    "Python": "takes one image at a time",
    "Reshape": r"reshape_param.shape \[64, 100, 1, 1\]",
}
#: Nets for every run of the tests, small and of many kinds.
QUICK = frozenset(
    {
        "BVLC+caffe/examples/mnist/lenet.prototxt",
        "BVLC+caffe/examples/siamese/mnist_siamese_train_test.prototxt",
        "NVIDIA+caffe/examples/hdf5_classification/nonlinear_auto_test.prototxt",
        "forresti+SqueezeNet/SqueezeNet_v1.1/deploy.prototxt",
        "intel+caffe/examples/cifar10/cifar10_full.prototxt",
        "opencv+open_model_zoo/models/intel/age-gender-recognition-retail-0013/"
        "age-gender-recognition-retail-0013.prototxt",
        "opencv+open_model_zoo/models/intel/head-pose-estimation-adas-0001/"
        "head-pose-estimation-adas-0001.prototxt",
        "soeaver+caffe-model/det/rfcn/models/pascal_voc/inception-v4/rpn_rcnn_deploys/"
        "rcnn_deploy_rfcn_voc_inception-v4-merge-aligned.prototxt",
    }
)


def _cases(phase: str) -> Iterator[Any]:
    for net in public_nets():
        for state in net.states:
            if state.startswith(phase) and net.path not in NO_NETS:
                marks = [] if net.path in QUICK else [pytest.mark.slow]
                yield pytest.param(net, state, marks=marks, id=f"{net.path}-{state}")


@pytest.fixture
def few_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep few proposals: each is run through half of a net."""
    monkeypatch.setattr(PythonProposal, "configuration", ((12000, REGIONS), (6000, REGIONS)))


@pytest.mark.usefixtures("few_regions")
@pytest.mark.parametrize("public, state", list(_cases("TEST")))
def test_a_public_net_agrees(reference: Path, public: PublicNet, state: str) -> None:
    definition = watched(public.definition(reference, state))
    net = _one_image(definition, state, fitting, MOST)
    whole = _one_image(definition, state, build)
    if macs(net) < macs(whole) <= MOST_WHOLE:
        values = _prepared(whole)
        _assert_agrees(whole, whole.compile(threads=2), values)
    del whole
    inputs = [_prepared(net), random_inputs(net, seed=1)]
    run = net.compile(threads=2)
    _assert_agrees(net, run, inputs[0])
    _assert_another_batch_agrees(net, run)
    if _draws(net):
        # Whose turn it is to draw is not known between threads.
        _assert_agrees(net, run, inputs[1])
    else:
        for each, got in zip(inputs, _at_once(run, inputs), strict=True):
            assert_follows(net, each, got)


def _prepared(net: cp.Net) -> Arrays:
    """Inputs, for which the net gets weights that keep its signals near 1."""
    randomize(net)
    inputs = random_inputs(net)
    calm(net, inputs)
    return inputs


def _assert_agrees(net: cp.Net, run: Any, inputs: Arrays, tolerance: float = TOLERANCE) -> None:
    net.reseed(SEED)
    assert_follows(net, inputs, run(**inputs), SEED, tolerance)


def _draws(net: cp.Net) -> bool:
    """Whether the outputs are random (Bayesian SegNet drops in the TEST phase too)."""
    return any(getattr(layer, "drops", False) for layer in net.layers)


def _one_image(
    definition: caffe_pb2.NetParameter, state: str, make: Callable[..., cp.Net], *most: float
) -> cp.Net:
    """The net for one image, or for as many as its definition insists on."""
    try:
        return make(definition, state, 1, *most)
    except cp.LayerError as refusal:
        _assert_fixed(refusal)
        return make(definition, state, None, *most)


def _assert_fixed(refusal: cp.LayerError) -> None:
    """It is the definition that leaves no other batch."""
    assert re.search(FIXED[refusal.layer_type], str(refusal))


def _assert_another_batch_agrees(net: cp.Net, run: Any, batch: int = 3) -> None:
    """Compare after reshaping, and reshape back; what the net refuses, ``run`` refuses likewise."""
    own, other = net.input_shapes(), batch_shapes(net, batch)
    try:
        net.reshape(**other)
    except cp.LayerError as refusal:
        _assert_fixed(refusal)
        with pytest.raises(cp.LayerError, match=re.escape(str(refusal))):
            run.reshape(**other)
    else:
        run.reshape(**other)
        _assert_agrees(net, run, random_inputs(net, seed=2))
    net.reshape(**own)
    run.reshape(**own)


def _at_once(run: Any, inputs: list[Arrays]) -> list[Arrays]:
    """Outputs of calls from as many threads as there are inputs, all begun together."""
    start = threading.Barrier(len(inputs))

    def call(values: Arrays) -> Arrays:
        start.wait(60)
        outputs: Arrays = run(**values)
        return outputs

    with ThreadPoolExecutor(len(inputs)) as pool:
        return list(pool.map(call, inputs))


@pytest.mark.usefixtures("few_regions")
@pytest.mark.parametrize("public, state", list(_cases("TRAIN")))
def test_a_public_net_in_training_agrees(reference: Path, public: PublicNet, state: str) -> None:
    definition = watched(public.definition(reference, state))
    if public.path == NO_TRAINING:
        with pytest.raises(cp.BuildError, match='unknown blob "data"'):
            build(definition, state, 1)
        return
    net = _one_image(definition, state, fitting, MOST / TRAINED)
    with contextlib.suppress(cp.LayerError):
        # What fixes its batch is told by the test of the other phase.
        net.reshape(**batch_shapes(net, TRAINED if macs(net) < MOST else 2))
    inputs = _prepared(net)
    _assert_agrees(net, net.compile(threads=2, tune=False), inputs, OF_BATCH)


@pytest.mark.parametrize("path", NO_NETS)
def test_nothing_that_builds_is_left_out(reference: Path, path: str) -> None:
    with pytest.raises(cp.CaffeProtoError, match=re.escape(NO_NETS[path])):
        PublicNet(path).definition(reference, "TEST")


def _runs() -> Iterator[Any]:
    folders = {path.name: path for path in sorted((GOLDEN / "runs").iterdir()) if path.is_dir()}
    root = reference_root()
    for path in sorted((root / "golden" / "runs").iterdir()) if root is not None else ():
        if (path / "net.prototxt").is_file():
            folders.setdefault(path.name, path)
    for name, path in folders.items():
        expected = json.loads((path / "expected.json").read_text())
        for phase in ("TEST", "TRAIN"):
            if phase in expected:
                yield pytest.param(path, phase, id=f"{name}-{phase}")


@pytest.mark.parametrize("folder, phase", list(_runs()))
def test_what_caffe_ran_comes_out_the_same(folder: Path, phase: str) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    net = cp.build_net(
        folder / "net.prototxt",
        phase=phase,
        weights=folder / "weights.caffemodel",
        seed=expected["seed"],
    )
    with np.load(folder / "data.npz") as file:
        arrays = dict(file)
    inputs = {key[6:]: values for key, values in arrays.items() if key.startswith("input/")}
    net.reshape(**{name: values.shape for name, values in inputs.items()})
    run = net.compile(threads=2)
    net.reseed(expected["seed_before_forward"])
    got = run(**inputs)
    its = {
        name: arrays[f"{phase}/output/{name}"] for name in got if f"{phase}/output/{name}" in arrays
    }
    assert its
    assert_same_outputs({name: got[name] for name in its}, its)


def test_layer_cases_agree(reference: Path) -> None:
    count, faults = 0, []
    for path in sorted((reference / "golden").glob("*layers/*/*.npz")):
        with np.load(path) as file:
            arrays = dict(file)
        try:
            results = [_layer_case(path, arrays, compiled) for compiled in (False, True)]
        except cp.CaffeProtoError:
            continue
        count += 1
        try:
            assert_same_outputs(results[1], results[0])
        except AssertionError as fault:
            faults.append(f"{path.parent.name}/{path.stem}: {fault}")
    assert count > 300
    assert not faults, "\n".join(faults)


def _layer_case(path: Path, arrays: dict[str, Any], compiled: bool) -> dict[str, Any]:
    net = cp.build_net(path.with_suffix(".prototxt"), phase=str(arrays["phase"]), seed=1)
    inputs = {}
    for key, values in arrays.items():
        kind, _, name = key.partition("/")
        if kind == "param":
            layer, index = name.rsplit("/", 1)
            parameter = net.params[layer][int(index)]
            parameter.data[...] = values.reshape(parameter.shape)
        elif kind == "bottom" and name in net.inputs:
            net.reshape(**{name: values.shape})
            inputs[name] = values
    call = net.compile(threads=2) if compiled else net.forward
    net.reseed(7)
    result: dict[str, Any] = call(**inputs)
    return result
