"""The package ``six`` where it is missing: pycaffe brings it, and scripts take it for granted.

Only what such scripts use, each name for Python 3 alone. An installed ``six`` always comes first.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import importlib.machinery
import io
import itertools
import operator
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Any

__all__ = ["SixFinder"]


def _with_metaclass(meta: Any, *bases: Any) -> Any:
    return meta("temporary_class", bases, {})


def _raise_again(kind: Any, value: Any, frames: Any = None) -> None:
    raise (kind() if value is None else value).with_traceback(frames)


def _names() -> dict[str, Any]:
    return {
        "PY2": False,
        "PY3": True,
        "PY34": True,
        "MAXSIZE": sys.maxsize,
        "string_types": (str,),
        "integer_types": (int,),
        "class_types": (type,),
        "text_type": str,
        "binary_type": bytes,
        "StringIO": io.StringIO,
        "BytesIO": io.BytesIO,
        "iteritems": lambda mapping, **options: iter(mapping.items(**options)),
        "iterkeys": lambda mapping, **options: iter(mapping.keys(**options)),
        "itervalues": lambda mapping, **options: iter(mapping.values(**options)),
        "viewitems": operator.methodcaller("items"),
        "viewkeys": operator.methodcaller("keys"),
        "viewvalues": operator.methodcaller("values"),
        "next": next,
        "advance_iterator": next,
        "callable": callable,
        "print_": print,
        "exec_": exec,
        "wraps": functools.wraps,
        "unichr": chr,
        "u": lambda text: text,
        "b": lambda text: text.encode("latin-1"),
        "int2byte": lambda number: bytes([number]),
        "byte2int": operator.itemgetter(0),
        "indexbytes": operator.getitem,
        "with_metaclass": _with_metaclass,
        "reraise": _raise_again,
    }


def _moves() -> dict[str, Any]:
    import configparser
    import pickle
    import queue
    import urllib.error
    import urllib.parse
    import urllib.request

    return {
        "range": range,
        "xrange": range,
        "zip": zip,
        "map": map,
        "filter": filter,
        "input": input,
        "reduce": functools.reduce,
        "zip_longest": itertools.zip_longest,
        "filterfalse": itertools.filterfalse,
        "cPickle": pickle,
        "builtins": builtins,
        "configparser": configparser,
        "queue": queue,
        "urllib": urllib,
        "StringIO": io.StringIO,
        "cStringIO": io.StringIO,
    }


class SixFinder(MetaPathFinder, Loader):
    """Finds ``six`` and ``six.moves`` when no other finder does."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's specification, for these two names."""
        if fullname not in ("six", "six.moves"):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname == "six")

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module with its names."""
        if module.__name__ == "six.moves":
            vars(module).update(_moves())
            return
        vars(module).update(_names())
        vars(module)["moves"] = importlib.import_module("six.moves")
