"""The gradient check itself: it passes what is right and catches what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from caffe_proto.layers import registry
from caffe_proto.layers.base import Array, Layer, Shape
from tests.layers.gradients import check_gradients


class _Cube(Layer):
    """``y = w * x ** 3`` with faults that can be switched on."""

    bottom_factor = parameter_factor = 1.0

    def setup(self, bottom: Shape) -> None:
        self.add_param(())

    def infer_shapes(self, bottom: Shape) -> list[Shape]:
        return [bottom]

    def forward(self, x: Array) -> Array:
        return self.params[0].data * x**3

    def backward(self, dy: Array, x: Array, y: Array) -> Array:
        self.params[0].diff += self.parameter_factor * np.sum(dy * x**3)
        return self.bottom_factor * 3 * dy * self.params[0].data * x**2


@pytest.fixture
def cube() -> Iterator[type[_Cube]]:
    cls = registry.register_layer("TestCube")(type("Cube", (_Cube,), {}))
    yield cls
    del registry._types["TestCube"]


NET = 'layer { name: "op" type: "TestCube" bottom: "x" top: "y" }'
X = np.linspace(-1, 2, 6).reshape(2, 3)


def test_right_gradients_pass(cube: type[_Cube]) -> None:
    check_gradients(NET, {"x": X})


def test_wrong_gradient_of_a_bottom_is_caught(cube: type[_Cube]) -> None:
    cube.bottom_factor = 1.001
    with pytest.raises(AssertionError, match="gradient of x"):
        check_gradients(NET, {"x": X})


def test_wrong_gradient_of_a_parameter_is_caught(cube: type[_Cube]) -> None:
    cube.parameter_factor = -1.0
    with pytest.raises(AssertionError, match=r"gradient of op\[0\]"):
        check_gradients(NET, {"x": X})


def test_skipped_inputs_are_not_checked(cube: type[_Cube]) -> None:
    cube.bottom_factor = 2.0
    check_gradients(NET, {"x": X}, skip=["x"])


def test_a_net_without_gradients_is_no_check() -> None:
    with pytest.raises(AssertionError, match="nothing in this net"):
        check_gradients(
            'layer { name: "op" type: "ReLU" bottom: "x" top: "y" }', {"x": X}, skip=["x"]
        )
