"""Every type says how many bottoms and tops it takes."""

from __future__ import annotations

import pytest

import caffe_proto as cp

MANY = 9
#: Types by how many they take at least and at most, both of bottoms and of tops.
TYPES = {
    name: tuple(
        (arity, arity) if isinstance(arity, int) else (arity[0], arity[1] or MANY)
        for arity in (cls.num_bottoms, cls.num_tops)
    )
    for name, cls in cp.layer_types().items()
    if cls.__module__.startswith("caffe_proto.")
}


def build(name: str, bottoms: int, tops: int) -> cp.Net:
    inputs = "".join(
        f'layer {{ name: "x{i}" type: "Input" top: "x{i}" input_param {{ shape {{ '
        "dim: [2, 3, 4, 5] } } }\n"
        for i in range(bottoms)
    )
    names = [f'bottom: "x{i}"' for i in range(bottoms)] + [f'top: "y{i}"' for i in range(tops)]
    return cp.build_net(f'{inputs} layer {{ name: "op" type: "{name}" {" ".join(names)} }}')


@pytest.mark.parametrize("name", [name for name, counts in TYPES.items() if counts[0][1] < MANY])
def test_too_many_bottoms_are_refused(name: str) -> None:
    (_, most), (least_tops, _) = TYPES[name]
    with pytest.raises(cp.LayerError, match=rf'"op" \({name}\).*bottom.*Received: {most + 1}'):
        build(name, most + 1, least_tops)


@pytest.mark.parametrize("name", [name for name, counts in TYPES.items() if counts[0][0] > 0])
def test_too_few_bottoms_are_refused(name: str) -> None:
    (least, _), (least_tops, _) = TYPES[name]
    with pytest.raises(cp.LayerError, match=rf'"op" \({name}\).*bottom'):
        build(name, least - 1, max(least_tops, 1))


@pytest.mark.parametrize("name", [name for name, counts in TYPES.items() if counts[1][1] < MANY])
def test_too_many_tops_are_refused(name: str) -> None:
    (least, _), (_, most) = TYPES[name]
    with pytest.raises(cp.LayerError, match=rf'"op" \({name}\).*top.*Received: {most + 1}'):
        build(name, least, most + 1)
