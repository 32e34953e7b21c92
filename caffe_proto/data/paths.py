"""Where a path of a prototxt is looked up."""

from __future__ import annotations

from pathlib import Path

from caffe_proto.errors import DataError, did_you_mean

__all__ = ["find_path"]


def find_path(name: str, directory: Path | None, what: str) -> Path:
    """The file or folder ``name``: from the working directory, as Caffe looks it up, or else
    beside the prototxt, in ``directory``.

    ``what`` says what the file is. Raises :class:`DataError` that lists all places tried.
    """
    if not name:
        raise DataError(f"{what} is not given. Expected: a path")
    if "\0" in name:
        raise DataError(f"{what} {name!r} is no path: it has a zero byte")
    places = list(dict.fromkeys(Path(base, name) for base in (Path.cwd(), directory) if base))
    for place in places:
        try:
            place.stat()
        except FileNotFoundError:
            continue
        except OSError as fault:
            # There, but closed (or a part of the path is no folder): the first place counts.
            if isinstance(fault, NotADirectoryError):
                continue
            raise DataError(f"{what} {place}: {fault.strerror or fault}") from None
        return place
    tried = ", ".join(str(place) for place in places)
    raise DataError(f'{what} "{name}" is missing. Tried: {tried}{_near(places)}')


def _near(places: list[Path]) -> str:
    for place in places:
        try:
            names = [entry.name for entry in place.parent.iterdir()]
        except OSError:
            continue
        hint = did_you_mean(place.name, names)
        if hint:
            return hint
    return ""
