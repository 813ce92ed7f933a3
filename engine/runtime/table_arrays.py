"""Arrays in files: NPY and NPZ of numpy, IDX of MNIST. They are mapped where the file is not packed."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from functools import lru_cache
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO, cast

import numpy as np

from engine.catalogue.files import IdxFile, NpyFile, NpzFile
from engine.design.error import DesignError
from engine.files.store import reason
from engine.runtime.reading import LARGEST_FILE, plain
from engine.runtime.tabular import MOST_CLASSES, Numbers, Table, is_held, stamp

OBJECTS = "it holds Python objects, which could run code"
INSTEAD = "save a plain array of numbers with numpy.save"
DAMAGED = "it is damaged, or shorter than it says"

_BAD = (
    ValueError, TypeError, OverflowError, OSError, EOFError, MemoryError, RecursionError, SyntaxError, TokenError,
    zlib.error, zipfile.BadZipFile, NotImplementedError, KeyError, struct.error,
)  # fmt: skip
"""What damaged files make numpy, zipfile and struct raise."""


@lru_cache(maxsize=2)
def npy_table(chosen: NpyFile, *_: int) -> Table:
    """An array, not read but mapped: only the rows that are used come from the disk. Raises DesignError."""
    x, name = _npy(chosen.path), Path(chosen.path).name
    if not chosen.target_path.strip():
        return joined(name, x, None)
    return joined(name, x, _npy(chosen.target_path), Path(chosen.target_path).name)


def joined(name: str, x: Numbers, y: Numbers | None, other: str = "") -> Table:
    """Features and targets as a table; `name` and `other` say where they come from. Raises DesignError."""
    flat = x.ndim <= 2
    x = x.reshape(len(x), -1) if x.ndim == 1 else x
    names = tuple(f"column {n}" for n in range(1, x.shape[1] + 1)) if x.ndim == 2 else ()
    if y is None:
        return Table(name, x, None, names, (), flat)
    if len(y) != len(x):
        raise DesignError(
            f"{name} has {len(x):,} rows and {other} has {len(y):,} targets; they need equally many"
        )
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    whole = y.dtype.kind in "iub"
    different = np.unique(y) if whole else y[:0]
    if whole and len(different) <= MOST_CLASSES:
        return Table(name, x, np.searchsorted(different, y).astype(np.int64), names,
                     tuple(map(str, different.tolist())), flat)  # fmt: skip
    if not is_held(y).all():
        row = int(np.argwhere(~is_held(y))[0][0])
        raise DesignError(f"{other}, row {row + 1:,}: the value to predict is not a finite number of float32; "
                          "fill it in or remove the row")  # fmt: skip
    return Table(name, x, y.astype(np.float32), names, (), flat)


def _need_numbers(found: Numbers, name: str) -> Numbers:
    if found.dtype.kind not in "fiub":
        raise DesignError(f"{name} holds {found.dtype}; an array of numbers is needed")
    if found.ndim == 0 or not found.size:
        raise DesignError(
            f"{name} has the shape {list(found.shape)}; the first dimension has to count rows"
        )
    return found


# --- NPY ---------------------------------------------------------------------------------------------------------


def _npy(path: str) -> Numbers:
    name = Path(path).name
    stamp(path, "NPY file")
    _need_npy(path, name)
    try:
        # Never numpy.load, which also opens archives and pickles.
        array: Any = np.lib.format.open_memmap(path, mode="r")
    except _BAD as error:
        why = OBJECTS if "Python objects" in str(error) else DAMAGED
        raise DesignError(f"{name} cannot be read: {why}; {INSTEAD}") from None
    return _need_numbers(cast(Numbers, array), name)


def _start(path: str, name: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(6)
    except OSError as error:
        raise DesignError(f"{name} cannot be read: {reason(error)}") from None


def _need_npy(path: str, name: str) -> None:
    """Raises DesignError for a file that does not begin as one of numpy does."""
    start = _start(path, name)
    if start.startswith(b"PK\x03\x04"):
        raise DesignError(f"{name} is an archive of several arrays (NPZ) or of other files; choose it as NPZ archive, "
                          "or save one array with numpy.save")  # fmt: skip
    if start.startswith(b"\x80"):
        raise DesignError(f"{name} cannot be read: {OBJECTS}; {INSTEAD}")
    if start != b"\x93NUMPY":
        raise DesignError(f"{name} cannot be read: it is no NPY file; {INSTEAD}")


# --- NPZ ---------------------------------------------------------------------------------------------------------

FEATURES = ("x", "X", "data", "features", "images", "x_train", "X_train", "arr_0")
TARGETS = ("y", "Y", "target", "targets", "labels", "label", "y_train", "Y_train", "arr_1")
"""What arrays are usually called."""


@lru_cache(maxsize=2)
def npz_table(chosen: NpzFile, changed: int, size: int) -> Table:
    """Two arrays of an archive. Raises DesignError with the names there are."""
    path, name = Path(chosen.path), Path(chosen.path).name
    if not _start(chosen.path, name).startswith(b"PK"):
        raise DesignError(
            f"{name} cannot be read: it is no archive of numpy; save the arrays with numpy.savez"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = {each.filename.removesuffix(".npy"): each for each in archive.infolist()
                       if each.filename.endswith(".npy")}  # fmt: skip
            x_name = _named(chosen.x, FEATURES, members, name)
            rest = {key: each for key, each in members.items() if key != x_name}
            y_name = _named(chosen.y, TARGETS, rest, name) if chosen.y.strip() else next(
                (key for key in TARGETS if key in rest), "")  # fmt: skip
            x = _need_numbers(_member(path, archive, members[x_name]), f"{name}, array {x_name}")
            y = (
                _need_numbers(_member(path, archive, members[y_name]), f"{name}, array {y_name}")
                if y_name
                else None
            )
    except _BAD as error:
        why = OBJECTS if "Python objects" in str(error) or "allow_pickle" in str(error) else DAMAGED
        raise DesignError(
            f"{name} cannot be read: {why}; save plain arrays with numpy.savez"
        ) from None
    return joined(f"{name}, array {x_name}", x, y, f"array {y_name}")


def _named(asked: str, usual: tuple[str, ...], members: dict[str, Any], file: str) -> str:
    if asked.strip() and asked in members:
        return asked
    if not asked.strip():
        known = next((key for key in usual if key in members), "")
        if known or len(members) == 1:
            return known or next(iter(members))
    there = ", ".join(plain(key) for key in list(members)[:12]) or "no arrays"
    what = f"no array `{plain(asked)[:80]}`" if asked.strip() else "no array with a usual name"
    raise DesignError(f"{file} has {what}; it has {there}")


def _member(path: Path, archive: zipfile.ZipFile, about: zipfile.ZipInfo) -> Numbers:
    """One array: mapped where it lies in the archive unpacked, read otherwise. Never unpickled."""
    if about.compress_type == zipfile.ZIP_STORED:
        with path.open("rb") as file:
            file.seek(about.header_offset)
            local = file.read(30)
            if len(local) < 30 or local[:4] != b"PK\x03\x04":
                raise ValueError("no entry where the directory says")
            letters, extra = struct.unpack("<HH", local[26:30])
            file.seek(about.header_offset + 30 + letters + extra)
            return _mapped(file, path)
    if about.file_size > LARGEST_FILE * 8:
        raise DesignError(f"{path.name} unpacks to {about.file_size:,} bytes; save it with numpy.savez, not "
                          "compressed, and it is mapped instead")  # fmt: skip
    with archive.open(about) as packed:
        return cast(
            Numbers, np.lib.format.read_array(io.BytesIO(packed.read()), allow_pickle=False)
        )


def _mapped(file: BinaryIO, path: Path) -> Numbers:
    """The array whose header begins at the file's place."""
    version = np.lib.format.read_magic(file)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("Python objects")
    order = "F" if fortran else "C"
    return cast(Numbers, np.memmap(path, dtype, "r", file.tell(), shape, order))


# --- IDX ---------------------------------------------------------------------------------------------------------

IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


@lru_cache(maxsize=2)
def idx_table(path: str, labels: str, *_: int) -> Table:
    """Pictures and their labels. Raises DesignError."""
    x = idx_array(path)
    if x.ndim == 3:
        x = x[:, None]
    return joined(Path(path).name, x, idx_array(labels), Path(labels).name)


def labels_of(chosen: IdxFile) -> str:
    """Where the labels lie. Raises DesignError when none are named, and none lie beside the pictures."""
    return chosen.target_path.strip() or _labels_beside(chosen.path)


def _labels_beside(path: str) -> str:
    """`train-images-idx3-ubyte` goes with `train-labels-idx1-ubyte`."""
    pictures = Path(path)
    name = re.sub("images", "labels", re.sub(r"idx\d", "idx1", pictures.name))
    for each in (name, name.removesuffix(".gz"), f"{name}.gz"):
        if each != pictures.name and (pictures.parent / each).is_file():
            return str(pictures.parent / each)
    raise DesignError(
        f"there are no labels beside {pictures.name}: {name} is not there; name the file of labels"
    )


def idx_array(path: str) -> Numbers:
    """The array of an IDX file, mapped, or read where it is gzipped. Raises DesignError."""
    return _idx(path, *stamp(path, "IDX file"))


@lru_cache(maxsize=4)
def _idx(path: str, changed: int, size: int) -> Numbers:
    name = Path(path).name
    packed = _start(path, name).startswith(b"\x1f\x8b")
    try:
        with gzip.open(path, "rb") if packed else Path(path).open("rb") as file:
            return _need_numbers(_idx_from(cast(BinaryIO, file), path, packed, size), name)
    except DesignError:
        raise
    except _BAD:
        raise DesignError(f"{name} cannot be read: {DAMAGED}; copy it again") from None


def _idx_from(file: BinaryIO, path: str, packed: bool, size: int) -> Numbers:
    magic = file.read(4)
    dtype = IDX_TYPES.get(magic[2]) if len(magic) == 4 and magic[:2] == b"\0\0" else None
    if dtype is None:
        raise DesignError(
            f"{Path(path).name} cannot be read: it is no IDX file, as it does not begin like one"
        )
    shape = struct.unpack(f">{magic[3]}I", file.read(4 * magic[3]))
    count = prod(shape) * np.dtype(dtype).itemsize
    if not packed:
        if file.tell() + count > size:
            raise ValueError("shorter than it says")
        return cast(Numbers, np.memmap(path, dtype, "r", file.tell(), shape))
    if count > LARGEST_FILE * 8:
        raise DesignError(
            f"{Path(path).name} unpacks to {count:,} bytes; unpack it first, and it is mapped instead"
        )
    raw = file.read(count)
    if len(raw) < count:
        raise ValueError("shorter than it says")
    return np.frombuffer(raw, dtype).reshape(shape)
