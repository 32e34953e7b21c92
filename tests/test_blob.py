"""Blobs and their memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from caffe_proto.blob import Blob, Parameter
from caffe_proto.errors import BuildError
from caffe_proto.stream import RandomStream


def test_a_new_blob_reads_as_zeros() -> None:
    blob = Blob((2, 3))
    assert blob.data.shape == blob.diff.shape == (2, 3)
    assert not blob.data.any()
    assert blob.data.dtype == np.float32


def test_a_blob_without_axes_holds_one_number() -> None:
    blob = Blob(())
    assert blob.data.shape == ()
    assert blob.count == 1


def test_a_smaller_shape_keeps_memory_and_a_larger_one_takes_new() -> None:
    blob = Blob((4, 4))
    first = blob.data
    blob.reshape(2, 4)
    assert np.shares_memory(first, blob.data)
    blob.reshape(5, 5)
    assert not np.shares_memory(first, blob.data)


def test_shared_data_is_one_memory_also_after_growing() -> None:
    a, b = Blob((2, 2)), Blob((4,))
    b.share_data(a)
    a.data[...] = 3
    assert (b.data == 3).all()
    a.reshape(3, 3)
    b.reshape(9)
    a.data[...] = 4
    assert (b.data == 4).all()


def test_values_of_another_shape_are_refused() -> None:
    blob = Blob((2, 3))
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(3, 2\)"):
        blob.data = np.zeros((3, 2))


@pytest.mark.parametrize("shape", [(-1, 2), (1 << 16, 1 << 16), (1,) * 33])
def test_impossible_shapes_are_refused_before_memory_is_taken(shape: tuple[int, ...]) -> None:
    with pytest.raises(BuildError, match=r"negative|at most"):
        Blob(shape)


def test_an_adopted_array_is_not_copied() -> None:
    values = np.arange(6, dtype=np.float32)
    parameter = Parameter((2, 3))
    parameter.adopt(values)
    assert np.shares_memory(values, parameter.data)
    assert parameter.data[1, 2] == 5


def test_an_array_taken_before_new_values_come_follows_them() -> None:
    parameter = Parameter((3,))
    taken = parameter.data
    parameter.adopt(np.arange(3, dtype=np.float32))
    assert parameter.data is taken
    np.testing.assert_array_equal(taken, np.arange(3))


def test_an_unaligned_array_is_copied_when_it_is_read() -> None:
    raw = b"x" + np.arange(6, dtype="<f4").tobytes()
    values = np.frombuffer(raw, "<f4", offset=1)
    assert not values.flags.aligned
    parameter = Parameter((6,))
    parameter.adopt(values)
    assert parameter.data.flags.aligned
    np.testing.assert_array_equal(parameter.data, np.arange(6))


def test_an_array_of_another_size_is_not_adopted() -> None:
    with pytest.raises(BuildError, match="5 values"):
        Parameter((2, 3)).adopt(np.zeros(5, np.float32))


def test_deferred_fills_run_in_the_order_they_were_queued() -> None:
    def values_in(order: list[int]) -> list[np.ndarray]:
        stream = RandomStream(5)
        parameters = [Parameter((3,)) for _ in range(3)]
        for parameter in parameters:
            stream.defer(lambda random: random.uniform(3, 0.0, 1.0), parameter.data_storage)
        for i in order:
            parameters[i].data.sum()
        return [p.data.copy() for p in parameters]

    np.testing.assert_array_equal(values_in([0, 1, 2]), values_in([2, 0, 1]))


def test_a_fill_whose_parameter_was_overwritten_still_takes_its_draws() -> None:
    stream, plain = RandomStream(5), RandomStream(5)
    first, second = Parameter((3,)), Parameter((3,))
    for parameter in (first, second):
        stream.defer(lambda random: random.uniform(3, 0.0, 1.0), parameter.data_storage)
    first.adopt(np.ones(3, np.float32))
    plain.random.uniform(3, 0.0, 1.0)
    np.testing.assert_array_equal(second.data, plain.random.uniform(3, 0.0, 1.0))
    assert (first.data == 1).all()


def test_the_generator_is_given_out_only_when_all_fills_are_done() -> None:
    stream, plain = RandomStream(5), RandomStream(5)
    parameter = Parameter((3,))
    stream.defer(lambda random: random.uniform(3, 0.0, 1.0), parameter.data_storage)
    plain.random.uniform(3, 0.0, 1.0)
    assert stream.random.next() == plain.random.next()


def test_values_of_a_mapped_file_are_copied_out_of_it(tmp_path: Path) -> None:
    np.arange(8, dtype=np.float32).tofile(tmp_path / "values")
    parameter = Parameter((8,))
    parameter.adopt(np.memmap(tmp_path / "values", np.float32, "c").view(np.ndarray))
    parameter.data_storage.detach()
    (tmp_path / "values").write_bytes(b"")
    np.testing.assert_array_equal(parameter.data, np.arange(8))


def test_detaching_leaves_memory_of_its_own_alone() -> None:
    parameter = Parameter((3,))
    held = parameter.data
    parameter.data_storage.detach()
    assert np.shares_memory(held, parameter.data)
