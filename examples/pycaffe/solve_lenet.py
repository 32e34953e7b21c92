"""Solving in Python: a training loop of one's own around ``solver.step``.

    caffe-proto python examples/pycaffe/solve_lenet.py [iterations]

Digits come from a Python data layer in this file. After every tenth step the loop measures the
accuracy on digits that the net has not seen, something a solver's prototxt need not know of.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("GLOG_minloglevel", "1")  # the loop prints what matters

import caffe
import numpy as np
from caffe import layers as L
from netspec_lenet import lenet

DIGITS = Path(__file__).resolve().parent.parent / "lenet/digits.npz"


class Digits(caffe.Layer):
    """Batches of digits ``(N, 1, 28, 28)`` in 0 .. 1 and labels ``(N,)``, in order, endlessly.

    ``param_str`` is JSON: ``split`` ("train" or "test") and ``batch``.
    """

    def setup(self, bottom, top):
        settings = json.loads(self.param_str)
        with np.load(DIGITS) as archive:
            rows = archive[settings["split"]]
            self.images = archive["images"][rows, None] / np.float32(256)
            self.labels = archive["labels"][rows]
        self.batch, self.at = settings["batch"], 0

    def reshape(self, bottom, top):
        top[0].reshape(self.batch, 1, 28, 28)
        top[1].reshape(self.batch)

    def forward(self, bottom, top):
        rows = (self.at + np.arange(self.batch)) % len(self.labels)
        self.at += self.batch
        top[0].data[...] = self.images[rows]
        top[1].data[...] = self.labels[rows]

    def backward(self, top, propagate_down, bottom):
        pass


def write_net(path, split, batch):
    settings = json.dumps({"split": split, "batch": batch})
    data, label = L.Python(module="solve_lenet", layer="Digits", param_str=settings, ntop=2)
    path.write_text(str(lenet(data, label, width=8)))


def main(iterations=60):
    caffe.set_random_seed(1701)
    with tempfile.TemporaryDirectory() as folder:
        train, test = Path(folder, "train.prototxt"), Path(folder, "test.prototxt")
        write_net(train, "train", 64)
        write_net(test, "test", 200)
        solver_file = Path(folder, "solver.prototxt")
        solver_file.write_text(
            f'train_net: "{train}" base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005\n'
            f'lr_policy: "inv" gamma: 0.0001 power: 0.75 snapshot_prefix: "{folder}/lenet"\n'
        )
        solver = caffe.get_solver(str(solver_file))
        judge = caffe.Net(str(test), caffe.TEST)
    judge.share_with(solver.net)

    losses, accuracies = [], []
    for iteration in range(iterations):
        solver.step(1)
        losses.append(float(solver.net.blobs["loss"].data))
        if (iteration + 1) % 10 == 0:
            accuracies.append(np.mean([judge.forward()["accuracy"] for _ in range(5)]))
            print(
                f"iteration {solver.iter:3}  loss {losses[-1]:.3f}  accuracy {accuracies[-1]:.3f}"
            )
    return losses, accuracies


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
