"""From a folder of digit images to a trained LeNet: LMDB, training, test accuracy, curves.

    python examples/train_lenet/train.py [FOLDER] [--out OUT] [--max-iter N]

FOLDER holds one folder a class, named 0, 1, 2 ..., with the images of the class in it; without
one the 5000 handwritten digits of ../lenet/digits.npz are written out as such a folder. One image
in five is kept for the test. Everything is made in OUT (default: lenet_run), by these commands,
which are printed as they run:

    caffe-proto data convert-imageset   images -> LMDB, for training and for the test
    caffe-proto train                   400 iterations; the log goes to train.log and run.jsonl
    caffe-proto test                    the accuracy on the test set
    caffe-proto plot                    loss, accuracy and learning rate -> curves.png
"""

from __future__ import annotations

import argparse
import random
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIGITS = HERE.parent / "lenet" / "digits.npz"
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".tif"}


def command(folder: Path, *args: str, log: Path | None = None) -> str:
    """Run ``caffe-proto`` in ``folder``, show its output and return it."""
    print("\n$ caffe-proto " + shlex.join(args), flush=True)
    code = "import sys; from caffe_proto.cli import main; main(sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *args],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = []
    for line in process.stdout:
        output.append(line)
        if log is None or re.search("Test net output|Iteration .* loss|Snapshotting to", line):
            print("  " + line, end="", flush=True)
    if process.wait():
        print("".join(output[-5:]), file=sys.stderr)
        sys.exit(process.returncode)
    if log is not None:
        log.write_text("".join(output), encoding="utf-8")
    return "".join(output)


def write_digits(folder: Path) -> None:
    """Write the 5000 handwritten digits as ``folder``/<digit>/<number>.png."""
    import cv2
    import numpy as np

    with np.load(DIGITS) as archive:
        images, labels = archive["images"], archive["labels"]
    for digit in sorted(set(labels.tolist())):
        (folder / str(digit)).mkdir(parents=True, exist_ok=True)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        cv2.imwrite(str(folder / str(label) / f"{number:04d}.png"), image)


def list_images(folder: Path) -> list[tuple[str, int]]:
    """``(path within the folder, label)`` of every image, shuffled alike at every run."""
    if not folder.is_dir():
        sys.exit(f"{folder}: there is no such folder")
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.isdigit())
    found = [
        (image.relative_to(folder).as_posix(), int(kind.name))
        for kind in classes
        for image in sorted(kind.iterdir())
        if image.suffix.lower() in SUFFIXES
    ]
    if not found:
        sys.exit(f"{folder}: no images. Expected: folders 0, 1, 2 ... with .png or .jpg in them")
    random.Random(1701).shuffle(found)
    return found


def write_list(path: Path, entries: Iterable[tuple[str, int]]) -> None:
    path.write_text("".join(f"{name} {label}\n" for name, label in entries), encoding="utf-8")


def main(argv: list[str] | None = None) -> float:
    """Do it all; returns the accuracy on the test set."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="folders 0, 1, 2 ... of images")
    parser.add_argument("--out", type=Path, default=Path("lenet_run"), help="where all is made")
    parser.add_argument("--max-iter", type=int, default=400, help="iterations of training")
    options = parser.parse_args(argv)

    out: Path = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    images: Path = (options.folder or out / "digits").resolve()
    if options.folder is None and not images.is_dir():
        print(f"writing 5000 digits into {images}")
        write_digits(images)
    entries = list_images(images)
    held_back = len(entries) // 5
    write_list(out / "test.txt", entries[:held_back])
    write_list(out / "train.txt", entries[held_back:])
    for name in ("solver.prototxt", "train_val.prototxt"):
        shutil.copy(HERE / name, out / name)

    for part in ("train", "test"):
        shutil.rmtree(out / f"{part}_lmdb", ignore_errors=True)
        size = ["--gray", "--resize-height=28", "--resize-width=28"]
        convert = ["data", "convert-imageset", *size]
        command(out, *convert, f"{images}/", f"{part}.txt", f"{part}_lmdb")

    (out / "run.jsonl").unlink(missing_ok=True)
    iterations = str(options.max_iter)
    train = ["train", "--solver=solver.prototxt", f"--max-iter={iterations}", "--log=run.jsonl"]
    command(out, *train, log=out / "train.log")

    # Batches are of 100; fewer images than that come several times in one.
    batches = max(held_back // 100, 1)
    weights = f"--weights=lenet_iter_{iterations}.caffemodel"
    test = ["test", "--model=train_val.prototxt", weights, f"--iterations={batches}"]
    output = command(out, *test, log=out / "test.log")
    accuracy = float(re.findall(r"\] accuracy = (\S+)", output)[-1])

    command(out, "plot", "run.jsonl", "-o", "curves.png")
    tested = min(held_back, 100 * batches)
    print(f"\naccuracy on {tested} test images: {accuracy:.3f}; everything is in {out}")
    return accuracy


if __name__ == "__main__":
    main()
