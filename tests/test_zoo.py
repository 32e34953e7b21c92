"""Public nets: what becomes of each is written down, and true."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: The only nets that do not build although all their types and fields are known, with the reason.
BROKEN = {
    "intel+caffe/models/intel_optimized_models/VNet/test_noPooling_ResNet_cinque.prototxt": (
        "has a PReLU over 5 axes, which BVLC Caffe refuses too"
    ),
    "soeaver+caffe-model/det/rfcn/models/coco/resnext101-32x4d/"
    "deploy_rfcn_coco_resnext101-32x4d-merge.prototxt": "reshapes 81 classes to 21",
    "opencv+open_model_zoo/models/intel/semantic-segmentation-adas-0001/"
    "semantic-segmentation-adas-0001.prototxt": "its Interp rounds otherwise than PSPNet's",
}


@pytest.fixture(scope="module")
def make_zoo() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_zoo", ROOT / "docs" / "make_zoo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_zoo"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def verdicts(make_zoo: Any, reference: Path) -> dict[str, Any]:
    return make_zoo.examine_all(reference / "zoo")


def test_every_net_of_known_types_builds(make_zoo: Any, verdicts: dict[str, Any]) -> None:
    broken = {name for name, verdict in verdicts.items() if verdict.status == make_zoo.BROKEN}
    assert broken == set(BROKEN)


def test_every_field_is_known(make_zoo: Any, verdicts: dict[str, Any]) -> None:
    assert not [name for name, v in verdicts.items() if v.status == make_zoo.MISSING_FIELD]


def test_the_document_is_current(make_zoo: Any, verdicts: dict[str, Any]) -> None:
    assert (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8") == make_zoo.document(verdicts)
