"""Net surgery: LeNet's inner products become convolutions, and it reads a whole line of digits.

    caffe-proto python examples/pycaffe/net_surgery.py

An inner product over a 4x4 plane is a convolution with a 4x4 kernel: the same numbers, laid out
the same way. As convolutions they slide, and the net answers for every place of a larger picture.
"""

import tempfile
from pathlib import Path

import caffe
import numpy as np
from caffe.proto import caffe_pb2
from google.protobuf import text_format

LENET = Path(__file__).resolve().parent.parent / "lenet"


def convolutional(definition, side):
    """A copy of the net in which ip1 (over ``side`` x ``side`` planes) and ip2 convolve."""
    net = caffe_pb2.NetParameter()
    net.CopyFrom(definition)
    for layer in net.layer:
        layer.bottom[:] = [name.replace("ip", "conv_ip") for name in layer.bottom]
        layer.top[:] = [name.replace("ip", "conv_ip") for name in layer.top]
        if layer.type != "InnerProduct":
            continue
        layer.name = "conv_" + layer.name
        layer.type = "Convolution"
        layer.convolution_param.num_output = layer.inner_product_param.num_output
        layer.convolution_param.kernel_size.append(side if layer.name == "conv_ip1" else 1)
        layer.ClearField("inner_product_param")
    return net


def main():
    caffe.set_mode_cpu()
    weights = str(LENET / "lenet.caffemodel")
    net = caffe.Net(str(LENET / "lenet.prototxt"), weights, caffe.TEST)
    definition = caffe_pb2.NetParameter()
    text_format.Merge((LENET / "lenet.prototxt").read_text(), definition)
    side = net.blobs["pool2"].width

    with tempfile.TemporaryDirectory() as folder:
        prototxt, saved = Path(folder, "full.prototxt"), Path(folder, "full.caffemodel")
        prototxt.write_text(str(convolutional(definition, side)))
        # conv1 and conv2 have kept their names, so they find their weights.
        full = caffe.Net(str(prototxt), weights, caffe.TEST)
        for name in ("ip1", "ip2"):
            for old, new in zip(net.params[name], full.params["conv_" + name], strict=True):
                new.data.flat = old.data.flat
                print(f"{name}: {old.data.shape} -> {new.data.shape}")
        full.save(str(saved))
        full = caffe.Net(str(prototxt), caffe.TEST, weights=str(saved))

    with np.load(LENET / "digits.npz") as archive:
        chosen = archive["test"][:8]
        digits, labels = archive["images"][chosen] / 256.0, archive["labels"][chosen]
    line = np.concatenate(list(digits), axis=1)
    full.blobs["data"].reshape(1, 1, *line.shape)
    full.blobs["data"].data[...] = line
    answers = full.forward()["prob"][0, :, 0]
    # The net's stride is 4: a digit of 28 pixels begins at every seventh place.
    read = answers[:, ::7].argmax(axis=0)
    print(f"a line of {line.shape[1]} pixels gives answers of the shape {answers.shape}")
    print("read:   ", *read)
    print("written:", *labels)
    return read, labels


if __name__ == "__main__":
    main()
