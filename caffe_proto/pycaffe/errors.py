"""Errors of the drop-in: each is also of the kind that pycaffe raises in its place."""

from __future__ import annotations

from caffe_proto.errors import CaffeProtoError

__all__ = ["ArrayError", "FileMissingError", "NameMissingError"]


class FileMissingError(CaffeProtoError, RuntimeError):
    """A file that a net shall be built from is not there."""


class ArrayError(CaffeProtoError, RuntimeError):
    """An array of the wrong shape, type or layout."""


class NameMissingError(CaffeProtoError, KeyError, AttributeError):
    """A name that nothing is known under."""

    def __str__(self) -> str:
        # A KeyError would show the message as a Python string, with quotes.
        return str(self.args[0]) if self.args else ""
