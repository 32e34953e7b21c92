"""Files of public repositories, forks' included: the schema has a name for everything in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format
from google.protobuf.message import Message

from caffe_proto.prototxt.upgrade import net_needs_upgrade, upgrade_net
from caffe_proto.schema import LabelMap, NetParameter, SolverParameter


def read(text: str) -> Message | str:
    """The message that the text is, or why it is none."""
    refused = []
    for kind in (NetParameter, SolverParameter, LabelMap):
        try:
            return text_format.Parse(text, kind())
        except text_format.ParseError as error:
            refused.append(str(error))
    return refused[0]


@pytest.mark.slow
@pytest.mark.reference
def test_every_file_can_be_read_and_upgraded(reference: Path) -> None:
    paths = sorted((reference / "zoo").rglob("*.prototxt"))
    assert len(paths) > 100
    refused = []
    for path in paths:
        message = read(path.read_text(errors="replace"))
        if isinstance(message, str):
            refused.append(f"{path.name}: {message}")
        elif isinstance(message, NetParameter):
            report = upgrade_net(message)
            assert report.fully_compatible, path
            assert not message.layers, path
            assert not message.input, path
            if not report.upgraded:
                assert not net_needs_upgrade(message), path
    assert not refused
