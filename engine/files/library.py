"""Blocks that a person keeps for later: project files in a folder, each named as the block is.

What stands in the folder may be anybody's, so each file is read as any project is; one that is no project is listed
with the reason and left where it is.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from engine.design.error import DesignError
from engine.design.tree import Network
from engine.design.value import replace, value
from engine.files import store
from engine.files.parse import LARGEST_FILE
from engine.files.reading import blank_project

SUFFIX = ".loom"
GONE = ".deleted"
"""Behind the name of a file that was deleted: it is there until another of its name is."""
LONGEST_NAME = 60
MOST_BLOCKS = 500
"""Files that are looked at: more than anybody scrolls through, few enough to read."""


@value
class Kept:
    """One file of the folder: the block in it, or why there is none."""

    name: str
    path: Path
    block: Network | None
    refusal: str = ""


def kept(folder: Path) -> tuple[Kept, ...]:
    """All blocks of a folder by name, broken files last; none where there is no such folder."""
    found: list[Path] = []
    with suppress(OSError):
        found = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.name.casefold())
    looked_at = map(_looked_at, found[:MOST_BLOCKS])
    return tuple(sorted(looked_at, key=lambda each: each.block is None))


def _looked_at(path: Path) -> Kept:
    try:
        status = path.stat()
    except OSError as error:
        return Kept(path.stem, path, None, store.reason(error))
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=MOST_BLOCKS)
def _read(path: Path, changed_ns: int, size: int) -> Kept:
    """What is in a file, read again only when it has changed."""
    try:
        network = store.loads(store.read_bytes(path, LARGEST_FILE)).network
    except DesignError as error:
        return Kept(path.stem, path, None, str(error))
    if not network.body.nodes:
        return Kept(path.stem, path, None, "it holds no layers")
    return Kept(path.stem, path, network)


def fault_of_name(name: str) -> str:
    """Why a block cannot be kept under a name; "" where it can."""
    if not name.strip():
        return "a block needs a name"
    if len(name) > LONGEST_NAME:
        return f"the name is longer than {LONGEST_NAME} characters"
    wrong = next((each for each in name if not (each.isalnum() or each in " -_.()×+,")), "")
    if wrong:
        return f"a name cannot hold {wrong!r}; letters, digits, spaces and - _ . ( ) + are fine"
    if name != name.strip() or name.startswith(".") or name.endswith("."):
        return "a name neither begins nor ends with a space or a dot"
    return ""


def of_name(folder: Path, name: str) -> Kept | None:
    """The block of that name, capitals apart: some disks do not tell them apart."""
    return next((each for each in kept(folder) if each.name.casefold() == name.casefold()), None)


def keep(folder: Path, name: str, block: Network) -> None:
    """Write a block under a name, over one that is there. Raises DesignError when it cannot be written."""
    if wrong := fault_of_name(name):
        raise DesignError(wrong)
    old = of_name(folder, name)
    path = old.path if old is not None else folder / f"{name}{SUFFIX}"
    _make(folder)
    store.save(replace(blank_project(), network=block), path)


def rename(block: Kept, name: str) -> None:
    """Give a block another name. Raises DesignError where it is none, or another block has it."""
    if wrong := fault_of_name(name):
        raise DesignError(wrong)
    other = of_name(block.path.parent, name)
    if other is not None and other.path != block.path:
        raise DesignError(f"there is a block called {other.name} already")
    _moved(block.path, block.path.with_name(f"{name}{SUFFIX}"))


def delete(block: Kept) -> None:
    """Take a block off the list; `restore` brings it back. Raises DesignError when its file cannot be moved."""
    _moved(block.path, _gone(block.path))


def restore(block: Kept) -> None:
    """Bring back what was deleted. Raises DesignError where it is gone, or its name is taken by now."""
    if block.path.exists():
        raise DesignError(f"there is a block called {block.name} already")
    _moved(_gone(block.path), block.path)


def take_in(folder: Path, source: Path) -> str:
    """Copy the block in a file into the folder under a free name, and say it. Raises DesignError for anything else."""
    content = store.read_bytes(source, LARGEST_FILE)
    block = store.loads(content).network
    if not block.body.nodes:
        raise DesignError("it holds no layers")
    stem = source.stem if not fault_of_name(source.stem) else "Block"
    name, number = stem, 2
    while of_name(folder, name) is not None:
        name, number = f"{stem} {number}", number + 1
    _make(folder)
    store.atomic_save(folder / f"{name}{SUFFIX}", content)
    return name


def _gone(path: Path) -> Path:
    return path.with_name(path.name + GONE)


def _moved(path: Path, to: Path) -> None:
    try:
        path.replace(to)
    except OSError as error:
        raise DesignError(f"{path.name} was not changed: {store.reason(error)}") from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DesignError(f"{folder} could not be made: {store.reason(error)}") from None
