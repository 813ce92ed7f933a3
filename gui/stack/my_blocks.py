"""The blocks that a person keeps: where they are, what a list offers of them, and the edit that puts one in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths

from engine.catalogue.search import MISSING, closeness
from engine.design.address import Place
from engine.design.edit import Edit, Insert, layer
from engine.design.tree import Network
from engine.files.library import Kept, kept, of_name
from engine.views.saved_block import brought_in
from gui.stack.rows import layers_in
from gui.stack.words import layers_counted
from gui.widgets.options import Option

MINE = "mine:"
"""How the key of a kept block begins; the rest is its name."""


def folder() -> Path:
    """Where this account's blocks are."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(place) / "layerloom" / "blocks"


def options() -> list[Option]:
    """All kept blocks; a file that holds none is shown with the reason, and cannot be chosen."""
    group = QCoreApplication.translate("my blocks", "My blocks")
    return [
        Option(MINE + each.name, each.name, size(each), each.refusal, group)
        for each in kept(folder())
    ]


def found(query: str) -> list[Option]:
    """The kept blocks whose names fit what was typed, best first."""
    ranked = [(closeness(query, each.title, each.title, (), ""), each) for each in options()]
    fitting = [each for each in ranked if each[0] < MISSING]
    return [each for _, each in sorted(fitting, key=lambda pair: pair[0])]


def size(block: Kept) -> str:
    """How many layers a kept block has, in words."""
    return layers_counted(layers_in(block.block.body)) if block.block is not None else ""


def insert_edit(network: Network, key: str, at: Place) -> Edit | None:
    """The edit that puts at a place what a list offers by a key: a kept block, or a layer of a kind."""
    if not key.startswith(MINE):
        from engine.catalogue import KINDS

        return Insert((layer(KINDS[key]()),), at)
    found = of_name(folder(), key.removeprefix(MINE))
    if found is None or found.block is None:
        return None
    return brought_in(network, found.block, at)
