"""InfogainLoss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

RNG = np.random.default_rng(9)
KIND = "InfogainLoss"
H = RNG.uniform(0, 2, size=(3, 3))


def write_matrix(path: Path, values: np.ndarray, shape: tuple[int, ...], **old: int) -> Path:
    blob = caffe_pb2.BlobProto(data=values.ravel(), **old)
    if not old:
        blob.shape.dim.extend(shape)
    path.write_bytes(blob.SerializeToString())
    return path


@pytest.mark.parametrize(
    "scores, labels, settings",
    [
        ((1, 3), (1,), "loss_weight: 2"),
        ((2, 3, 2, 1), (2, 2, 1), "loss_param { ignore_label: 2 }"),
        (
            (2, 4, 3),
            (2, 4),
            "infogain_loss_param { axis: -1 } loss_param { normalization: NONE }",
        ),
        (
            (3, 6),
            (3, 2),
            "infogain_loss_param { axis: 0 } loss_param { normalization: BATCH_SIZE }",
        ),
    ],
)
def test_gradient(scores: tuple[int, ...], labels: tuple[int, ...], settings: str) -> None:
    inputs = {"x": RNG.normal(size=scores), "label": RNG.integers(0, 3, size=labels), "third": H}
    check_gradients(loss_text(KIND, 3, settings), inputs, skip=["third"])


def test_with_the_identity_it_is_softmax_loss() -> None:
    x, labels = RNG.normal(size=(4, 3)), [0, 2, 1, 1]
    assert loss_of(KIND, x, labels, np.eye(3)) == pytest.approx(
        loss_of("SoftmaxWithLoss", x, labels), rel=1e-6
    )


def test_the_matrix_may_have_any_shape_of_its_count() -> None:
    x = RNG.normal(size=(2, 3))
    assert loss_of(KIND, x, [0, 2], H.reshape(1, 1, 9)) == loss_of(KIND, x, [0, 2], H)


@pytest.mark.parametrize("old", [{}, {"num": 1, "channels": 1, "height": 3, "width": 3}])
def test_a_file_gives_the_matrix(tmp_path: Path, old: dict[str, int]) -> None:
    path = write_matrix(tmp_path / "H.binaryproto", H, (3, 3), **old)
    settings = f'infogain_loss_param {{ source: "{path}" }}'
    x = RNG.normal(size=(2, 3))
    assert loss_of(KIND, x, [0, 2], settings=settings) == loss_of(KIND, x, [0, 2], H)
    check_gradients(loss_text(KIND, 2, settings), {"x": x, "label": [0, 2]})


def test_a_relative_file_is_found_beside_the_prototxt(tmp_path: Path) -> None:
    write_matrix(tmp_path / "H.binaryproto", H, (3, 3))
    settings = 'infogain_loss_param { source: "H.binaryproto" }'
    loss_of(KIND, np.zeros((1, 3)), [0], settings=settings, directory=tmp_path)


def test_no_matrix_is_an_error() -> None:
    with pytest.raises(cp.LayerError, match=r"has no matrix H.*third bottom"):
        loss_net(KIND, np.zeros((2, 3)), [0, 1])


def test_a_matrix_of_another_size_is_an_error() -> None:
    with pytest.raises(cp.LayerError, match=r'bottom 2 \("third"\) \(2, 2\) has 4 .*Expected: 9'):
        loss_net(KIND, np.zeros((2, 3)), [0, 1], np.eye(2))


@pytest.mark.parametrize(
    "content, words",
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xff\xff", "is no BlobProto"),
        (b"", "has 0 values"),
        (bytes(10000), "10000 bytes, more than any matrix for 3 classes"),
        (caffe_pb2.BlobProto(data=[1.0] * 4).SerializeToString(), "has 4 values"),
        (caffe_pb2.BlobProto(data=[1.0] * 9, num=2).SerializeToString(), r"of shape \(2, 0"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "H.binaryproto"
    if content is not None:
        path.write_bytes(content)
    settings = f'infogain_loss_param {{ source: "{path}" }}'
    with pytest.raises(cp.LayerError, match=words) as caught:
        loss_net(KIND, np.zeros((2, 3)), [0, 1], settings=settings)
    assert "3 classes" in str(caught.value)


def test_normalize_is_refused_with_what_to_write_instead() -> None:
    with pytest.raises(cp.LayerError, match="Expected: normalization: BATCH_SIZE"):
        loss_net(
            KIND, np.zeros((2, 3)), [0, 1], np.eye(3), settings="loss_param { normalize: false }"
        )


def test_a_gradient_for_the_matrix_is_refused() -> None:
    net = loss_net(KIND, np.zeros((2, 3)), [0, 1], np.eye(3))
    net.forward()
    with pytest.raises(cp.LayerError, match=r'no gradient for bottom 2 \("third"\)'):
        net.backward()
