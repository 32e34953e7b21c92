"""Tables on terminals of any width: columns where they fit, lines of facts where they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

__all__ = ["UNLIMITED", "Fitting"]

# Wider than any table of a net: what a table would like to have.
UNLIMITED = 100_000


class Fitting:
    """A rich renderable: ``wide`` where all of it fits side by side, else what ``narrow`` makes.

    A table that is squeezed into too few columns breaks words letter by letter.
    """

    def __init__(self, wide: RenderableType, narrow: Callable[[], RenderableType]) -> None:
        self.wide = wide
        self.narrow = narrow

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        wanted = console.measure(self.wide, options=options.update(width=UNLIMITED)).maximum
        yield self.wide if wanted <= options.max_width else self.narrow()
