"""Ways to run a built net fast; ``net.compile(engine="numpy")`` begins here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from caffe_proto.errors import BuildError, did_you_mean

if TYPE_CHECKING:
    from caffe_proto.net.net import Net

__all__ = ["compile_net", "engines", "register_engine"]

Compiler = Callable[..., Any]
_engines: dict[str, Compiler] = {}


def register_engine(name: str) -> Callable[[Compiler], Compiler]:
    """Decorator: the function compiles a net, ``compile(net, **options)``, under this name."""

    def register(function: Compiler) -> Compiler:
        _engines[name] = function
        return function

    return register


def engines() -> list[str]:
    """The names of all engines."""
    return sorted(_engines)


def compile_net(net: Net, engine: str = "numpy", **options: Any) -> Any:
    """A callable made for speed: ``run(data=x)`` gives the outputs that ``net.forward`` gives.

    Raises :class:`BuildError` for an engine that there is not.
    """
    try:
        compiler = _engines[engine]
    except KeyError:
        raise BuildError(
            f'there is no engine "{engine}"{did_you_mean(engine, _engines) or "."} '
            f"Engines: {', '.join(engines())}"
        ) from None
    return compiler(net, **options)


@register_engine("numpy")
def _numpy(net: Net, **options: Any) -> Any:
    from caffe_proto.engines.numpy_plan import CompiledNet

    return CompiledNet(net, **options)
