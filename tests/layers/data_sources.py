"""What the tests of data layers share: Caffe's sources, nets of one data layer, faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import caffe_proto as cp

__all__ = ["IO", "build", "fault", "layer", "run"]

#: Databases, lists, pictures, HDF5 files that Caffe's tools wrote, and its batches.
IO = Path(__file__).resolve().parent.parent / "golden" / "io"


def build(text: str, phase: str = "TEST", **options: Any) -> cp.Net:
    """A net from a text whose relative paths lie in :data:`IO`, seed 1."""
    return cp.build_net(text, phase, seed=1, directory=IO, **options)


def layer(kind: str, settings: str, tops: str = "data label", extra: str = "") -> str:
    """The text of one data layer called ``in``."""
    names = " ".join(f'top: "{top}"' for top in tops.split())
    return f'layer {{ name: "in" type: "{kind}" {names} {settings} {extra} }}'


def run(build: Callable[..., cp.Net], source: Any, forwards: int, **options: Any) -> None:
    """Build a net and run it forward so many times."""
    net = build(source, **options)
    for _ in range(forwards):
        net.forward()


def fault(text: str, words: str, forwards: int = 1, **options: Any) -> None:
    """What ``text`` builds, or delivers, fails with ``words`` and names the layer."""
    with pytest.raises(cp.DataError, match=words) as caught:
        run(build, text, forwards, **options)
    assert 'layer "in"' in str(caught.value)
