"""Telling by its first bytes what a file given as weights is, and saying so if it is none."""

from __future__ import annotations

import re
from collections.abc import Callable

from caffe_proto.errors import WeightsError
from caffe_proto.weights.source import Source
from caffe_proto.weights.wire import LENGTH, VARINT, Field, WireError, WireReader

__all__ = ["kind_of", "refuse_foreign", "refuse_other_kinds"]

#: What :func:`kind_of` tells apart.
KINDS = ("caffemodel", "hdf5", "npz", "safetensors", "prototxt")

_HDF5 = b"\x89HDF\r\n\x1a\n"
_HEAD = 4096


def kind_of(source: Source) -> str:
    """Which of ``caffemodel``, ``hdf5``, ``npz``, ``safetensors``, ``prototxt`` the content is.

    Raises :class:`WeightsError`, naming what it is instead, for anything known to be no weights
    file. What is not recognised counts as a caffemodel, whose reader then tells what is wrong.
    """
    refuse_foreign(source)
    head = bytes(source.bytes[:_HEAD])
    if _is_hdf5(source):
        return "hdf5"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "npz"
    if _is_safetensors(head, source.size):
        return "safetensors"
    found_message = _other_message(source)
    if found_message:
        raise WeightsError(f"{source.name}: this is {found_message}")
    return "prototxt" if _is_text(head) else "caffemodel"


def refuse_foreign(source: Source) -> None:
    """Raise :class:`WeightsError` for an empty file and for one that is nothing of Caffe's."""
    if source.size == 0:
        raise WeightsError(f"{source.name}: the file is empty; was the download interrupted?")
    head = bytes(source.bytes[:_HEAD])
    for test, found in _FOREIGN:
        if test(head):
            raise WeightsError(f"{source.name}: this is {found}")


def refuse_other_kinds(source: Source) -> None:
    """Raise :class:`WeightsError` unless the content may be a caffemodel."""
    kind = kind_of(source)
    if kind == "caffemodel":
        return
    what = {
        "hdf5": "an HDF5 file",
        "npz": "a zip archive",
        "safetensors": "a safetensors file",
        "prototxt": "text",
    }[kind]
    raise WeightsError(
        f"{source.name}: expected a .caffemodel (binary); this is {what}. "
        "load_weights reads every format that holds weights"
    )


def _is_hdf5(source: Source) -> bool:
    # A user block of 512 bytes, or a power of two times that, may come first.
    at = 0
    while at < source.size and at <= 1 << 16:
        if bytes(source.bytes[at : at + 8]) == _HDF5:
            return True
        at = at * 2 or 512
    return False


def _is_safetensors(head: bytes, size: int) -> bool:
    if size < 10 or head[8:9] != b"{":
        return False
    length = int.from_bytes(head[:8], "little")
    # A plain text whose ninth byte is a brace would claim more than 2**56 bytes.
    return length < 1 << 40 and re.match(rb'\{\s*["}]', head[8:]) is not None


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _is_html(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--"))


_FOREIGN: list[tuple[Callable[[bytes], bool], str]] = [
    (
        _starts(b"version https://git-lfs"),
        "a Git LFS pointer, which stands for the real file; fetch that with `git lfs pull`",
    ),
    (_is_html, "a web page (HTML or XML), not weights; download the file itself"),
    (
        _starts(b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
        "a Python pickle (a PyTorch checkpoint, perhaps), which can run code when it is loaded "
        "and is never opened here; save the arrays as .npz or .safetensors",
    ),
    (_starts(b"\x93NUMPY"), "a single .npy array; expected an .npz with arrays named layer/0"),
    (_starts(b"\x1f\x8b"), "compressed with gzip; unpack it first"),
    (_starts(b"BZh"), "compressed with bzip2; unpack it first"),
    (_starts(b"\xfd7zXZ\x00"), "compressed with xz; unpack it first"),
    (_starts(b"\x28\xb5\x2f\xfd"), "compressed with zstd; unpack it first"),
    (_starts(b"7z\xbc\xaf\x27\x1c"), "a 7z archive; unpack it first"),
    (_starts(b"Rar!\x1a\x07"), "a RAR archive; unpack it first"),
    (lambda head: head[257:262] == b"ustar", "a tar archive; unpack it first"),
    (lambda head: head[4:8] == b"TFL3", "a TensorFlow Lite model, not a Caffe one"),
    (_starts(b"GGUF"), "a GGUF model, not a Caffe one"),
    (_starts(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM6"), "a picture, not weights"),
    (_starts(b"%PDF"), "a PDF document, not weights"),
    (_starts(b"SQLite format 3"), "an SQLite database, not weights"),
    (
        lambda head: head[16:20] == b"\xde\xc0\xef\xbe",
        "an LMDB database of data, not weights",
    ),
]


def _other_message(source: Source) -> str:
    """A protobuf message that is no ``NetParameter``, by the fields it begins with, or ``""``."""
    fields: list[Field] = []
    try:
        for field in WireReader(source.bytes, 0, source.size):
            fields.append(field)
            if len(fields) >= 16:
                break
    except WireError:
        # The reader of caffemodels says it better; what came before may still tell.
        pass
    kinds = [(field.number, field.kind) for field in fields]
    # No NetParameter has field 1 as a number; all of these do.
    if (1, VARINT) not in kinds or (100, LENGTH) in kinds:
        return ""
    if (7, LENGTH) in kinds and ((8, LENGTH) in kinds or (2, LENGTH) in kinds):
        return "an ONNX model, not a Caffe one"
    if {(2, VARINT), (3, VARINT), (4, VARINT)} <= set(kinds):
        return (
            "a single blob (a mean file, .binaryproto), not a net's weights; "
            "read it with read_binaryproto"
        )
    if (2, LENGTH) in kinds or (3, LENGTH) in kinds:
        learned = next((f for f in fields if (f.number, f.kind) == (2, LENGTH)), None)
        hint = "the weights are in the .caffemodel of the same iteration"
        if learned is not None:
            text = bytes(source.bytes[learned.start : learned.end][:200])
            hint = f'the weights are in "{text.decode("utf-8", "backslashreplace")}"'
        return f"a solver's state (.solverstate), not weights; {hint}"
    return ""


def _is_text(head: bytes) -> bool:
    if re.search(rb"[\x00-\x08\x0e-\x1f]", head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The head may end within a character.
        return len(head) == _HEAD and error.start >= _HEAD - 3
    return True
