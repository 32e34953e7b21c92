"""What ``debug_info`` recorded, as a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from caffe_proto.insight.fitting import UNLIMITED

if TYPE_CHECKING:
    from caffe_proto.net.debug import DebugLog

__all__ = ["debug_table"]


def debug_table(log: DebugLog) -> str:
    """Mean absolute values of ``log``, a line a blob: data of the forward pass, then the diff.

    A top's diff is the one that the layer above computed for it as its bottom.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    rows: dict[tuple[str, str, str], dict[str, float]] = {}
    for record in [*log.forward, *log.backward]:
        kind = record.kind.removesuffix(" blob")
        row = rows.setdefault((record.layer, kind, record.blob), {})
        row[record.what] = record.value
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("layer", "kind", "blob"):
        table.add_column(title, no_wrap=True)
    for title in ("mean |data|", "mean |diff|"):
        table.add_column(title, justify="right", no_wrap=True)
    before = None
    for (layer, kind, blob), values in _in_order(rows):
        numbers = [f"{values[what]:.6g}" if what in values else "" for what in ("data", "diff")]
        table.add_row("" if layer == before else layer, kind, blob, *numbers)
        before = layer
    stream = io.StringIO()
    Console(file=stream, width=UNLIMITED, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _in_order(
    rows: dict[tuple[str, str, str], dict[str, float]],
) -> list[tuple[tuple[str, str, str], dict[str, float]]]:
    """Layer by layer as they ran forward; in each its bottoms, then parameters, then tops."""
    layers = list(dict.fromkeys(layer for layer, _, _ in rows))
    kinds = ["bottom", "param", "top"]
    return sorted(rows.items(), key=lambda row: (layers.index(row[0][0]), kinds.index(row[0][1])))
