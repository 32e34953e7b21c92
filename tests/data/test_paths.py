"""Where paths are looked up, and how a missing one is reported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from caffe_proto.data.paths import find_path
from caffe_proto.errors import DataError


def test_an_absolute_path_has_one_place(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        find_path(str(tmp_path / "no"), tmp_path, "source")
    assert str(caught.value).count(str(tmp_path / "no")) == 2  # as given, and the one place tried


def test_without_a_folder_only_the_working_directory_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").touch()
    assert find_path("list", None, "source").samefile(tmp_path / "list")


@pytest.mark.parametrize("name, words", [("", "source is not given"), ("a\0b", "zero byte")])
def test_no_path_at_all(name: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        find_path(name, None, "source")


def test_a_file_in_the_place_of_a_folder_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "db").touch()
    beside = tmp_path / "nets"
    (beside / "db").mkdir(parents=True)
    (beside / "db" / "x").touch()
    monkeypatch.chdir(tmp_path)
    assert find_path("db/x", beside, "source") == beside / "db" / "x"


def test_a_closed_folder_is_reported_as_such(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is closed to root")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    try:
        with pytest.raises(DataError, match="Permission denied"):
            find_path(str(closed / "x"), None, "source")
    finally:
        closed.chmod(0o700)
