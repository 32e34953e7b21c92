"""Find the faces in a picture.

    python examples/get_models.py
    python examples/face_detection.py PICTURE --out faces.png

The net is an SSD on a small ResNet, trained on 300 x 300 pictures with the channels in the order
blue, green, red, less their means.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import caffe_proto as cp
from caffe_proto import vision

SIZE, MEAN = (300, 300), (104, 177, 123)
MODELS = Path("models/face")


def find_faces(net: cp.Net, image: vision.Image, threshold: float) -> list[vision.Detection]:
    """The faces in a picture ``(H, W, 3)``, boxes in its pixels, the surest first."""
    blob = vision.image_to_blob(image, size=SIZE, mean=MEAN)
    rows = net.forward(data=blob)["detection_out"]
    return vision.detections_to_boxes(rows, image.shape[1], image.shape[0], threshold)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--prototxt", type=Path, default=MODELS / "deploy.prototxt")
    parser.add_argument(
        "--weights", type=Path, default=MODELS / "res10_300x300_ssd_iter_140000.caffemodel"
    )
    parser.add_argument("--threshold", type=float, default=0.5, help="least score (0.5)")
    parser.add_argument("--out", type=Path, help="write the picture with the boxes here")
    options = parser.parse_args(arguments)

    net = cp.build_net(options.prototxt, weights=options.weights)
    image = vision.load_image(options.picture)
    faces = find_faces(net, image, options.threshold)
    for face in faces:
        print(
            f"{face.score:.4f}  from ({face.xmin:.0f}, {face.ymin:.0f}) "
            f"to ({face.xmax:.0f}, {face.ymax:.0f})"
        )
    print(f"{len(faces)} face(s) in {options.picture}")
    if options.out:
        vision.save_image(options.out, vision.draw_boxes(image, faces, ["", "face"]))


if __name__ == "__main__":
    main()
