"""What the drop-downs of one tensor and of joins offer."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from engine.catalogue import INITIALIZERS, JOINS
from engine.design.kind import Shape
from gui.widgets.options import Option

NONE = ""
"""The key of "no activation" and of "torch's default"."""


@lru_cache(maxsize=256)
def initializer_options(shapes: tuple[Shape, ...], default: str = "") -> tuple[Option, ...]:
    """Torch's default, then all initializers; those that a shape refuses are disabled and say why.

    `default` says what torch's default is.
    """
    said = default or _tr("What torch fills the tensor with by itself.")
    options = [Option(NONE, _tr("torch's default"), said)]
    for key, kind in INITIALIZERS.items():
        refusals = (kind().refusal(shape) for shape in shapes)
        reason = next((refusal for refusal in refusals if refusal), "")
        options.append(Option(key, kind.title(), kind.sentence(), reason, aliases=kind.aliases))
    return tuple(options)


def join_options() -> list[Option]:
    """All ways to join branches."""
    return [
        Option(key, each.title(), each.sentence(), aliases=each.aliases)
        for key, each in JOINS.items()
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Choices", text)
