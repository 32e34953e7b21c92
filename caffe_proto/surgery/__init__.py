"""Nets into nets: fold BatchNorm, deploy, rename, prune, make fully convolutional.

Every operation takes a net and returns a new one; ``net.definition`` is its prototxt
(``caffe_proto.to_prototxt``), ``net.save`` writes its weights. The net given is not changed.
"""

from caffe_proto.surgery.convolutional import fully_convolutional
from caffe_proto.surgery.deploy import deploy
from caffe_proto.surgery.fold import fold_batchnorm
from caffe_proto.surgery.prune import prune
from caffe_proto.surgery.rename import rename

__all__ = ["deploy", "fold_batchnorm", "fully_convolutional", "prune", "rename"]
