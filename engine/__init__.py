"""Layerloom without a window: designs, their files, views, code and runs. Importing it loads neither Qt nor torch.

    project = engine.load("net.loom")
    engine.save(project, "net.loom")
    print(engine.summarize(project.network, batch_size=1).to_text())
    text = engine.write_module(project.network)
    network = engine.read_module(text)

What needs torch is in `engine.runtime`. Everything that can go wrong with a person's input raises `DesignError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.design.error import DesignError as DesignError
    from engine.files.store import load as load
    from engine.files.store import save as save
    from engine.source.reader import read_module as read_module
    from engine.source.writer import write_module as write_module
    from engine.views.summary import Summary as Summary
    from engine.views.summary import summarize as summarize

_HOMES = {
    "DesignError": "engine.design.error",
    "load": "engine.files.store",
    "save": "engine.files.store",
    "read_module": "engine.source.reader",
    "write_module": "engine.source.writer",
    "Summary": "engine.views.summary",
    "summarize": "engine.views.summary",
}

__all__ = ["DesignError", "Summary", "load", "read_module", "save", "summarize", "write_module"]


def __getattr__(name: str) -> Any:
    """Import a name where it is first used: the window asks for code and summaries only after its first paint."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
