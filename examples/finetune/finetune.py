"""Fine-tuning: weights of one net into another, frozen layers, a new classifier on top.

    python examples/finetune/finetune.py

A LeNet that Caffe trained to tell ten digits apart learns to tell odd digits from even ones, from
no more than 200 examples. The convolutions keep the weights that they come with (lr_mult 0), ip1
learns slowly, and the last layer, which has a new name, is learned from scratch. Beside it the
same net is trained on the same examples without those weights.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import caffe_proto as cp

HERE = Path(__file__).resolve().parent
LENET = HERE.parent / "lenet"
EXAMPLES = 200


def load(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 1, 28, 28) in 0 .. 1, and whether each digit is odd (n,)."""
    with np.load(LENET / "digits.npz") as archive:
        chosen = archive[part]
        images, labels = archive["images"][chosen], archive["labels"][chosen]
    return images[:, None].astype(np.float32) / 256, (labels % 2).astype(np.float32)


def train(weights: Path | None) -> tuple[cp.Solver, list[float]]:
    """Train on the first examples; returns the solver and the test accuracies on the way."""
    settings = cp.parse_file(HERE / "solver.prototxt", "SolverParameter")
    net = cp.parse_file(HERE / settings.net)
    if weights is None:
        # From scratch everything has to learn, at the full rate.
        for layer in net.layer:
            layer.ClearField("param")
    settings.ClearField("net")
    settings.net_param.CopyFrom(net)
    solver = cp.build_solver(settings, weights=weights)
    images, odd = load("train")
    solver.net.layer("digits").reset(images[:EXAMPLES], odd[:EXAMPLES])
    solver.test_nets[0].layer("digits").reset(*load("test"))
    accuracies: list[float] = []
    solver.on_test.append(lambda result: accuracies.append(float(result["accuracy"])))
    solver.solve()
    return solver, accuracies


def main() -> tuple[float, float]:
    weights = LENET / "lenet.caffemodel"
    lenet = cp.build_net(LENET / "lenet.prototxt", weights=weights)
    tuned, with_weights = train(weights)
    _, without = train(None)

    print(f"{EXAMPLES} examples, {tuned.iter} iterations; accuracy on 1000 test digits")
    print(f"  with LeNet's weights: {' -> '.join(f'{a:.3f}' for a in with_weights)}")
    print(f"  from scratch:         {' -> '.join(f'{a:.3f}' for a in without)}")
    for name in ("conv1", "conv2", "ip1"):
        moved = any(
            (old.data != new.data).any()
            for old, new in zip(lenet.params[name], tuned.net.params[name], strict=True)
        )
        print(f"  {name}: {'learned on' if moved else 'frozen, the very bits of before'}")
    return with_weights[-1], without[-1]


if __name__ == "__main__":
    main()
