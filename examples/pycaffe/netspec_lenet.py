"""LeNet written in Python with NetSpec, and read back as a net.

caffe-proto python examples/pycaffe/netspec_lenet.py
"""

# ruff: noqa: C408 -- dict(...) is how settings are written in a NetSpec

import tempfile

import caffe
from caffe import layers as L
from caffe import params as P
from caffe.proto import caffe_pb2
from google.protobuf import text_format


def lenet(data, label, width=20):
    """The layers of LeNet from the tops ``data`` and ``label`` on; ``width`` filters in conv1."""
    n = caffe.NetSpec()
    n.data, n.label = data, label
    learned = dict(
        weight_filler=dict(type="xavier"), param=[dict(lr_mult=1), dict(lr_mult=2, decay_mult=0)]
    )
    n.conv1 = L.Convolution(n.data, kernel_size=5, num_output=width, **learned)
    n.pool1 = L.Pooling(n.conv1, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    n.conv2 = L.Convolution(n.pool1, kernel_size=5, num_output=width * 5 // 2, **learned)
    n.pool2 = L.Pooling(n.conv2, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    n.ip1 = L.InnerProduct(n.pool2, num_output=width * 25, **learned)
    n.relu1 = L.ReLU(n.ip1, in_place=True)
    n.ip2 = L.InnerProduct(n.relu1, num_output=10, **learned)
    n.loss = L.SoftmaxWithLoss(n.ip2, n.label)
    n.accuracy = L.Accuracy(n.ip2, n.label, include=dict(phase=caffe.TEST))
    return n.to_proto()


def main():
    data, label = L.DummyData(
        shape=[dict(dim=[64, 1, 28, 28]), dict(dim=[64])],
        data_filler=[dict(type="gaussian", std=1), dict(type="constant", value=3)],
        ntop=2,
    )
    net_param = lenet(data, label)
    again = text_format.Merge(str(net_param), caffe_pb2.NetParameter())
    print("reads back equal:", again == net_param)

    with tempfile.NamedTemporaryFile("w", suffix=".prototxt") as prototxt:
        prototxt.write(str(net_param))
        prototxt.flush()
        net = caffe.Net(prototxt.name, caffe.TEST)
    for name, blob in net.blobs.items():
        if "split" not in name:
            print(f"{name:10}{tuple(blob.data.shape)}")
    count = sum(p.count for params in net.params.values() for p in params)
    print(f"{count} parameters in {list(net.params)}")


if __name__ == "__main__":
    main()
