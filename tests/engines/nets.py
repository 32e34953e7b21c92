"""Small definitions that the tests of the engines put together."""

from __future__ import annotations

from collections.abc import Sequence

INPUT = """
name: "small"
layer {
  name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 3 dim: 11 dim: 9 } }
}
"""

CONV = """
layer {{
  name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{top}"
  convolution_param {{
    num_output: 3 kernel_size: 3 pad: 1
    weight_filler {{ type: "gaussian" std: 0.3 }} bias_filler {{ type: "gaussian" std: 0.1 }}
  }}
}}
"""


def layer(
    name: str,
    kind: str,
    bottoms: str | Sequence[str],
    tops: str | Sequence[str],
    settings: str = "",
) -> str:
    """The text of one layer."""
    bottoms = [bottoms] if isinstance(bottoms, str) else bottoms
    tops = [tops] if isinstance(tops, str) else tops
    sides = [f'bottom: "{b}"' for b in bottoms] + [f'top: "{t}"' for t in tops]
    return f'layer {{ name: "{name}" type: "{kind}" {" ".join(sides)} {settings} }}\n'


def net(shape: Sequence[int], *layers: str) -> str:
    """A net with one input ``data`` of this shape."""
    dims = " ".join(f"dim: {n}" for n in shape)
    return layer("data", "Input", [], "data", f"input_param {{ shape {{ {dims} }} }}") + "".join(
        layers
    )


def conv(name: str, bottom: str, top: str, outputs: int, kernel: int, settings: str = "") -> str:
    """A convolution with random weights and bias."""
    fillers = (
        'weight_filler { type: "msra" variance_norm: FAN_IN } '
        'bias_filler { type: "gaussian" std: 0.1 }'
    )
    return layer(
        name,
        "Convolution",
        bottom,
        top,
        f"convolution_param {{ num_output: {outputs} kernel_size: {kernel} {settings} {fillers} }}",
    )
