"""The text files that list pictures: with a label each, or with windows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import DataError

__all__ = ["WindowImage", "read_image_list", "read_window_file"]

_NUMBER = re.compile(r"\s*([+-]?\d+)")


def read_image_list(path: Path) -> list[tuple[str, int]]:
    """The lines ``name label`` of a list of pictures; a name may have spaces in it.

    As in Caffe a line without a space is name and label at once, and a label that is no number
    counts as 0. Raises :class:`DataError` for a list that is empty or cannot be read, and for a
    label of more than 32 bits.
    """
    lines = []
    for number, line in enumerate(_text(path, "list of pictures").split("\n"), 1):
        name, space, text = line.rpartition(" ")
        if not space:
            name = text
        digits = _NUMBER.match(text)
        label = int(digits.group(1)[:4000]) if digits else 0
        if not -(1 << 31) <= label < 1 << 31:
            raise DataError(
                f"{path}:{number}: the label {text[:40]} does not fit into 32 bits. "
                'Expected: lines "name label"'
            )
        lines.append((name, label))
    if lines and lines[-1][0] == "":
        # What follows the last line break is no line.
        lines.pop()
    if not lines:
        raise DataError(f'list of pictures {path} is empty. Expected: lines "name label"')
    return lines


def _text(path: Path, what: str) -> str:
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
    except OSError as fault:
        raise DataError(f"{what} {path}: {fault.strerror or fault}") from None


@dataclass
class WindowImage:
    """A picture of a window file, and the windows in it."""

    #: What follows ``#``: the place in the file of the picture that the windows are cut from.
    number: int
    name: str
    channels: int
    height: int
    width: int
    #: Class of each window, ``(n,)``, int64.
    labels: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    #: Overlap with the nearest object, ``(n,)``, 0 to 1.
    overlaps: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    #: x1, y1, x2, y2 in pixels, both ends included, ``(n, 4)``.
    boxes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 4), np.int64))


def read_window_file(path: Path) -> list[WindowImage]:
    """The pictures of a window file, as R-CNN writes it.

    Per picture: ``# number``, its name, channels, height, width, the number of windows, and a line
    ``class overlap x1 y1 x2 y2`` a window. Raises :class:`DataError` that names the line for
    anything else, and for numbers beyond the last picture's place.
    """
    words = _Words(path)
    images: list[WindowImage] = []
    while not words.at_end():
        mark = words.next("#")
        if mark != "#":
            raise words.error(mark, '"#" before the number of a picture')
        number = words.integer("the number of a picture")
        name = words.next("the name of a picture")
        channels, height, width = (
            words.integer(f"the {what} of a picture") for what in ("channels", "height", "width")
        )
        image = WindowImage(number, name, channels, height, width)
        images.append(image)
        count = words.integer("the number of windows")
        rows = [words.window() for _ in range(count)]
        if rows:
            image.labels = np.array([row[0] for row in rows], np.int64)
            image.overlaps = np.array([row[1] for row in rows], np.float32)
            image.boxes = np.array([row[2:] for row in rows], np.int64)
    if not images:
        raise DataError(f"window file {path} is empty")
    for image in images:
        if not 0 <= image.number < len(images):
            raise DataError(
                f"window file {path}: picture {image.name} has the number {image.number}. "
                f"Expected: 0 to {len(images) - 1}, its place in the file"
            )
    return images


class _Words:
    """The words of a file, with their lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _text(path, "window file").split("\n")
        self._words = self._all()
        self._line = 0
        self._ahead: str | None = next(self._words, None)

    def _all(self) -> Iterator[str]:
        for number, line in enumerate(self._lines, 1):
            for word in line.split():
                self._coming = number
                yield word

    def at_end(self) -> bool:
        return self._ahead is None

    def next(self, expected: str) -> str:
        word = self._ahead
        if word is None:
            raise DataError(f"window file {self._path} ends where {expected} is expected")
        self._line = self._coming
        self._ahead = next(self._words, None)
        return word

    def integer(self, expected: str) -> int:
        word = self.next(expected)
        try:
            return int(word)
        except ValueError:
            raise self.error(word, expected) from None

    def window(self) -> tuple[int, float, int, int, int, int]:
        label = self.integer("the class of a window")
        word = self.next("the overlap of a window")
        try:
            overlap = float(word)
        except ValueError:
            raise self.error(word, "the overlap of a window") from None
        x1, y1, x2, y2 = (self.integer(f"{side} of a window") for side in ("x1", "y1", "x2", "y2"))
        return label, overlap, x1, y1, x2, y2

    def error(self, found: str, expected: str) -> DataError:
        return DataError(f'{self._path}:{self._line}: expected {expected}. Received: "{found}"')
