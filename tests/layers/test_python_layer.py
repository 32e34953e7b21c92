"""The Python layer, on classes as pycaffe's users write them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.layers.python_layer import PythonLayerBase

Write = Callable[..., str]

SCALE = """
class Scale:
    def setup(self, bottom, top):
        self.factor = float(self.param_str)

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...] = self.factor * bottom[0].data

    def backward(self, top, propagate_down, bottom):
        if propagate_down[0]:
            bottom[0].diff[...] = self.factor * top[0].diff
"""


@pytest.fixture
def module(tmp_path: Path) -> Iterator[Write]:
    """Write a module into a folder that is not on ``sys.path``; gives the module's name."""
    written: list[str] = []

    def write(text: str) -> str:
        name = f"user_layers_{len(written)}_{abs(hash(str(tmp_path)))}"
        (tmp_path / f"{name}.py").write_text(text)
        written.append(name)
        return name

    yield write
    for name in written:
        sys.modules.pop(name, None)


def text(module: str, layer: str = "Scale", param_str: str = "", more: str = "") -> str:
    return (
        'force_backward: true layer { name: "x" type: "Input" top: "x" '
        "input_param { shape { dim: 2 dim: 3 } } }"
        'layer { name: "mine" type: "Python" bottom: "x" top: "y" '
        f'python_param {{ module: "{module}" layer: "{layer}" param_str: "{param_str}" }} {more} }}'
    )


def build(net_text: str, tmp_path: Path, **options: Any) -> cp.Net:
    return cp.build_net(net_text, directory=tmp_path, allow_python_layers=True, **options)


def test_a_class_with_the_methods_of_pycaffe_runs(module: Write, tmp_path: Path) -> None:
    net = build(text(module(SCALE), param_str="-2"), tmp_path)
    x = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(net.forward(x=x)["y"], -2 * x)
    assert np.array_equal(net.backward(y=x)["x"], -2 * x)


def test_it_is_refused_unless_it_is_allowed(module: Write, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    name = module(f"open({str(marker)!r}, 'w')")
    with pytest.raises(
        cp.LayerError, match=r'"mine" \(Python\).*allow_python_layers=True'
    ) as caught:
        cp.build_net(text(name), directory=tmp_path)
    assert name in str(caught.value)
    assert not marker.exists()


def test_the_folder_of_the_prototxt_is_searched_and_left_off_the_path(
    module: Write, tmp_path: Path
) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(text(module(SCALE), param_str="3"))
    before = list(sys.path)
    net = cp.build_net(path, allow_python_layers=True)
    assert net.forward(x=np.ones((2, 3)))["y"][0, 0] == 3
    assert sys.path == before


def test_the_class_learns_its_phase_and_settings(module: Write, tmp_path: Path) -> None:
    name = module(
        "class Tell:\n"
        "    def setup(self, bottom, top): pass\n"
        "    def reshape(self, bottom, top): top[0].reshape(1)\n"
        "    def forward(self, bottom, top):\n"
        "        assert self.param_str == self.param_str_ == 'a: 1'\n"
        "        top[0].data[0] = self.phase\n"
    )
    for phase, number in (("TRAIN", 0), ("TEST", 1)):
        net = build(text(name, "Tell", "a: 1"), tmp_path, phase=phase)
        assert net.forward()["y"] == number


def test_blobs_have_the_names_of_pycaffe(module: Write, tmp_path: Path) -> None:
    name = module(
        "class Sizes:\n"
        "    def setup(self, bottom, top):\n"
        "        if len(bottom) != 1: raise ValueError('one bottom, please')\n"
        "    def reshape(self, bottom, top): top[0].reshape(5)\n"
        "    def forward(self, bottom, top):\n"
        "        b = bottom[0]\n"
        "        top[0].data[...] = [b.num, b.channels, b.height, b.width, b.count]\n"
    )
    assert build(text(name, "Sizes"), tmp_path).forward()["y"].tolist() == [2, 3, 1, 1, 6]


def test_reshape_runs_before_every_forward(module: Write, tmp_path: Path) -> None:
    name = module(
        "class Grow:\n"
        "    def setup(self, bottom, top): self.n = 0\n"
        "    def reshape(self, bottom, top):\n"
        "        self.n += 1\n"
        "        top[0].reshape(self.n)\n"
        "    def forward(self, bottom, top): top[0].data[...] = 1\n"
    )
    net = build(text(name, "Grow", more="loss_weight: 2"), tmp_path)
    assert net.blobs["y"].shape == (1,)
    for n in (2, 3):
        assert net.forward()["y"].shape == (n,)
        assert net.loss == 2 * n


PARAMETER = """
from caffe_proto.layers.python_layer import PythonLayerBase

class Bias(PythonLayerBase):
    def setup(self, bottom, top):
        self.blobs.add_blob(3)
        self.blobs[0].data[...] = [1, 2, 3]

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...] = bottom[0].data + self.blobs[0].data

    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[...] += top[0].diff.sum(0)
"""


def test_a_class_may_have_parameters(module: Write, tmp_path: Path) -> None:
    net = build(text(module(PARAMETER), "Bias", more="param { lr_mult: 3 }"), tmp_path)
    assert net.params["mine"][0].lr_mult == 3
    assert net.forward()["y"].tolist() == [[1, 2, 3]] * 2
    net.clear_param_diffs()
    net.backward(y=np.ones((2, 3)))
    assert net.params["mine"][0].diff.tolist() == [2, 2, 2]


def test_a_source_needs_no_bottom(module: Write, tmp_path: Path) -> None:
    name = module(
        "class Source:\n"
        "    def setup(self, bottom, top): assert len(bottom) == 0 and len(top) == 2\n"
        "    def reshape(self, bottom, top): [t.reshape(2) for t in top]\n"
        "    def forward(self, bottom, top): top[0].data[...], top[1].data[...] = 1, 2\n"
    )
    net = build(
        f'layer {{ name: "s" type: "Python" top: "a" top: "b" '
        f'python_param {{ module: "{name}" layer: "Source" }} }}',
        tmp_path,
    )
    assert net.forward()["b"].tolist() == [2, 2]


@pytest.mark.parametrize("method", ["setup", "reshape", "forward", "backward"])
def test_errors_of_the_class_come_out_with_a_note(
    module: Write, tmp_path: Path, method: str
) -> None:
    broken = SCALE.replace(
        f"def {method}(self, ", f"def {method}(self, *a, **k): 1 / 0\n    def _(self, "
    )
    with pytest.raises((ZeroDivisionError, cp.LayerError)) as caught:  # noqa: PT012
        net = build(text(module(broken), param_str="1"), tmp_path)
        net.forward()
        net.backward(y=np.ones((2, 3)))
    fault = caught.value
    if isinstance(fault, ZeroDivisionError):
        said = "\n".join(fault.__notes__)
    else:
        assert isinstance(fault.__cause__, ZeroDivisionError)
        said = str(fault)
    assert f"in {method} of user_layers_0" in said
    assert 'the layer "mine"' in said


def test_errors_of_the_import_come_out_with_a_note(module: Write, tmp_path: Path) -> None:
    with pytest.raises((ModuleNotFoundError, cp.LayerError), match="no_such_library"):
        build(text(module("import no_such_library")), tmp_path)


@pytest.mark.parametrize(
    "module_name, layer, words",
    [
        (
            "no_such_module_here",
            "Scale",
            r'module "no_such_module_here" is not found on sys.path and',
        ),
        ("no_such_package.layers", "Scale", "no_such_package/layers.py"),
        ("", "Scale", "has no python_param.module"),
        ("json", "", "has no python_param.layer"),
        ("json", "JSONEncode", 'has no class "JSONEncode"; did you mean "JSONEncoder"'),
        ("json", "__name__", "is no class. Received: str"),
        ("json", "JSONEncoder", "has no method setup. Expected: setup"),
    ],
)
def test_what_cannot_be_found_is_named(
    tmp_path: Path, module_name: str, layer: str, words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        build(text(module_name, layer), tmp_path)


def test_a_class_without_backward_has_no_gradient(module: Write, tmp_path: Path) -> None:
    net = build(text(module(SCALE.split("    def backward")[0]), param_str="1"), tmp_path)
    net.forward()
    with pytest.raises(cp.LayerError, match=r"has no gradient.*no method backward"):
        net.backward(y=np.ones((2, 3)))


@pytest.mark.parametrize("method", ["reshape", "forward", "backward"])
def test_the_base_class_names_the_method_that_is_missing(method: str) -> None:
    arguments: list[Any] = [[], [], []] if method == "backward" else [[], []]
    with pytest.raises(NotImplementedError, match=f"no method {method}"):
        getattr(PythonLayerBase(), method)(*arguments)


def test_import_caffe_finds_the_drop_in(module: Write, tmp_path: Path) -> None:
    if importlib.util.find_spec("caffe") is not None:
        pytest.skip("a package called caffe is installed")
    pytest.importorskip("caffe_proto.pycaffe")
    name = module("import caffe\n" + SCALE.replace("class Scale:", "class Scale(caffe.Layer):"))
    had = "caffe" in sys.modules
    try:
        net = build(text(name, param_str="2"), tmp_path)
        assert net.forward(x=np.ones((2, 3)))["y"][0, 0] == 2
    finally:
        if not had:
            sys.modules.pop("caffe", None)


def test_errors_that_take_no_note_are_chained_as_on_python_3_10(
    module: Write, tmp_path: Path
) -> None:
    name = module(
        "class Old(Exception):\n    add_note = None\n"
        "class Broken:\n"
        "    def setup(self, bottom, top): raise Old('no such thing')\n"
        "    reshape = forward = setup\n"
    )
    with pytest.raises(cp.LayerError, match=r'"mine" \(Python\): Old in setup.*no such thing') as e:
        build(text(name, "Broken"), tmp_path)
    assert type(e.value.__cause__).__name__ == "Old"
