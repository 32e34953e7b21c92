"""``python -m caffe_proto``: the command, where its script is not on the path."""

from __future__ import annotations

from caffe_proto.cli import main

if __name__ == "__main__":
    main()
