"""A loss layer in Python: Huber's loss, which outliers do not carry away.

    caffe-proto python examples/pycaffe/robust_loss.py

The net names this file as the module of its Python layer. The same straight line is learned with
Caffe's EuclideanLoss and with the layer, from points of which some are far off.
"""

# ruff: noqa: C408 -- dict(...) is how settings are written in a NetSpec

import tempfile
from pathlib import Path

import caffe
import numpy as np
from caffe import layers as L


class HuberLoss(caffe.Layer):
    """``d²/2`` where ``|d| <= delta``, ``delta |d| - delta²/2`` beyond; the mean over the batch.

    ``param_str`` is delta (Huber, Robust Estimation of a Location Parameter, 1964).
    """

    def setup(self, bottom, top):
        if len(bottom) != 2:
            raise ValueError("HuberLoss takes two bottoms: prediction and target")
        self.delta = float(self.param_str)

    def reshape(self, bottom, top):
        if bottom[0].count != bottom[1].count:
            raise ValueError("prediction and target must have the same number of elements")
        top[0].reshape()

    def forward(self, bottom, top):
        self.diff = bottom[0].data - bottom[1].data.reshape(bottom[0].data.shape)
        size = np.abs(self.diff)
        loss = np.where(size <= self.delta, self.diff**2 / 2, self.delta * size - self.delta**2 / 2)
        top[0].data[...] = loss.sum() / bottom[0].num

    def backward(self, top, propagate_down, bottom):
        slope = np.clip(self.diff, -self.delta, self.delta) * top[0].diff / bottom[0].num
        for i, sign in ((0, 1), (1, -1)):
            if propagate_down[i]:
                bottom[i].diff[...] = sign * slope.reshape(bottom[i].data.shape)


def definition(robust, batch):
    n = caffe.NetSpec()
    n.x = L.Input(shape=dict(dim=[batch, 1]))
    n.y = L.Input(shape=dict(dim=[batch, 1]))
    n.line = L.InnerProduct(n.x, num_output=1, weight_filler=dict(type="constant"))
    if robust:
        n.loss = L.Python(
            n.line, n.y, module="robust_loss", layer="HuberLoss", param_str="0.5", loss_weight=1
        )
    else:
        n.loss = L.EuclideanLoss(n.line, n.y)
    return n.to_proto()


def fit(robust, x, y, folder):
    """Slope and intercept of the line through the points."""
    net = Path(folder, "line.prototxt")
    net.write_text(str(definition(robust, len(x))))
    solver_file = Path(folder, "solver.prototxt")
    solver_file.write_text(
        f'net: "{net}" base_lr: 0.5 lr_policy: "fixed" momentum: 0.9 max_iter: 150\n'
        "snapshot_after_train: false\n"
    )
    solver = caffe.SGDSolver(str(solver_file))
    solver.net.blobs["x"].data[...] = x
    solver.net.blobs["y"].data[...] = y
    solver.solve()
    weight, bias = solver.net.params["line"]
    return float(weight.data[0, 0]), float(bias.data[0])


def main():
    random = np.random.default_rng(0)
    x = random.uniform(-1, 1, (200, 1))
    y = 2 * x + 1 + 0.05 * random.standard_normal(x.shape)
    y[x > 0.9] -= 8  # instruments fail at one end
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for robust in (False, True):
            found[robust] = fit(robust, x, y, folder)
            name = "HuberLoss" if robust else "EuclideanLoss"
            print(f"{name:14} y = {found[robust][0]:.2f} x + {found[robust][1]:.2f}")
    print("without faults y = 2.00 x + 1.00")
    return found


if __name__ == "__main__":
    main()
