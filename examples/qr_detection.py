"""Find the QR codes in a picture.

    python examples/get_models.py
    python examples/qr_detection.py PICTURE --out codes.png

The net sees the picture in gray, from 0 to 1, brought to about 400 x 400 pixels; being
convolutional it takes any shape, so the picture keeps its own.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import caffe_proto as cp
from caffe_proto import vision

AREA = 400 * 400
MODELS = Path("models/qr")


def find_codes(net: cp.Net, gray: vision.Image, threshold: float) -> list[vision.Detection]:
    """The codes in a gray picture ``(H, W)``, boxes in its pixels, the surest first."""
    height, width = gray.shape
    factor = math.sqrt(AREA / (height * width))
    blob = vision.image_to_blob(gray, 1 / 255, (round(width * factor), round(height * factor)))
    net.reshape(data=blob.shape)
    rows = net.forward(data=blob)["detection_output"]
    return vision.detections_to_boxes(rows, width, height, threshold)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--prototxt", type=Path, default=MODELS / "detect.prototxt")
    parser.add_argument("--weights", type=Path, default=MODELS / "detect.caffemodel")
    parser.add_argument("--threshold", type=float, default=0.5, help="least score (0.5)")
    parser.add_argument("--out", type=Path, help="write the picture with the boxes here")
    options = parser.parse_args(arguments)

    net = cp.build_net(options.prototxt, weights=options.weights)
    gray = vision.load_image(options.picture, color=False)
    codes = find_codes(net, gray, options.threshold)
    for code in codes:
        print(
            f"{code.score:.4f}  from ({code.xmin:.0f}, {code.ymin:.0f}) "
            f"to ({code.xmax:.0f}, {code.ymax:.0f})"
        )
    print(f"{len(codes)} code(s) in {options.picture}")
    if options.out:
        vision.save_image(options.out, vision.draw_boxes(gray, codes, ["", "QR code"]))


if __name__ == "__main__":
    main()
