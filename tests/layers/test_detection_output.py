from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from caffe_proto.layers import detection_files
from caffe_proto.layers.detection_files import to_pixels
from caffe_proto.layers.detection_output import DetectionOutput
from caffe_proto.schema import caffe_pb2
from tests.layers.gradients import declare_inputs

# Four priors side by side, each a quarter of the image.
PRIORS = np.array([[i / 4, 0.0, (i + 1) / 4, 1.0] for i in range(4)], np.float32)


def layer(settings: str) -> str:
    return f"""
    layer {{ name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior"
             top: "found" detection_output_param {{ {settings} }} }}
    """


def inputs(scores: object, loc: object = None) -> dict[str, Array]:
    """Inputs for scores ``(N, 4, K)``: boxes are the priors unless ``loc`` says otherwise."""
    conf = np.asarray(scores, np.float32)
    images = len(conf)
    prior = np.stack([PRIORS.ravel(), np.full(16, 0.1, np.float32)])[None]
    moves = np.zeros((images, 16), np.float32) if loc is None else np.asarray(loc, np.float32)
    return {"loc": moves, "conf": conf.reshape(images, -1), "prior": prior}


def detect(settings: str, values: dict[str, Array]) -> Array:
    net = cp.build_net(declare_inputs(layer(settings), values))
    top = net.forward(**values)["found"]
    assert top.shape[:2] == (1, 1)
    return top[0, 0]


def test_rows_say_image_label_score_and_box() -> None:
    scores = np.zeros((2, 4, 2))
    scores[1, 2, 1] = 0.75
    rows = detect("num_classes: 2 confidence_threshold: 0.5", inputs(scores))
    np.testing.assert_allclose(rows, [[1, 1, 0.75, 0.5, 0, 0.75, 1]], atol=1e-6)


def test_priors_of_the_first_item_count() -> None:
    scores = np.zeros((1, 4, 2))
    scores[0, 2, 1] = 0.75
    values = inputs(scores)
    values["prior"] = np.concatenate([values["prior"], values["prior"] * 0 + 0.3])
    rows = detect("num_classes: 2 confidence_threshold: 0.5", values)
    np.testing.assert_allclose(rows, [[0, 1, 0.75, 0.5, 0, 0.75, 1]], atol=1e-6)


def test_rows_are_grouped_by_label_even_after_keep_top_k() -> None:
    scores = np.zeros((1, 4, 3))
    scores[0, :, 1] = [0.9, 0.2, 0.6, 0.1]
    scores[0, :, 2] = [0.7, 0.8, 0.3, 0.1]
    rows = detect("num_classes: 3 keep_top_k: 4", inputs(scores))
    assert rows[:, 1].tolist() == [1, 1, 2, 2]
    np.testing.assert_allclose(rows[:, 2], [0.9, 0.6, 0.8, 0.7])


def test_top_k_limits_the_candidates_of_a_class() -> None:
    scores = np.zeros((1, 4, 2))
    scores[0, :, 1] = [0.1, 0.2, 0.3, 0.4]
    rows = detect("num_classes: 2 nms_param { top_k: 2 }", inputs(scores))
    np.testing.assert_allclose(rows[:, 2], [0.4, 0.3])


def test_nothing_found_gives_a_row_of_minus_one_an_image() -> None:
    rows = detect("num_classes: 2 confidence_threshold: 0.5", inputs(np.zeros((3, 4, 2))))
    assert rows.tolist() == [[n, -1, -1, -1, -1, -1, -1] for n in range(3)]


def test_keeping_none_finds_nothing() -> None:
    rows = detect("num_classes: 2 keep_top_k: 0", inputs(np.ones((1, 4, 2))))
    assert rows.tolist() == [[0, -1, -1, -1, -1, -1, -1]]


def test_every_class_but_the_background_is_sought() -> None:
    scores = np.zeros((1, 4, 3))
    scores[0, 0] = [0.9, 0.8, 0.7]
    rows = detect("num_classes: 3 background_label_id: 1 confidence_threshold: 0.1", inputs(scores))
    assert rows[:, 1].tolist() == [0, 2]


def test_a_score_at_the_threshold_is_not_enough() -> None:
    scores = np.full((1, 4, 2), 0.5)
    rows = detect("num_classes: 2 confidence_threshold: 0.5", inputs(scores))
    assert rows[0, 1] == -1


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", "num_classes"),
        ("num_classes: 2 nms_param { nms_threshold: -1 }", "nms_threshold"),
        ("num_classes: 2 nms_param { eta: 0 }", "eta"),
        ("num_classes: 2 nms_param { eta: 1.5 }", "eta"),
        ("num_classes: 2 background_label_id: -1", "share_location: false"),
        ("num_classes: 3", r"confidences of shape \(1, 8\) do not fit 4 priors"),
        ("num_classes: 2 share_location: false", "locations of shape"),
    ],
)
def test_settings_that_do_not_fit(settings: str, words: str) -> None:
    values = inputs(np.zeros((1, 4, 2)))
    with pytest.raises(cp.LayerError, match=words):
        cp.build_net(declare_inputs(layer(settings), values))


def test_bottoms_that_do_not_fit_each_other() -> None:
    values = inputs(np.zeros((2, 4, 2)))
    values["loc"] = values["loc"][:1]
    with pytest.raises(cp.LayerError, match="number of images"):
        cp.build_net(declare_inputs(layer("num_classes: 2"), values))
    values = inputs(np.zeros((1, 4, 2)))
    values["prior"] = values["prior"][:, :1]
    with pytest.raises(cp.LayerError, match="priors must have the shape"):
        cp.build_net(declare_inputs(layer("num_classes: 2"), values))


def test_a_prior_without_size_is_named() -> None:
    values = inputs(np.ones((1, 4, 2)))
    values["prior"][0, 0, 4:8] = 0.5
    with pytest.raises(cp.LayerError, match="prior 1 has no size"):
        detect("num_classes: 2 code_type: CENTER_SIZE", values)


def test_what_is_not_done_is_said() -> None:
    text = declare_inputs(
        layer('num_classes: 2 visualize: true save_output_param { output_directory: "out" }'),
        inputs(np.zeros((1, 4, 2))),
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cp.build_net(text)
    said = " ".join(str(w.message) for w in caught)
    assert "visualize is ignored" in said
    assert "allow_files" in said


# -- result files ----------------------------------------------------------------------------


def net_that_saves(folder: Path, form: str, more: str = "") -> tuple[cp.Net, dict[str, Array]]:
    labels = folder / "labels.prototxt"
    labels.write_text(
        'item { name: "none" label: 0 } item { name: "17" label: 1 } item { name: "cat" label: 2 }'
    )
    sizes = folder / "sizes.txt"
    sizes.write_text("first 100 200\n000002 50 40\n")
    values = inputs(np.zeros((2, 4, 3)))
    values["conf"].reshape(2, 4, 3)[0, 1, 1] = 0.75
    values["conf"].reshape(2, 4, 3)[1, 3, 2] = 0.5
    save = f"""
        output_directory: "{folder / "nowhere"}" output_name_prefix: "det_" output_format: "{form}"
        label_map_file: "{labels}" name_size_file: "{sizes}" {more}
    """
    settings = f"num_classes: 3 confidence_threshold: 0.1 save_output_param {{ {save} }}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cp.build_net(declare_inputs(layer(settings), values)), values


def saved(folder: Path, form: str) -> dict[str, str]:
    net, values = net_that_saves(folder, form)
    found = net.layer("out")
    assert isinstance(found, DetectionOutput)
    target = folder / "results"
    found.allow_files(target)
    net.forward(**values)
    assert not (folder / "nowhere").exists()
    return {path.name: path.read_text() for path in target.iterdir()}


def test_files_are_written_only_where_allowed(tmp_path: Path) -> None:
    net, values = net_that_saves(tmp_path, "VOC")
    net.forward(**values)
    assert not (tmp_path / "nowhere").exists()


def test_voc_files(tmp_path: Path) -> None:
    assert saved(tmp_path, "VOC") == {
        "det_17.txt": "first 0.75 50 0 100 100\n",
        "det_cat.txt": "000002 0.5 30 0 40 50\n",
    }


def test_ilsvrc_file(tmp_path: Path) -> None:
    assert saved(tmp_path, "ILSVRC") == {
        "det_.txt": "first 1 0.75 50 0 100 100\n000002 2 0.5 30 0 40 50\n"
    }


def test_coco_file(tmp_path: Path) -> None:
    (text,) = saved(tmp_path, "COCO").values()
    assert json.loads(text) == [
        {"image_id": "first", "category_id": 17, "bbox": [50, 0, 50, 100], "score": 0.75},
        {"image_id": 2, "category_id": "cat", "bbox": [30, 0, 10, 50], "score": 0.5},
    ]


def test_faults_of_the_files_are_named(tmp_path: Path) -> None:
    def allow(form: str, more: str = "") -> None:
        found = net_that_saves(tmp_path, form, more)[0].layer("out")
        assert isinstance(found, DetectionOutput)
        found.allow_files(tmp_path)

    with pytest.raises(cp.LayerError, match='output_format "XML" is unknown'):
        allow("XML")
    with pytest.raises(cp.LayerError, match="num_test_image is 3"):
        allow("VOC", "num_test_image: 3")
    (tmp_path / "labels.prototxt").chmod(0o644)
    net, _ = net_that_saves(tmp_path, "VOC")
    found = net.layer("out")
    assert isinstance(found, DetectionOutput)
    (tmp_path / "sizes.txt").write_text("first 100\n")
    with pytest.raises(cp.LayerError, match="name height width"):
        found.allow_files(tmp_path)
    (tmp_path / "sizes.txt").write_text("first 100 200 second 1 1")
    (tmp_path / "labels.prototxt").write_text('item { name: "../x" label: 1 }')
    with pytest.raises(cp.LayerError, match="label 2 is not in label_map_file"):
        found.allow_files(tmp_path)
    (tmp_path / "labels.prototxt").write_text(
        'item { name: "../x" label: 1 } item { name: "y" label: 2 }'
    )
    with pytest.raises(cp.LayerError, match="cannot be part of a file name"):
        found.allow_files(tmp_path)
    (tmp_path / "labels.prototxt").write_text("item { label: 1 } item { label: 1 }")
    with pytest.raises(cp.LayerError, match="label 1 twice"):
        found.allow_files(tmp_path)
    (tmp_path / "labels.prototxt").unlink()
    with pytest.raises(cp.LayerError, match="No such file"):
        found.allow_files(tmp_path)


def test_files_need_their_settings() -> None:
    net = cp.build_net(declare_inputs(layer("num_classes: 2"), inputs(np.zeros((1, 4, 2)))))
    found = net.layer("out")
    assert isinstance(found, DetectionOutput)
    with pytest.raises(cp.LayerError, match="label_map_file"):
        found.allow_files("somewhere")


# -- back to pixels --------------------------------------------------------------------------

BOX = np.array([[0.25, 0.4, 0.75, 1.2]], np.float32)


def test_a_stretched_image_scales_back() -> None:
    pixels, area = to_pixels(BOX, (100, 200), None)
    np.testing.assert_allclose(pixels, [[50, 40, 150, 100]], rtol=1e-6)
    np.testing.assert_allclose(area, 101 * 61)


def test_padding_is_taken_off() -> None:
    resize = caffe_pb2.ResizeParameter(
        resize_mode=detection_files.FIT_LARGE_SIZE_AND_PAD, height=100, width=100
    )
    # An image twice as wide as high fills the middle half of a square.
    pixels, _ = to_pixels(np.array([[0, 0.25, 1, 0.5]], np.float32), (100, 200), resize)
    np.testing.assert_allclose(pixels, [[0, 0, 200, 50]], atol=1e-4)
    pixels, _ = to_pixels(np.array([[0.25, 0, 0.5, 1]], np.float32), (200, 100), resize)
    np.testing.assert_allclose(pixels, [[0, 0, 50, 200]], atol=1e-4)


def test_fixed_factors_scale_and_cut() -> None:
    resize = caffe_pb2.ResizeParameter(
        resize_mode=detection_files.FIT_SMALL_SIZE, height_scale=300, width_scale=400
    )
    pixels, area = to_pixels(BOX, (200, 250), resize)
    np.testing.assert_allclose(pixels, [[100, 120, 250, 200]], rtol=1e-6)
    np.testing.assert_allclose(area, 150 * 80, rtol=1e-6)
