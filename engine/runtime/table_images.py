"""A folder of images by class. Pictures are decoded when they are needed, and kept where all of them fit."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.catalogue.files import ImageFolder
from engine.design.error import DesignError
from engine.files.store import reason
from engine.runtime.reading import plain
from engine.runtime.tabular import MOST_CLASSES, Numbers, Table

ENDINGS = frozenset(
    (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
)

KEPT_BYTES = 2**30
"""Decoded pictures up to so many bytes together stay in memory."""

_BAD = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError,
)  # fmt: skip
"""What damaged pictures make Pillow raise."""

MOST_PIXELS = 100_000_000
"""Of one picture; a small file may claim more than any memory holds."""


def image_table(chosen: ImageFolder) -> Table:
    """The pictures of a folder, one class for each folder in it. Raises DesignError."""
    if not chosen.path.strip():
        raise DesignError("no folder of images is chosen yet; choose one")
    folder = Path(chosen.path)
    try:
        found = {
            each.name: sorted(file.name for file in each.iterdir() if _is_picture(file))
            for each in sorted(folder.iterdir()) if each.is_dir() and not each.name.startswith(".")
        }  # fmt: skip
        changed = tuple(
            (folder / name / file).stat().st_mtime_ns for name in found for file in found[name]
        )
        loose = any(_is_picture(each) for each in folder.iterdir())
    except OSError as error:
        raise DesignError(f"{plain(str(folder))} cannot be read: {reason(error)}") from None
    found = {name: files for name, files in found.items() if files}
    if not found:
        why = (
            "pictures lie in it, but not in folders by class"
            if loose
            else "no folder with pictures lies in it"
        )
        raise DesignError(
            f"{plain(folder.name)}: {why}; make a folder for each class and put its pictures there"
        )
    if len(found) > MOST_CLASSES:
        raise DesignError(
            f"{plain(folder.name)} has {len(found):,} folders, and {MOST_CLASSES:,} classes are the most"
        )
    files = tuple(f"{name}/{file}" for name, names in found.items() for file in names)
    y = np.repeat(np.arange(len(found)), [len(names) for names in found.values()])
    x = cast(Numbers, _pictures(folder, files, chosen.size, chosen.colours, hash(changed)))
    names = tuple(plain(name) for name in found)
    return Table(plain(folder.name), x, y.astype(np.int64), (), names, False)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


class Pictures:
    """Looks like an array uint8 [pictures, channels, size, size] to those who ask for rows of it."""

    ndim = 4
    dtype = np.dtype(np.uint8)

    def __init__(self, folder: Path, files: tuple[str, ...], size: int, colours: bool) -> None:
        self._folder, self._files = folder, files
        self.shape = (len(files), 3 if colours else 1, size, size)
        # Memory of an empty array is taken only where something is written into it.
        fits = int(np.prod(self.shape)) <= KEPT_BYTES
        self._kept = np.empty(self.shape, np.uint8) if fits else None
        self._is_kept = np.zeros(len(files), bool)

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, places: Any) -> Numbers:
        """Rows by a slice or an array of places. Raises DesignError with the name of a file that is no picture."""
        wanted = np.arange(len(self))[places]
        if self._kept is None:
            return np.stack([self._decoded(place) for place in np.atleast_1d(wanted).tolist()])
        for place in wanted[~self._is_kept[wanted]].tolist():
            self._kept[place] = self._decoded(place)
            self._is_kept[place] = True
        return self._kept[wanted]

    def _decoded(self, place: int) -> Numbers:
        name, (channels, height, width) = self._files[place], self.shape[1:]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(self._folder / name) as picture:
                    if picture.width * picture.height > MOST_PIXELS:
                        raise DesignError(
                            f"{plain(name)} has {picture.width:,} × {picture.height:,} pixels, more than "
                            f"{MOST_PIXELS:,}; make it smaller"
                        )
                    turned = ImageOps.exif_transpose(picture)
                    fitted = ImageOps.fit(
                        turned.convert("RGB" if channels == 3 else "L"),
                        (width, height),
                        Image.Resampling.BILINEAR,
                    )
        except FileNotFoundError:
            raise DesignError(
                f"{plain(name)} is not there any more; put it back, or choose the folder anew"
            ) from None
        except _BAD as error:
            why = reason(error) if isinstance(error, PermissionError) else "it is no whole picture"
            raise DesignError(
                f"{plain(name)} cannot be read: {why}; copy it again, or take it out"
            ) from None
        return np.asarray(fitted, np.uint8).reshape(height, width, channels).transpose(2, 0, 1)


@lru_cache(maxsize=1)
def _pictures(
    folder: Path, files: tuple[str, ...], size: int, colours: bool, changed: int
) -> Pictures:
    """The same pictures are decoded once, not for every request; `changed` says that some are others now."""
    return Pictures(folder, files, size, colours)
