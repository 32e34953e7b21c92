"""Classify 1000 real handwritten digits with a LeNet that Caffe trained.

    python examples/lenet/classify_digits.py

The weights are what BVLC Caffe 1.0 left after 400 iterations on 4000 digits; on the other 1000
Caffe itself measured the accuracy 0.962.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import caffe_proto as cp

HERE = Path(__file__).resolve().parent
SHADES = " .:-=+*#%@"
CAFFES_ACCURACY = 0.962


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """The 1000 test images, (1000, 1, 28, 28) in 0 .. 1, and their labels."""
    with np.load(HERE / "digits.npz") as archive:
        test = archive["test"]
        images, labels = archive["images"][test], archive["labels"][test]
    return images[:, None].astype(np.float32) / 256, labels


def sketch(image: np.ndarray) -> list[str]:
    """An image as lines of characters, every second row."""
    levels = (image[::2] * (len(SHADES) - 1)).round().astype(int)
    return ["".join(SHADES[level] for level in row) for row in levels]


def main() -> float:
    net = cp.build_net(HERE / "lenet.prototxt", weights=HERE / "lenet.caffemodel")
    images, labels = load_digits()
    batch = net.blobs["data"].shape[0]
    probabilities = np.concatenate(
        [net.forward(data=images[i : i + batch])["prob"] for i in range(0, len(images), batch)]
    )
    answers = probabilities.argmax(axis=1)

    shown = [0, 1, 2]
    for lines in zip(*(sketch(images[i, 0]) for i in shown), strict=True):
        print("   ".join(lines).rstrip())
    print(
        "   ".join(
            f"{answers[i]} ({probabilities[i, answers[i]]:.1%}), is {labels[i]}".ljust(28)
            for i in shown
        ).rstrip()
    )

    accuracy = float((answers == labels).mean())
    print(f"\n{(answers == labels).sum()} of {len(labels)} digits are right: accuracy {accuracy}")
    print(f"Caffe 1.0 with the same weights:          accuracy {CAFFES_ACCURACY}")
    return accuracy


if __name__ == "__main__":
    main()
