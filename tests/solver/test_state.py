"""Reading states that are damaged or made to harm."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.solver.state import (
    SolverState,
    read_state,
    write_state_binary,
    write_state_hdf5,
)

h5py = pytest.importorskip("h5py")


def state() -> SolverState:
    random = np.random.RandomState(2)
    history = [np.asarray(random.rand(*shape), np.float32) for shape in ((3, 4), (3,), ())]
    return SolverState(7, "a/b_iter_7.caffemodel", 2, history)


@pytest.mark.parametrize("write", [write_state_binary, write_state_hdf5])
def test_what_is_written_is_read(write: object, tmp_path: Path) -> None:
    write(state(), tmp_path / "s")  # type: ignore[operator]
    found, expected = read_state(tmp_path / "s"), state()
    assert (found.iteration, found.learned_net) == (7, "a/b_iter_7.caffemodel")
    assert found.current_step == 2
    for one, other in zip(found.history, expected.history, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("write", [write_state_binary, write_state_hdf5])
def test_flipped_bits_give_values_or_an_error_of_ours(write: object, tmp_path: Path) -> None:
    path = tmp_path / "s"
    write(state(), path)  # type: ignore[operator]
    whole = path.read_bytes()
    random = np.random.RandomState(8)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            content[random.randint(len(content))] ^= 1 << random.randint(8)
        path.write_bytes(content)
        with contextlib.suppress(cp.CaffeProtoError):
            read_state(path)
    # Lengths are checked before anything is allocated.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: f.__delitem__("iter"), 'lacks "iter"'),
        (lambda f: f.__delitem__("history/1"), "history blob 1 is missing"),
        (lambda f: _replace(f, "iter", np.array([1, 2])), '"iter" holds'),
        (lambda f: _replace(f, "iter", np.array([1.5])), '"iter" holds'),
        (lambda f: _replace(f, "history/0", np.array([b"x"])), "no array of numbers"),
        (lambda f: _replace(f, "history", h5py.SoftLink("/iter")), "which is not followed"),
        (
            lambda f: _replace(f, "iter", h5py.ExternalLink("/etc/passwd", "x")),
            "which is not followed",
        ),
        (lambda f: _replace(f, "history/0", h5py.SoftLink("/history/1")), "which is not followed"),
        (lambda f: _huge(f), "claims"),
    ],
)
def test_hdf5_states_of_another_layout_are_refused(
    damage: object, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.solverstate.h5"
    write_state_hdf5(state(), path)
    with h5py.File(path, "a") as file:
        damage(file)  # type: ignore[operator]
    with pytest.raises(cp.SolverError, match=words):
        read_state(path)


def _replace(file: object, name: str, value: object) -> None:
    del file[name]  # type: ignore[attr-defined]
    file[name] = value  # type: ignore[index]


def _huge(file: object) -> None:
    del file["history/0"]  # type: ignore[attr-defined]
    file.create_dataset("history/0", shape=(1 << 34,), dtype="f4", chunks=(1 << 20,))  # type: ignore[attr-defined]


def test_weights_in_hdf5_given_as_state_are_told(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_group("data")
    with pytest.raises(cp.SolverError, match="these are a net's weights"):
        read_state(tmp_path / "w.h5")


def test_a_folder_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(cp.SolverError, match=r"a directory; expected a solver's state"):
        read_state(tmp_path)
