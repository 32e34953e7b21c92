"""The random stream: Boost's distributions over MT19937, draw for draw."""

from __future__ import annotations

import copy
import doctest
import math
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caffe_proto.rng import CaffeRandom, generator, ziggurat
from caffe_proto.rng.ziggurat import CHUNK

F = np.float32
seeds = st.integers(0, 2**32 - 1)


class Scripted(CaffeRandom):
    """A stream of given draws, then those of seed 0; counts what is taken."""

    def __init__(self, draws: Sequence[int]) -> None:
        super().__init__(0)
        self.script = list(draws)
        self.taken = 0

    def next(self) -> int:
        self.taken += 1
        return self.script.pop(0) if self.script else super().next()

    def raw(self, count: int) -> Any:
        given, self.script = self.script[:count], self.script[count:]
        self.taken += count
        return np.concatenate((np.array(given, np.uint32), super().raw(count - len(given))))


# ---------------------------------------------------------------- one value at a time
# Boost's distributions written out for a single value: slow, plain, and independent of the
# package but for the layers' edges.


def uniform_once(rng: CaffeRandom, low: F, end: F) -> F:
    while True:
        value = F(F(F(F(rng.next()) / F(2.0**32)) * F(end - low)) + low)
        if value < end:
            return value


def uniform01_once(rng: CaffeRandom) -> F:
    while True:
        value = F(F(rng.next()) * F(2.0**-32))
        if value < 1:
            return value


EX, EY = ziggurat.exponential_layers()
NX, NY = ziggurat.normal_layers()


def exponential_once(rng: CaffeRandom) -> F:
    shift = F(0)
    while True:
        draw = rng.next()
        i = draw % 256
        x = F(F(draw // 256) * F(2.0**-24)) * F(EX[i])
        if x < F(EX[i + 1]):
            return F(shift + x)
        if i == 0:
            shift = F(shift + F(EX[1]))
            continue
        up = uniform01_once(rng)
        y = F(F(EY[i]) + F(up * F(EY[i + 1] - EY[i])))
        chord = F(F(F(EX[i] - EX[i + 1]) * up) - F(F(EX[i]) - x))
        tangent = F(y - F(F(EY[i + 1]) + F(F(F(EX[i + 1]) - x) * F(EY[i + 1]))))
        if chord >= 0:
            continue
        if tangent <= 0 or y < F(math.exp(-float(x))):
            return F(x + shift)


def normal_once(rng: CaffeRandom) -> F:
    while True:
        draw = rng.next()
        i, sign = draw % 256 // 2, F(1 if draw % 2 else -1)
        x = F(F(draw // 256) * F(2.0**-24)) * F(NX[i])
        if x < NX[i + 1]:
            return F(x * sign)
        if i == 0:
            while True:
                x, y = F(exponential_once(rng) / F(NX[1])), exponential_once(rng)
                if F(2) * y > x * x:
                    return F(F(x + F(NX[1])) * sign)
        up = uniform01_once(rng)
        y = F(F(NY[i]) + F(up * F(NY[i + 1] - NY[i])))
        chord = F(F(F(NX[i] - NX[i + 1]) * up) - F(F(NX[i]) - x))
        tangent = F(y - F(F(NY[i]) + F(F(F(F(NX[i]) - x) * F(NY[i])) * F(NX[i]))))
        upper, lower = (chord, tangent) if NX[i] >= 1 else (tangent, chord)
        if upper >= 0:
            continue
        if lower < 0 or y < F(math.exp(-float(F(F(x * x) / F(2))))):
            return F(x * sign)


# ---------------------------------------------------------------- the stream


@pytest.mark.parametrize("seed", [0, 1, 1701, 2**31, 2**32 - 1])
def test_draws_are_those_of_the_mersenne_twister(seed: int) -> None:
    expected = np.random.RandomState(seed).randint(0, 2**32, 5000, dtype=np.uint32)
    np.testing.assert_array_equal(CaffeRandom(seed).raw(5000), expected)


def test_ten_thousandth_draw_is_the_standards() -> None:
    # The C++ standard gives this value for mt19937 with its default seed.
    assert CaffeRandom(5489).raw(10000)[-1] == 4123659995


def test_single_draws_and_arrays_share_the_stream() -> None:
    rng = CaffeRandom(7)
    mixed = [rng.next(), *rng.raw(700).tolist(), rng.next(), *rng.raw(3).tolist(), rng.next()]
    assert mixed == CaffeRandom(7).raw(706).tolist()


@pytest.mark.parametrize("seed, same", [(-1, 2**32 - 1), (2**32 + 5, 5), (np.int64(3), 3)])
def test_seeds_are_cast_to_32_bits(seed: int, same: int) -> None:
    assert CaffeRandom(seed).seed == same
    assert CaffeRandom(seed).next() == CaffeRandom(same).next()


def test_seed_must_be_a_whole_number() -> None:
    with pytest.raises(TypeError):
        CaffeRandom(1.5)  # type: ignore[arg-type]


def test_the_documented_example_runs() -> None:
    assert doctest.testmod(generator).failed == 0


def test_nothing_is_set_up_before_the_first_draw() -> None:
    rng = CaffeRandom(1)
    rng.get_state()
    rng.uniform((0, 3), 0, 1)
    assert CaffeRandom(1)._bits is None


def test_fresh_streams_differ_and_tell_their_seed() -> None:
    one, two = CaffeRandom.fresh(), CaffeRandom.fresh()
    assert one.seed != two.seed
    assert one.next() == CaffeRandom(one.seed).next()
    assert repr(one) == f"CaffeRandom(seed={one.seed})"


def test_reseed_starts_anew() -> None:
    rng = CaffeRandom(1)
    rng.gaussian(100, 0, 1)
    rng.reseed(9)
    assert rng.seed == 9
    np.testing.assert_array_equal(rng.raw(10), CaffeRandom(9).raw(10))


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 5000])
@pytest.mark.parametrize(
    "again",
    [
        CaffeRandom.copy,
        copy.deepcopy,
        lambda rng: pickle.loads(pickle.dumps(rng)),
    ],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_go_on_from_the_same_place(drawn: int, again: Callable[[Any], Any]) -> None:
    rng = CaffeRandom(3)
    if drawn:
        rng.raw(drawn)
    other = again(rng)
    assert other.seed == 3
    ahead = other.raw(2000)
    np.testing.assert_array_equal(rng.raw(2000), ahead)
    assert rng.next() == other.next()


def test_a_state_can_be_gone_back_to() -> None:
    rng = CaffeRandom(3)
    rng.raw(1000)
    state = rng.get_state()
    first = rng.gaussian(50, 0, 1)
    rng.reseed(8)
    rng.set_state(state)
    assert rng.seed == 3
    np.testing.assert_array_equal(rng.gaussian(50, 0, 1), first)
    rng.set_state(state)
    np.testing.assert_array_equal(rng.gaussian(50, 0, 1), first)


# ---------------------------------------------------------------- one stream, however it is cut

DRAW: dict[str, Callable[[CaffeRandom, int], Any]] = {
    "raw": lambda rng, n: rng.raw(n),
    "uniform": lambda rng, n: rng.uniform(n, -0.5, 2),
    "equal bounds": lambda rng, n: rng.uniform(n, 0.5, 0.5),
    "gaussian": lambda rng, n: rng.gaussian(n, 1, 3),
    "bernoulli": lambda rng, n: rng.bernoulli(n, 0.3),
}


@pytest.mark.parametrize("name", DRAW)
@given(st.integers(0, 300), st.integers(0, 300), seeds)
@settings(max_examples=30, deadline=None)
def test_two_calls_are_one(name: str, first: int, second: int, seed: int) -> None:
    whole, parts = CaffeRandom(seed), CaffeRandom(seed)
    values = DRAW[name](whole, first + second)
    cut = np.concatenate([DRAW[name](parts, first), DRAW[name](parts, second)])
    np.testing.assert_array_equal(values, cut)
    assert whole.next() == parts.next()


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("first", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_two_calls_are_one_across_chunks(name: str, first: int) -> None:
    total = 2 * CHUNK + 77
    whole, parts = CaffeRandom(21), CaffeRandom(21)
    values = DRAW[name](whole, total)
    cut = np.concatenate([DRAW[name](parts, first), DRAW[name](parts, total - first)])
    np.testing.assert_array_equal(values, cut)
    assert whole.next() == parts.next()


@pytest.mark.parametrize("name", ["uniform", "gaussian", "bernoulli"])
@pytest.mark.parametrize("shape", [(), 5, (2, 3, 4), (0, 3)])
def test_shapes_are_filled_in_c_order(name: str, shape: Any) -> None:
    draw: Any = {
        "uniform": lambda rng, s: rng.uniform(s, 0, 1),
        "gaussian": lambda rng, s: rng.gaussian(s, 0, 1),
        "bernoulli": lambda rng, s: rng.bernoulli(s, 0.5),
    }[name]
    values = draw(CaffeRandom(4), shape)
    assert values.shape == (shape if isinstance(shape, tuple) else (shape,))
    assert values.dtype == (np.uint8 if name == "bernoulli" else np.float32)
    np.testing.assert_array_equal(values.ravel(), draw(CaffeRandom(4), values.size))


# ---------------------------------------------------------------- uniform

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(floats, floats, seeds)
@settings(max_examples=150, deadline=None)
def test_uniform_is_boosts(one: float, two: float, seed: int) -> None:
    low, high = F(min(one, two)), F(max(one, two))
    end = np.nextafter(high, F(np.finfo(F).max))
    if low == end:
        return
    rng, other = CaffeRandom(seed), CaffeRandom(seed)
    values = rng.uniform(9, float(low), float(high))
    with np.errstate(over="ignore"):
        if not np.isfinite(end - low):
            low, end = low / F(2), end / F(2)
            expected = [F(2) * uniform_once(other, low, end) for _ in range(9)]
        else:
            expected = [uniform_once(other, low, end) for _ in range(9)]
    np.testing.assert_array_equal(values, expected)
    assert rng.next() == other.next()


def test_uniform_redraws_what_rounds_up_to_the_end() -> None:
    rng = Scripted([2**32 - 1, 2**31, 2**32 - 100, 0])
    values = rng.uniform(2, 0, 1)
    # The two largest are 2**32 as float32 and give the end itself, the float32 next after 1.
    assert values.tolist() == [float(F(0.5) * np.nextafter(F(1), F(2))), 0.0]
    assert rng.taken == 4
    # Here the end is the smallest float32, and what is above half of it rounds up.
    rng = Scripted([2**32 - 1, 2**31 + 2**30 + 2**29, 5])
    assert rng.uniform(1, 0, 0).tolist() == [0.0]
    assert rng.taken == 3


def test_uniform_of_equal_bounds_uses_up_draws() -> None:
    rng = CaffeRandom(6)
    assert (rng.uniform(1000, 0.5, 0.5) == 0.5).all()
    draws = CaffeRandom(6).raw(4000).tolist()
    used = draws.index(rng.next())
    assert 1800 < used < 2200


@pytest.mark.parametrize(
    "low, high", [(1, 0), (0, math.inf), (-math.inf, 0), (math.nan, 1), (0, math.nan)]
)
def test_uniform_refuses_bounds_that_caffe_refuses(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="finite min <= max"):
        CaffeRandom(1).uniform(3, low, high)


def test_uniform_refuses_the_bounds_at_which_caffe_hangs() -> None:
    biggest = float(np.finfo(F).max)
    with pytest.raises(ValueError, match="nothing lies between"):
        CaffeRandom(1).uniform(3, biggest, biggest)


def test_uniform_fills_its_range_evenly() -> None:
    values = CaffeRandom(1).uniform(200_000, -1, 3).astype(np.float64)
    counts = np.histogram(values, bins=40, range=(-1, 3))[0]
    assert abs(counts - 5000).max() < 5 * math.sqrt(5000)


# ---------------------------------------------------------------- gaussian


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_gaussian_is_boosts_ziggurat(seed: int) -> None:
    rng, other = CaffeRandom(seed), CaffeRandom(seed)
    values = rng.gaussian(30_000, 0, 1)
    np.testing.assert_array_equal(values, [normal_once(other) + F(0) for _ in range(30_000)])
    assert rng.next() == other.next()


rare_draws = st.one_of(
    st.integers(0, 2**32 - 1),
    st.integers(2**32 - 300, 2**32 - 1),  # redrawn where a uniform value is asked for
    st.integers(0xF0000000, 0xFFFFFFFF).map(lambda u: u & ~0xFF),  # the tail, negative
    st.integers(0xF0000000, 0xFFFFFFFF).map(lambda u: u & ~0xFF | 1),  # the tail, positive
    st.integers(0xF8000000, 0xFFFFFFFF),  # mostly wedges
    st.integers(0, 2**24 - 1).map(lambda k: k << 8 | 0xFF),  # the top layer: never sure
)


@given(st.lists(rare_draws, max_size=40), st.integers(1, 30))
@settings(max_examples=300, deadline=None)
def test_gaussian_is_boosts_where_rare_draws_meet(draws: list[int], count: int) -> None:
    rng, other = Scripted(draws), Scripted(draws)
    values = rng.gaussian(count, 0, 1)
    np.testing.assert_array_equal(values, [normal_once(other) + F(0) for _ in range(count)])
    assert rng.taken == other.taken


def test_gaussian_scales_then_shifts_in_float32() -> None:
    standard = CaffeRandom(12).gaussian(5000, 0, 1)
    values = CaffeRandom(12).gaussian(5000, 0.3, 1.7)
    np.testing.assert_array_equal(values, standard * F(1.7) + F(0.3))


def test_gaussian_takes_about_four_percent_more_draws_than_values() -> None:
    rng = CaffeRandom(2)
    rng.gaussian(200_000, 0, 0.01)
    draws = CaffeRandom(2).raw(220_000)
    used = int(np.flatnonzero(draws == rng.next())[0])
    assert 206_000 < used < 210_000


def test_gaussian_has_the_moments_and_tails_of_the_normal_distribution() -> None:
    n = 1_000_000
    values = CaffeRandom(5).gaussian(n, 0, 1).astype(np.float64)
    assert abs(values.mean()) < 5 / math.sqrt(n)
    assert values.var() == pytest.approx(1, abs=5 * math.sqrt(2 / n))
    assert (values**3).mean() == pytest.approx(0, abs=5 * math.sqrt(15 / n))
    assert (values**4).mean() == pytest.approx(3, abs=5 * math.sqrt(96 / n))
    for edge in (0.27, 1, 2, 3, 3.4426, 4):
        beyond = n * math.erfc(edge / math.sqrt(2))
        assert (abs(values) > edge).sum() == pytest.approx(beyond, abs=5 * math.sqrt(beyond))


@pytest.mark.parametrize("std", [0, -1, math.nan, 1e-60])
def test_gaussian_refuses_a_std_that_caffe_refuses(std: float) -> None:
    with pytest.raises(ValueError, match="std > 0"):
        CaffeRandom(1).gaussian(3, 0, std)


@pytest.mark.parametrize(
    "layers, f, tail_area, count",
    [
        (
            ziggurat.normal_layers,
            lambda x: math.exp(-x * x / 2),
            lambda r: math.sqrt(math.pi / 2) * math.erfc(r / math.sqrt(2)),
            128,
        ),
        (ziggurat.exponential_layers, lambda x: math.exp(-x), lambda r: math.exp(-r), 256),
    ],
    ids=["normal", "exponential"],
)
def test_layers_have_equal_areas_and_close_at_zero(
    layers: Any, f: Any, tail_area: Any, count: int
) -> None:
    x, y = layers()
    assert len(x) == len(y) == count + 1
    assert (x[-1], y[0], y[-1]) == (0, 0, 1)
    area = x[1] * f(x[1]) + tail_area(x[1])
    strips = [x[i] * (y[i + 1] - y[i]) for i in range(1, count)]
    assert x[0] * f(x[1]) == pytest.approx(area, rel=1e-13)
    np.testing.assert_allclose(strips, area, rtol=1e-10)
    np.testing.assert_allclose(y[1:], [f(edge) for edge in x[1:]], rtol=1e-13)


# ---------------------------------------------------------------- Bernoulli

chances = st.one_of(st.floats(0, 1, width=32), st.sampled_from([0.5, 0.25, 1.0, 2.0**-32, 0.1]))


@given(chances, st.lists(st.integers(-400, 400), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_bernoulli_compares_rounded_draws(p: float, offsets: list[int]) -> None:
    bound = F(p) * F(2.0**32)
    draws = [min(max(int(bound) + offset, 0), 2**32 - 1) for offset in offsets]
    values = Scripted(draws).bernoulli(len(draws), p)
    expected = [int(p != 0 and F(draw) <= bound) for draw in draws]
    assert values.tolist() == expected


def test_bernoulli_takes_one_draw_an_element() -> None:
    rng = CaffeRandom(1)
    values = rng.bernoulli((300, 100), 0.7)
    assert values.mean() == pytest.approx(0.7, abs=0.02)
    assert rng.next() == CaffeRandom(1).raw(30_001)[-1]


def test_bernoulli_of_certainty() -> None:
    rng = CaffeRandom(1)
    assert not rng.bernoulli(1000, 0).any()
    assert rng.copy().next() == CaffeRandom(1).next(), "p = 0 draws nothing"
    assert rng.bernoulli(1000, 1).all()
    assert rng.next() == CaffeRandom(1).raw(1001)[-1]


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_bernoulli_refuses_what_is_no_probability(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        CaffeRandom(1).bernoulli(3, p)


# ---------------------------------------------------------------- whole numbers


def uniform_int_once(rng: CaffeRandom, high: int) -> int:
    bucket = 2**32 // (high + 1)
    while (value := rng.next() // bucket) > high:
        pass
    return value


def shuffled(rng: CaffeRandom, count: int) -> list[int]:
    items = list(range(count))
    for i in range(count - 1, 0, -1):
        j = uniform_int_once(rng, i)
        items[i], items[j] = items[j], items[i]
    return items


@given(
    st.integers(0, 60),
    st.lists(st.one_of(st.integers(2**32 - 9, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=70),
)
@settings(max_examples=150, deadline=None)
def test_shuffle_is_caffes(count: int, draws: list[int]) -> None:
    rng, other = Scripted(draws), Scripted(draws)
    items = list(range(count))
    rng.shuffle(items)
    assert items == shuffled(other, count)
    assert rng.taken == other.taken


def test_shuffle_across_chunks_is_caffes() -> None:
    # Redraws are likely enough here to be among them.
    count = 2 * CHUNK + 40_000
    rng, other = CaffeRandom(17), CaffeRandom(17)
    order = rng.permutation(count)
    assert order.tolist() == shuffled(other, count)
    assert rng.next() == other.next()


def test_shuffle_of_an_array_moves_rows() -> None:
    rows = np.arange(30).reshape(10, 3)
    expected = rows[CaffeRandom(4).permutation(10)]
    CaffeRandom(4).shuffle(rows)
    np.testing.assert_array_equal(rows, expected)


def test_shuffle_of_one_item_draws_nothing() -> None:
    rng = Scripted([])
    rng.shuffle(["only"])
    rng.shuffle([])
    assert rng.taken == 0


def test_uniform_int_repeats_draws_beyond_the_last_bucket() -> None:
    rng = Scripted([2**32 - 1, 0, 2**32 - 2])
    # Three buckets of 1431655765 leave one draw over.
    assert [rng.uniform_int(10, 12), rng.uniform_int(10, 12)] == [10, 12]
    assert rng.uniform_int(5, 5) == 5
    assert rng.taken == 3


def test_uniform_int_of_all_draws_is_the_draw() -> None:
    assert CaffeRandom(3).uniform_int(0, 2**32 - 1) == CaffeRandom(3).next()


@pytest.mark.parametrize("low, high", [(1, 0), (0, 2**32)])
def test_uniform_int_refuses_other_ranges(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="low <= high"):
        CaffeRandom(3).uniform_int(low, high)


def test_below_is_the_draw_modulo_n() -> None:
    rng = Scripted([2**32 - 1, 7, 12])
    assert [rng.below(10), rng.below(7), rng.below(5)] == [5, 0, 2]
    with pytest.raises(ValueError, match="n >= 1"):
        rng.below(0)
