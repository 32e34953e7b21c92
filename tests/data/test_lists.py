"""Lists of pictures and the C library's random numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from caffe_proto.data.libc_random import LibcRandom
from caffe_proto.data.lists import read_image_list, read_window_file
from caffe_proto.errors import DataError


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a.png 1\nb.png 2\n", [("a.png", 1), ("b.png", 2)]),
        ("a.png 1", [("a.png", 1)]),
        ("two words.png -3\n", [("two words.png", -3)]),
        ("a.png 1\r\nb.png 2\r\n", [("a.png", 1), ("b.png", 2)]),
        ("a.png  7\n", [("a.png ", 7)]),
        # Without a label, with a label that is no number, and with half of one.
        ("a.png\n", [("a.png", 0)]),
        ("a.png cat\n", [("a.png", 0)]),
        ("a.png 3rd\n", [("a.png", 3)]),
        ("12\n", [("12", 12)]),
        ("a 1\n\nb 2\n", [("a", 1), ("", 0), ("b", 2)]),
    ],
)
def test_lines_are_read_as_caffe_reads_them(
    tmp_path: Path, text: str, expected: list[tuple[str, int]]
) -> None:
    path = tmp_path / "list"
    path.write_bytes(text.encode())
    assert read_image_list(path) == expected


@pytest.mark.parametrize("label", ["2147483648", "-2147483649", "9" * 5000])
def test_a_label_of_more_than_32_bits_is_named_with_its_line(tmp_path: Path, label: str) -> None:
    (tmp_path / "list").write_text(f"a.png -2147483648\nb.png {label}\n")
    with pytest.raises(DataError, match=r"list:2: the label .* does not fit into 32 bits"):
        read_image_list(tmp_path / "list")


def test_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "list").touch()
    with pytest.raises(DataError, match="is empty"):
        read_image_list(tmp_path / "list")


def test_a_list_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list of pictures .*directory"):
        read_image_list(tmp_path)


def test_a_window_file(io: Path) -> None:
    images = read_window_file(io / "windows.txt")
    assert [image.number for image in images] == [0, 1, 2, 3]
    first = images[0]
    assert (first.name, first.channels, first.height, first.width) == ("images/p00.png", 3, 20, 24)
    assert first.labels.tolist() == [2, 2, 1, 2, 1, 2]
    assert first.overlaps.tolist() == pytest.approx([0.9, 0.7, 0.5, 0.35, 0.1, 0])
    assert first.boxes[1].tolist() == [8, 3, 19, 6]


def test_the_c_library_s_stream() -> None:
    # The first numbers of rand() in a program that never calls srand().
    stream = LibcRandom()
    assert [stream.next() for _ in range(3)] == [1804289383, 846930886, 1681692777]
    assert LibcRandom(0).next() == 1804289383
    assert LibcRandom(42).next() == 71876166
