"""Files that are no prototxt at all, told by how they begin."""

from __future__ import annotations

import re

__all__ = ["HEAD", "recognise"]

HEAD = 4096
"""Characters, or bytes, that are enough to tell."""

_BINARY = re.compile("[\0-\x08\x0e-\x1f\x7f]")


def recognise(text: str) -> str:
    """What ``text`` is instead of a prototxt, as a sentence; empty if it may be one."""
    head = text[:HEAD]
    begin = head.lstrip(" \t\r\n\f\v\ufeff")
    if head.startswith("version https://git-lfs.github.com/spec/"):
        return (
            "this is a Git LFS pointer, not the file itself; fetch the file with"
            ' "git lfs pull" or download it'
        )
    if head.startswith(("\udcff\udcfe", "\udcfe\udcff")):
        return "this text is in UTF-16; save it as UTF-8, without a byte order mark"
    if begin.startswith("404: Not Found"):
        return 'this is no prototxt but the answer "404: Not Found" of a failed download'
    if begin[:1] == "<":
        return (
            "this is an HTML or XML page, not a prototxt; on GitHub, download the file behind"
            ' the "Raw" button'
        )
    if begin[:1] == "{":
        return "this is JSON or the like, not a prototxt: a prototxt begins with a field name"
    if head.startswith("\udc89HDF"):
        return "this is an HDF5 file, not a prototxt; weights are loaded from it with net.load"
    if head.startswith(("PK\x03\x04", "\x1f\udc8b")):
        return "this is a compressed archive, not a prototxt; unpack it first"
    if _looks_binary(head):
        return (
            "this is a binary file, not a prototxt; a .caffemodel or .binaryproto is loaded as"
            " weights, with the net's prototxt beside it"
        )
    return ""


def _looks_binary(head: str) -> bool:
    """A message on the wire: control characters, some of them within the first few."""
    found = len(_BINARY.findall(head))
    return found > 3 and (found * 20 > len(head) or _BINARY.search(head[:16]) is not None)
