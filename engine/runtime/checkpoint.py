"""Checkpoints: all that a training run depends on, or its best weights, in a safetensors file that proves itself.

Tensors of the network have their names of the `state_dict`; those of the optimizer and the random numbers lie beside
them behind a slash, which no such name has. What is no tensor is JSON in the file's metadata, together with a SHA-256
over everything: safetensors itself loads a flipped bit without a word.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from engine.design.error import DesignError
from engine.files.runs import Line, plain
from engine.files.store import atomic_save, reason

PREVIOUS = "previous"
"""The folder of the generation before."""

_KEY = "layerloom"


class Checkpoint(NamedTuple):
    """What a file holds. No two tensors share memory."""

    weights: dict[str, Tensor]
    """The network's `state_dict`."""
    rest: Any
    """What else going on depends on: dicts, lists, numbers, texts and tensors; None for weights alone."""
    about: Line
    """Facts for people and lists: the epoch, the step, the loss."""


def write(folder: Path, name: str, checkpoint: Checkpoint) -> None:
    """Write `NAME.safetensors`, and `NAME.json` about it for people.

    The file before is kept under `previous/`, and is replaced there only when the new one is on the disk, so that at
    every moment one of them is whole. Raises DesignError when it cannot be written.
    """
    tensors = {name: each.cpu().contiguous() for name, each in checkpoint.weights.items()}
    rest = _without_tensors(checkpoint.rest, "rest", tensors)
    text = json.dumps({"about": checkpoint.about, "rest": rest})
    digest = _digest(tensors, text)
    path = folder / f"{name}.safetensors"
    atomic_save(path, save(tensors, {_KEY: f"{digest} {text}"}), _previous)
    note = {"file": path.name, "sha256_of_content": digest, **plain(checkpoint.about)}
    atomic_save(folder / f"{name}.json", f"{json.dumps(note, indent=1)}\n".encode())


def read(folder: Path, name: str) -> Checkpoint | None:
    """What `write` was given, of the newest generation that is whole; None where there is none at all.

    Raises DesignError where there are files, and none of them is whole.
    """
    found = _newest(folder / f"{name}.safetensors")
    return None if found is None else found[1]


def recover(folder: Path, name: str) -> Checkpoint | None:
    """The same, and put it in the place of a newer one that is damaged, which would become the previous one else."""
    path = folder / f"{name}.safetensors"
    found = _newest(path)
    if found is None:
        return None
    if found[0] != path:
        try:
            found[0].replace(path)
        except OSError as error:
            raise DesignError(f"{path} cannot be written: {reason(error)}") from None
    return found[1]


def _previous(path: Path) -> Path:
    """Where the generation before is kept."""
    return path.parent / PREVIOUS / path.name


def _newest(newest: Path) -> tuple[Path, Checkpoint] | None:
    problems: list[str] = []
    for path in (newest, _previous(newest)):
        try:
            return path, _read(path)
        except FileNotFoundError:
            continue
        except DesignError as error:
            problems.append(str(error))
    if problems:
        raise DesignError("; ".join(problems))
    return None


def _read(path: Path) -> Checkpoint:
    """One file. Raises FileNotFoundError, and DesignError for anything that is no whole checkpoint."""
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        with cast("Any", safe_open(path, "pt")) as file:
            found: dict[str, str] = dict(file.metadata() or {})
            tensors: dict[str, Tensor] = {
                name: file.get_tensor(name) for name in cast("list[str]", file.keys())
            }
    except OSError as error:
        raise DesignError(f"{path} cannot be read: {reason(error)}") from None
    except (SafetensorError, RuntimeError, ValueError, TypeError, OverflowError):
        raise DesignError(f"{path} is damaged: it is no whole safetensors file") from None
    if set(found) != {_KEY}:
        raise DesignError(f"{path} is no checkpoint of Layerloom")
    digest, _, text = found[_KEY].partition(" ")
    if _digest(tensors, text) != digest:
        raise DesignError(f"{path} is damaged: its SHA-256 is not the one it was written with")
    # What has its SHA-256 was written by `write`.
    said = json.loads(text)
    weights = {name: each for name, each in tensors.items() if "/" not in name}
    return Checkpoint(weights, _with_tensors(said["rest"], tensors), said["about"])


def _without_tensors(value: Any, place: str, found: dict[str, Tensor]) -> Any:
    """The same as JSON, with a name for each tensor, which is put into `found`; a dict is a list of pairs."""
    if isinstance(value, Tensor):
        found[place] = value.cpu().contiguous()
        return {"tensor": place}
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value).items()
        return {
            "dict": [[key, _without_tensors(each, f"{place}/{key}", found)] for key, each in items]
        }
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        return [_without_tensors(each, f"{place}/{at}", found) for at, each in enumerate(items)]
    return value


def _with_tensors(value: Any, tensors: dict[str, Tensor]) -> Any:
    match value:
        case {"tensor": str(name)}:
            return tensors[name]
        case {"dict": [*pairs]}:
            return {key: _with_tensors(each, tensors) for key, each in pairs}
        case [*items]:
            return [_with_tensors(each, tensors) for each in items]
        case _:
            return value


def _digest(tensors: dict[str, Tensor], text: str) -> str:
    """SHA-256 over names, types, shapes and values, and the JSON beside them."""
    said = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        each = tensors[name].contiguous()
        said.update(f"\n{name} {each.dtype} {list(each.shape)}\n".encode())
        said.update(each.reshape(-1).view(torch.uint8).numpy().tobytes())
    return said.hexdigest()
