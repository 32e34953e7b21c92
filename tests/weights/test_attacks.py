"""Files that lie: nothing but a WeightsError comes out, and no memory that the file cannot back."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caffe_proto.errors import WeightsError
from caffe_proto.weights import load_weights, read_binaryproto, read_caffemodel, save_weights
from caffe_proto.weights.blobproto import MAX_OBJECTS
from caffe_proto.weights.wire import encode_bytes, encode_header, encode_uint, encode_varint

from .helpers import net_bytes, small_net
from .test_caffemodel import one_blob

DATA = encode_bytes(5, np.float32([1, 2, 3, 4]).tobytes())


def shape(*dims: int) -> bytes:
    return encode_bytes(7, encode_bytes(1, b"".join(map(encode_varint, dims))))


@contextlib.contextmanager
def memory_below(most: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def use(content: bytes) -> None:
    """Read all there is to read."""
    weights = load_weights(content)
    for layer in weights:
        for blob in layer.blobs:
            assert blob.array().shape == blob.shape
            assert blob.read().size == blob.count
            blob.diff()
    if weights.define is not None:
        weights.definition()


@pytest.fixture(scope="module", autouse=True)
def _readers_are_imported() -> None:
    """What a first import takes is not the files' doing."""
    for begin in (b"", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"\x93NUMPY", bytes(8) + b"{"):
        with contextlib.suppress(WeightsError):
            use(begin + bytes(64))
    use(small_net())


def test_cut_anywhere_it_is_an_error_or_ends_between_layers() -> None:
    content = small_net()
    layers = [layer.name for layer in read_caffemodel(content)]
    found = {}
    for end in range(1, len(content)):
        with contextlib.suppress(WeightsError):
            found[end] = [layer.name for layer in read_caffemodel(content[:end])]
    assert list(found.values()) == [layers[:1], layers[:2]]


def test_a_cut_file_is_named_with_the_place_and_the_layer(tmp_path: Path) -> None:
    path = tmp_path / "cut.caffemodel"
    path.write_bytes(small_net()[:-10])
    with pytest.raises(
        WeightsError, match=r'cut.caffemodel: layer "ip1" \(InnerProduct\): at byte \d+: field 100'
    ):
        load_weights(path)


@pytest.mark.parametrize(
    "blob, words",
    [
        (DATA + shape(5), "shape 5, so 5 values were expected; found 4"),
        (DATA + shape(2, 3), "shape 2x3, so 6 values"),
        (shape(2, 2), "4 values were expected; found 0"),
        (DATA, r"shape \(\), so 1 values were expected; found 4"),
        (DATA + shape(4, 0), "0 values were expected; found 4"),
        (DATA + shape(-1), "an axis of -1"),
        (DATA + shape(-2, -2), "an axis of -2"),
        (DATA + encode_uint(1, -4), "an axis of -4"),
        (DATA + shape(2**62, 2**62), "found 4"),
        (DATA + shape(2**32, 2**32), "found 4"),
        (DATA + shape(65536, 65536, 0, 4), "found 4"),
        (DATA + shape(*[1] * 33), "more than 32 axes"),
        (DATA + shape(*[1] * 20) + shape(*[1] * 20), "more than 32 axes"),
        (encode_bytes(5, b"12345") + shape(1), "5 bytes, no whole number of float32"),
        (encode_bytes(8, b"12345") + shape(1), "no whole number of float64"),
        (encode_header(5, 1 << 40) + b"1234", "claims 1099511627776 bytes, but only 4"),
        (encode_bytes(7, b"\x0a\x05\x01"), "claims 5 bytes, but only 1"),
        (encode_bytes(7, b"\x0a\x01\x80"), "a varint is cut off"),
        (encode_bytes(5, b"1234" * 2) * 2 + shape(3), "found 4"),
        (DATA + encode_bytes(6, b"1234") + shape(4), "4 diffs were expected; found 1"),
        (encode_uint(10, 9) + encode_bytes(12, b"1234") + shape(1), "the type 9"),
        (encode_uint(10, 2) + encode_bytes(12, b"123") + shape(1), "3 bytes of raw data"),
        (b"\x0b" * 200, "nested more than 100 deep"),
        (b"\x28" + b"\xff" * 12, "more than 10 bytes"),
        (b"\x2d\x00\x00", r"\(32-bit\) is cut off"),
    ],
)
def test_a_lying_blob_is_named_with_its_layer_and_offset(blob: bytes, words: str) -> None:
    with (
        memory_below(1 << 20),
        pytest.raises(WeightsError, match=rf'layer "l" \(Scale\): at byte \d+: .*{words}'),
    ):
        read_caffemodel(one_blob(blob))


def test_empty_layers_by_the_million_are_refused() -> None:
    with pytest.raises(WeightsError, match="no net has that many"):
        read_caffemodel(encode_bytes(100, b"") * (MAX_OBJECTS + 1))


def test_data_in_a_million_pieces_is_refused() -> None:
    pair = b"\x2d1234\x351234"
    with pytest.raises(WeightsError, match="no net has that many"):
        read_caffemodel(one_blob(pair * MAX_OBJECTS))


def test_unpacked_data_of_millions_is_read_at_once() -> None:
    count = 2_000_000
    content = one_blob(b"\x2d\x00\x00\x80\x3f" * count + shape(count))
    start = time.perf_counter()
    assert read_caffemodel(content)["l"].blobs[0].array().sum() == count
    assert time.perf_counter() - start < 2


def test_two_generations_in_one_file_are_refused() -> None:
    with pytest.raises(WeightsError, match='both "layer" and "layers"'):
        read_caffemodel(small_net() + encode_bytes(2, encode_bytes(4, b"x")))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_caffemodel_gives_a_weights_error_or_arrays(data: st.DataObject) -> None:
    content = bytearray(small_net())
    _mutate(content, data)
    with memory_below(1 << 22), contextlib.suppress(WeightsError):
        use(bytes(content))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_weights_error_or_arrays(content: bytes) -> None:
    for read in (read_caffemodel, read_binaryproto):
        with contextlib.suppress(WeightsError):
            read(content)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data(), st.sampled_from(["npz", "safetensors"]))
def test_a_damaged_archive_gives_a_weights_error_or_arrays(
    tmp_path: Path, data: st.DataObject, suffix: str
) -> None:
    path = tmp_path / f"x.{suffix}"
    if not path.exists():
        save_weights(load_weights(small_net()), path)
    content = bytearray(path.read_bytes())
    _mutate(content, data)
    with memory_below(1 << 22), contextlib.suppress(WeightsError):
        use(bytes(content))


def _mutate(content: bytearray, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        kind = data.draw(st.sampled_from(["set", "cut", "insert", "drop", "repeat"]))
        if kind == "set" and content:
            content[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del content[at:]
        elif kind == "insert":
            content[at:at] = data.draw(st.binary(max_size=12))
        elif kind == "drop":
            del content[at : at + data.draw(st.integers(1, 8))]
        else:
            content[at:at] = content[at : at + data.draw(st.integers(1, 64))]


def test_a_mean_file_that_lies_is_a_weights_error(golden: Path) -> None:
    content = (golden / "weights/mean_gray.binaryproto").read_bytes()
    for end in range(1, len(content), 7):
        with pytest.raises(WeightsError):
            read_binaryproto(content[:end])


def test_one_name_for_many_layers_is_no_trouble() -> None:
    content = net_bytes(*[("same", "Scale", [[float(i)]]) for i in range(50)])
    assert len(read_caffemodel(content)) == 50
    assert read_caffemodel(content).arrays()["same/0"] == 49
