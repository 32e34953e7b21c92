"""caffe.Layer: layers of the script's own, run without being allowed first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import caffe_proto.pycaffe as caffe

Write = Callable[[str, str], str]

MODULE = '''
import caffe

assert caffe.__name__ == "caffe_proto.pycaffe"
import caffe.io


class Times(caffe.Layer):
    """Multiplies by a parameter of its own."""

    def setup(self, bottom, top):
        self.blobs.add_blob(1)
        self.blobs[0].data[0] = float(self.param_str)

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].data.shape)

    def forward(self, bottom, top):
        top[0].data[...] = self.blobs[0].data[0] * bottom[0].data

    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[0] += (top[0].diff * bottom[0].data).sum()
        if propagate_down[0]:
            bottom[0].diff[...] = self.blobs[0].data[0] * top[0].diff


class Phase(caffe.Layer):
    def setup(self, bottom, top):
        self.db = []

    def set_db(self, db):
        self.db = db

    def reshape(self, bottom, top):
        top[0].reshape(len(self.db))

    def forward(self, bottom, top):
        top[0].data[...] = self.phase


class Fails(caffe.Layer):
    def setup(self, bottom, top):
        raise KeyError("deliberately")
'''

NET = """
force_backward: true
input: "data" input_shape { dim: 2 dim: 3 }
layer { name: "five" type: "Python" bottom: "data" top: "five"
  python_param { module: "own_layers" layer: "Times" param_str: "5" } }
layer { name: "two" type: "Python" bottom: "five" top: "two"
  python_param { module: "own_layers" layer: "Times" param_str: "2" } }
"""


@pytest.fixture
def own_layers(write: Write, tmp_path: Path) -> None:
    write("own_layers.py", MODULE)
    sys.path.insert(0, str(tmp_path))


@pytest.mark.usefixtures("own_layers")
def test_python_layers_run_with_caffe_imported(write: Write) -> None:
    net = caffe.Net(write("net.prototxt", NET), caffe.TRAIN)
    data = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(net.forward(data=data)["two"], 10 * data)
    net.blobs["two"].diff[...] = 1
    assert np.all(net.backward()["data"] == 10)
    assert net.params["five"][0].diff[0] == 2 * data.sum()


@pytest.mark.usefixtures("own_layers")
def test_the_nets_layer_is_the_scripts_object(write: Write) -> None:
    net = caffe.Net(
        write(
            "net.prototxt",
            'layer { name: "p" type: "Python" top: "p" '
            'python_param { module: "own_layers" layer: "Phase" } }',
        ),
        caffe.TEST,
    )
    layer = net.layers[0]
    assert type(layer).__name__ == "Phase"
    assert isinstance(layer, caffe.Layer)
    assert layer.type == "Python"
    layer.set_db([1, 2, 3])
    np.testing.assert_array_equal(net.forward()["p"], [1, 1, 1])


@pytest.mark.usefixtures("own_layers")
def test_parameters_of_python_layers_are_saved_and_shared(write: Write, tmp_path: Path) -> None:
    path = write("net.prototxt", NET)
    net, other = caffe.Net(path, caffe.TRAIN), caffe.Net(path, caffe.TRAIN)
    net.layers[1].blobs[0].data[0] = 7
    net.save(str(tmp_path / "w"))
    other.copy_from(str(tmp_path / "w"))
    assert other.params["five"][0].data[0] == 7
    other.share_with(net)
    net.params["five"][0].data[0] = 8
    assert other.layer_dict["five"].blobs[0].data[0] == 8


@pytest.mark.usefixtures("own_layers")
@pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 has no notes on exceptions")
def test_the_scripts_exceptions_come_out_as_they_are(write: Write) -> None:
    text = NET.replace('"Times" param_str: "2"', '"Fails"')
    with pytest.raises(KeyError, match="deliberately") as caught:
        caffe.Net(write("net.prototxt", text), caffe.TRAIN)
    assert 'layer "two"' in "".join(caught.value.__notes__)


@pytest.mark.usefixtures("own_layers")
def test_the_kind_of_an_exception_stays_where_it_takes_no_note(
    write: Write, tmp_path: Path
) -> None:
    write("own_old.py", MODULE + "\n\nclass Old(RuntimeError):\n    add_note = None\n")
    path = tmp_path / "own_old.py"
    path.write_text(path.read_text().replace('KeyError("deliberately")', 'Old("deliberately")'))
    text = NET.replace('"Times" param_str: "2"', '"Fails"').replace("own_layers", "own_old")
    with pytest.raises(RuntimeError, match="deliberately") as caught:
        caffe.Net(write("net.prototxt", text), caffe.TRAIN)
    assert 'layer "two"' in str(caught.value.__cause__)


def test_python_is_a_layer_type() -> None:
    types = caffe.layer_type_list()
    for name in ("Python", "Data", "Convolution", "InnerProduct"):
        assert name in types
    assert types == sorted(types)
