"""Running scripts as ``python`` does, with ``caffe`` standing for the drop-in."""

from __future__ import annotations

import code
import contextlib
import io
import os
import runpy
import sys
import traceback
import warnings
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import TextIO

from caffe_proto.pycaffe.standin import SHIM, install

__all__ = ["run"]

#: Files whose frames are no part of the script.
_OURS = (__file__, runpy.__file__)


def run(arguments: list[str]) -> int:
    """Run what ``arguments`` ask for, as for ``python``; returns the exit status.

    A script's name, ``-m module``, ``-c code``, ``-`` (a script on standard input) or nothing (an
    interactive session), each with arguments of its own. The script's errors are shown as Python
    shows them.
    """
    # The process has to look like the script's own.
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        install()
    # The command shows warnings in a form of its own; the script's look as Python's do.
    warnings.showwarning = _show_warning
    _hand_on_to_children()
    try:
        _start(arguments)
    except SystemExit as ended:
        return _status(ended)
    except KeyboardInterrupt:
        traceback.print_exc()
        return 130
    except BaseException as fault:
        _show(fault)
        return 1
    finally:
        _flush()
    return 0


def _start(arguments: list[str]) -> None:
    if arguments[:1] == ["-u"]:
        _unbuffered()
        arguments = arguments[1:]
    first = arguments[0] if arguments else ""
    if first.startswith("-m"):
        module, rest = _value(arguments, "-m")
        sys.argv = [module, *rest]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    elif first.startswith("-c"):
        source, rest = _value(arguments, "-c")
        sys.argv = ["-c", *rest]
        sys.path.insert(0, "")
        _run_code(compile(source, "<string>", "exec"))
    elif first == "-":
        sys.argv = arguments
        sys.path.insert(0, "")
        _run_code(compile(sys.stdin.read(), "<stdin>", "exec"))
    elif first.startswith("-"):
        raise SystemExit(
            f"caffe-proto python: {first} is no option here. Expected: a script, -m module, "
            "-c code, - (standard input) or nothing, after -u for output without a buffer"
        )
    elif first:
        sys.argv = arguments
        where = Path(first)
        if not where.exists():
            raise SystemExit(f"caffe-proto python: there is no script {first}")
        if where.is_file():
            sys.path.insert(0, str(where.resolve().parent))
        runpy.run_path(first, run_name="__main__")
    else:
        import caffe_proto.pycaffe as caffe

        sys.argv = [""]
        sys.path.insert(0, "")
        code.interact(
            banner=f"Python {sys.version.split()[0]}; caffe is caffe_proto.pycaffe",
            local={"__name__": "__main__", "caffe": caffe},
            exitmsg="",
        )


def _unbuffered() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(write_through=True, line_buffering=True)


def _value(arguments: list[str], option: str) -> tuple[str, list[str]]:
    joined = arguments[0][len(option) :]
    if joined:
        return joined, arguments[1:]
    if len(arguments) < 2:
        raise SystemExit(f"caffe-proto python: {option} needs a value")
    return arguments[1], arguments[2:]


def _run_code(compiled: CodeType) -> None:
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    exec(compiled, vars(main))


def _hand_on_to_children() -> None:
    """Let Python processes that the script starts find ``caffe`` too."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(SHIM) not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(SHIM), *filter(None, paths)])


def _status(ended: SystemExit) -> int:
    if ended.code is None:
        return 0
    if isinstance(ended.code, int):
        return ended.code
    print(ended.code, file=sys.stderr)
    return 1


def _show(fault: BaseException) -> None:
    """Print a script's error as Python does, without the frames that ran the script."""
    frames: TracebackType | None = fault.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    traceback.print_exception(type(fault), fault, frames)
    if _is_of_python_2(fault):
        print(
            "caffe-proto: this looks like Python 2, which nothing here runs; "
            "2to3, futurize or modernize bring a script to Python 3",
            file=sys.stderr,
        )


def _is_of_python_2(fault: BaseException) -> bool:
    if isinstance(fault, SyntaxError):
        words = ("print", "exec", "except", "raise")
        return (fault.text or "").strip().startswith(words)
    if isinstance(fault, NameError):
        return fault.name in ("xrange", "unicode", "basestring", "raw_input", "long", "unichr")
    if isinstance(fault, AttributeError):
        return fault.name in ("iteritems", "itervalues", "iterkeys", "has_key")
    return isinstance(fault, ModuleNotFoundError) and fault.name in (
        "cPickle",
        "ConfigParser",
        "Queue",
        "StringIO",
        "urllib2",
    )


def _is_ours(filename: str) -> bool:
    return filename in _OURS or filename == "<frozen runpy>"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    (file or sys.stderr).write(warnings.formatwarning(message, category, filename, lineno, line))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
