"""The schema on every protobuf that pyproject.toml admits; needs the network."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

SCRIPT = """
import copy, pickle, sys
from google.protobuf import __version__, text_format
from caffe_proto.prototxt.upgrade import upgrade_net
from caffe_proto.schema import caffe_pb2
assert __version__.startswith(sys.argv[1]), __version__
net = text_format.Merge(
    'input: "x" input_dim: [1, 3, 8, 8] layers { name: "c" type: CONVOLUTION blobs_lr: 2 '
    'convolution_param { num_output: 3 } }', caffe_pb2.NetParameter())
upgrade_net(net)
assert [l.type for l in net.layer] == ["Input", "Convolution"], net
assert net.layer[1].param[0].lr_mult == 2
assert net.layer[1].convolution_param.group == 1
for message in (net, net.layer[1].convolution_param,
                caffe_pb2.DetectNetGroundTruthParameter.ClassMapping(src=1, dst=2)):
    assert pickle.loads(pickle.dumps(message)) == message == copy.deepcopy(message)
assert caffe_pb2.Phase.Name(caffe_pb2.TEST) == "TEST"
assert caffe_pb2.V1LayerParameter.LayerType.Value("RELU") == 18
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", ["4.25", "5", "6", "7"])
def test_runs_on_protobuf(version: str, tmp_path: Path) -> None:
    venv.create(tmp_path, with_pip=True)
    python = str(tmp_path / ("Scripts" if os.name == "nt" else "bin") / "python")
    wanted = f"protobuf=={version}.*"
    install = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", wanted], capture_output=True, text=True
    )
    if install.returncode != 0:
        pytest.skip(f"pip cannot install {wanted} here (no network?)")
    for implementation in ("upb", "python"):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation,
        }
        done = subprocess.run(
            [python, "-c", SCRIPT, version],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == 0, f"{implementation}: {done.stderr}"


def test_the_lowest_version_tested_is_the_lowest_admitted() -> None:
    assert '"protobuf>=4.25"' in (ROOT / "pyproject.toml").read_text()
    assert sys.version_info >= (3, 10)
